"""What people typed: one field taken whole, and all words of a request that no page could take.

The latter go back to whoever sent them. Only what people type: no password, no mark of a page, no
code of a choice, no file, and nothing that is stored.
"""

import re
from typing import Final

from django.http import HttpRequest

from parties.errors import InvalidInput
from portal.lines import ended
from records.uploads.errors import UploadRefused
from records.uploads.limits import refuse_oversize

#: Never shown again, whatever they hold.
_SECRET: Final = re.compile(r"pass|token|nonce|csrf|secret|^(login|contact|seen|as_read|as_given)$")
#: What choices, buttons and hidden fields hold: codes, ids, dates, numbers, rhythms.
_CODE: Final = re.compile(
    r"[A-Z][A-Z0-9_]*|[a-z_]+|-?\d{1,4}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?|FREQ=\S+"
)


def text(request: HttpRequest, field: str) -> str:
    """All of it but the room around it."""
    return ended(request.POST.get(field, "").replace("\x00", "")).strip()


def within(request: HttpRequest, field: str, *, most: int) -> str:
    """The text of a field, never cut. Raises InvalidInput: more letters than it may hold."""
    found = text(request, field)
    if len(found) > most:
        mend = f"请把文字控制在 {most} 字以内，现在有 {len(found)} 字。"
        raise InvalidInput("文字太长，还没有提交。", field=field, mend=mend)
    return found


def words(request: HttpRequest) -> list[str]:
    """Each once, in the order of the form."""
    if request.method != "POST" or _unread(request):
        return []
    typed = [
        value.replace("\x00", "").strip()
        for name, values in request.POST.lists()
        if not _SECRET.search(name.lower())
        for value in values
    ]
    return list(dict.fromkeys(one for one in typed if one and not _CODE.fullmatch(one)))


def _unread(request: HttpRequest) -> bool:
    """A form that was too large to be read stays unread."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        refuse_oversize(int(length) if length.isdigit() else None)
    except UploadRefused:
        return True
    return not length.isdigit()
