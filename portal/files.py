"""The family-school file as a page to read: newest first, a few filters, older entries below."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parties import consent_notes
from parties.access import Viewer
from parties.cursors import Cursors
from parties.errors import CursorInvalid
from parties.sign_in import Identity
from portal import file_copies, file_links, pages
from portal.file_parts import Asked
from portal.session import signed_in, viewing
from records import file, policies
from records.file import Entry, Filters, Page, Place
from records.models import FileEntry

_LIMIT: Final = 20
_ALL_DAYS: Final = {"from": "", "to": ""}


@require_safe
@signed_in()
def student_file(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    asked = Asked.of(request.GET)
    filters = asked.filters
    with viewing(identity) as viewer:
        page, following = _page(viewer, student_id, filters, request.GET.get("cursor", ""))
        at_home = student_id in policies.family_of(viewer)
        context = {
            "student": page.student,
            "at_home": at_home,
            "asks": consent_notes.is_asked_by(viewer, page.student),
            "lines": [_line(entry, asked, at_home=at_home) for entry in page.entries],
            "form": asked.period,
            "copies": file_copies.offered(viewer, page.student, at_home=at_home),
            **_links(asked),
            "older": following and asked.query(cursor=following),
            "begun": "cursor" in request.GET and asked.query(),
        }
    return pages.show(request, "file", context, status=400 if asked.period.errors else 200)


def _page(
    viewer: Viewer, student_id: UUID, filters: Filters, cursor: str
) -> tuple[Page, str | None]:
    """A page of the file, and the mark of the next one."""
    cursors = filters.cursors(viewer, student_id)
    page = file.read(
        viewer=viewer,
        student_id=student_id,
        filters=filters,
        after=_place(cursors, cursor),
        limit=_LIMIT,
    )
    following = page.following
    return page, None if following is None else cursors.seal(following.written())


def _place(cursors: Cursors, cursor: str) -> Place | None:
    """An old or foreign mark leads to the newest entries, not to a fault."""
    try:
        return Place.read(cursors.open(cursor))
    except CursorInvalid:
        return None


def _line(entry: Entry, asked: Asked, *, at_home: bool) -> dict[str, Any]:
    return {
        "at": entry.at,
        "kind": file.kinds()[entry.kind],
        "party": FileEntry.Party(entry.party).label,
        "by": entry.by.name if entry.by else "",
        "title": entry.line.title,
        "summary": entry.line.whole,
        "state": entry.line.state,
        "of_case": _of_case(entry, asked),
        "page": file_links.page_of(entry, at_home=at_home),
    }


def _of_case(entry: Entry, asked: Asked) -> str:
    """The other entries of a case that this reader knows of; nothing once it is chosen."""
    known = entry.case_id is not None and asked.filters.case_id is None
    return asked.query(case=str(entry.case_id)) if known else ""


def _links(asked: Asked) -> dict[str, Any]:
    """`kept` goes along with the days that are typed, `part` with a copy."""
    return {
        "kinds": asked.links("kind", file.kinds()),
        "parties": asked.links("party", dict(FileEntry.Party.choices)),
        "all_cases": asked.filters.case_id and asked.query(case=""),
        "all_days": (asked.filters.start or asked.filters.end) and asked.query(**_ALL_DAYS),
        "kept": asked.said("from", "to"),
        "part": asked.said(),
    }
