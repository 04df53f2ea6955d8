"""The family-school file as a page to read: newest first, a few filters, older entries below."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parties import consent_notes
from parties.cursors import Cursors
from parties.errors import CursorInvalid
from parties.sign_in import Identity
from portal import file_links, pages
from portal.session import signed_in, viewing
from records import file, policies
from records.file import Entry, Filters, Place
from records.models import FileEntry

_LIMIT: Final = 20


@require_safe
@signed_in()
def student_file(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    """A filter that is not offered counts as none: these are links, nobody types them."""
    filters = Filters(
        kind=_one_of(file.kinds(), request.GET.get("kind", "")),
        party=_one_of(dict(FileEntry.Party.choices), request.GET.get("party", "")),
    )
    with viewing(identity) as viewer:
        cursors = filters.cursors(viewer, student_id)
        page = file.read(
            viewer=viewer,
            student_id=student_id,
            filters=filters,
            after=_place(cursors, request.GET.get("cursor", "")),
            limit=_LIMIT,
        )
        following = page.following and cursors.seal(page.following.written())
        at_home = student_id in policies.family_of(viewer)
        context = {
            "student": page.student,
            "at_home": at_home,
            "asks": consent_notes.is_asked_by(viewer, page.student),
            "lines": [_line(entry, at_home=at_home) for entry in page.entries],
            "kinds": _links(filters, "kind", file.kinds()),
            "parties": _links(filters, "party", dict(FileEntry.Party.choices)),
            "older": following and _query(filters, cursor=following),
            "begun": "cursor" in request.GET and _query(filters),
        }
    return pages.show(request, "file", context)


def _one_of(known: Mapping[str, Any], asked: str) -> str:
    return asked if asked in known else ""


def _place(cursors: Cursors, cursor: str) -> Place | None:
    """An old or foreign mark leads to the newest entries, not to a fault."""
    try:
        return Place.read(cursors.open(cursor))
    except CursorInvalid:
        return None


def _line(entry: Entry, *, at_home: bool) -> dict[str, Any]:
    return {
        "at": entry.at,
        "kind": file.kinds()[entry.kind],
        "party": FileEntry.Party(entry.party).label,
        "by": entry.by.name if entry.by else "",
        "title": entry.line.title,
        "summary": entry.line.summary,
        "state": entry.line.state,
        "page": file_links.page_of(entry, at_home=at_home),
    }


def _links(filters: Filters, name: str, choices: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is the one chosen; 全部 takes the filter away."""
    chosen = getattr(filters, name)
    return [
        (str(label), _query(filters, **{name: code}), code == chosen)
        for code, label in {"": "全部", **choices}.items()
    ]


def _query(filters: Filters, **changed: str) -> str:
    asked = {"kind": filters.kind, "party": filters.party, **changed}
    return "?" + urlencode({name: value for name, value in asked.items() if value})
