"""What people typed: one field taken whole, and all words of a request that no page could take.

The latter go back to whoever sent them. Only what people type: no password, no mark of a page, no
code of a choice, no file, and nothing that is stored.
"""

import re
from typing import Final, NamedTuple

from django.http import HttpRequest

from parties import legible
from parties.errors import InvalidInput
from portal import typed_fields
from portal.lines import ended
from records.uploads.errors import UploadRefused
from records.uploads.limits import refuse_oversize

#: Never shown again, whatever they hold.
_SECRET: Final = re.compile(r"pass|token|nonce|csrf|secret|^(login|contact|seen|as_read|as_given)$")
#: What choices, buttons and hidden fields hold: codes, dates, numbers, rhythms; and ids.
_CODE: Final = re.compile(
    r"[A-Z][A-Z0-9_]*|[a-z_]+|-?\d{1,4}|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?|FREQ=\S+"
)
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d)?)?")


def text(request: HttpRequest, field: str) -> str:
    """All of it but the room around it; empty where nothing can be read."""
    return legible.said(ended(request.POST.get(field, "").replace("\x00", "")))


def within(request: HttpRequest, field: str, *, most: int) -> str:
    """The text of a field, never cut. Raises InvalidInput: more letters than it may hold."""
    found = text(request, field)
    if len(found) > most:
        mend = f"请把文字控制在 {most} 字以内，现在有 {len(found)} 字。"
        raise InvalidInput("文字太长，还没有提交。", field=field, mend=mend)
    return found


class Typed(NamedTuple):
    """Words as they were typed, and what their field is called, empty if that is not known."""

    label: str
    text: str


def words(request: HttpRequest) -> list[Typed]:
    """Each once for each field, in the order of the form."""
    if request.method != "POST" or _unread(request):
        return []
    match = request.resolver_match
    page = match.url_name or "" if match is not None else ""
    found = [
        _typed(page, name, value.replace("\x00", "").strip())
        for name, values in request.POST.lists()
        if not _SECRET.search(name.lower())
        for value in values
    ]
    return list(dict.fromkeys(one for one in found if one is not None))


def _typed(page: str, field: str, text: str) -> Typed | None:
    """However short it is, where people type; elsewhere only what no button sends."""
    label = typed_fields.label_of(page, field, text)
    if not text or _ID.fullmatch(text) or (label is None and _CODE.fullmatch(text)):
        return None
    return Typed(label or "", _spoken(text) if label is not None else text)


def _spoken(text: str) -> str:
    """A day or moment as people write it."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return text
    year, month, day, hour = found.groups()
    return f"{year}年{int(month)}月{int(day)}日{f' {hour}' if hour else ''}"


def _unread(request: HttpRequest) -> bool:
    """A form that was too large to be read stays unread."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        refuse_oversize(int(length) if length.isdigit() else None)
    except UploadRefused:
        return True
    return not length.isdigit()
