"""学校需要改期: whoever arranges a meeting moves its date beforehand, and says why.

The family does so on the page of the meeting itself. New times are offered in the task that comes
of it; whoever must be there hears of each step from there.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound, WrongState
from parties.sign_in import Identity
from portal import meetings, pages, typed
from portal.session import signed_in, viewing
from workflow import meeting_files
from workflow import meetings as acts
from workflow.models import Case
from workflow.task_files import TaskFile

_LONGEST: Final = 500


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def move(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    words = typed.text(request, "words")
    with viewing(identity) as viewer:
        date, at = _date(viewer, target_id), viewer.at
    if request.method != "POST":
        return _show(request, date, words)
    if date["movable"] and request.POST.get("seen", "") != date["seen"]:
        return _show(request, date, words, overtaken=True, status=409)
    return _moved(request, identity, at, date, words)


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """Before new times are offered: what was said of the earlier ones. Inside a scope."""
    case = viewer.find(Case, file.task.case_id) if file.task.name == meetings.OFFER else None
    found = meetings.arranged(viewer, case)
    if found is None:
        return {}
    known = meeting_files.read(viewer=viewer, meeting_id=found.pk)
    return {"meeting_of": found.pk, "said_of_times": meetings.changes(known)}


def _moved(
    request: HttpRequest, identity: Identity, at: datetime, date: dict[str, Any], words: str
) -> HttpResponse:
    """A second tap finds it moved already, and counts once."""
    who: dict[str, Any] = {"school_id": identity.school_id, "by": identity.person, "at": at}
    try:
        whole = typed.within(request, "words", most=_LONGEST)
        acts.move_date(**who, case_id=date["case_id"], words=whole)
    except InvalidInput as refused:
        return _show(request, date, words, mistake=f"{refused}{refused.mend}", status=400)
    except WrongState as refused:
        return _show(request, date, words, mistake=str(refused), status=409)
    return redirect("portal:meeting", target_id=date["pk"])


def _date(viewer: Viewer, meeting_id: UUID) -> dict[str, Any]:
    """Read inside the scope. Raises NotFound: not there for them, or another meeting counts now;
    NotAllowed: not theirs to arrange.
    """
    file = meeting_files.read(viewer=viewer, meeting_id=meeting_id)
    meeting = file.meeting
    case = viewer.get(Case, meeting.case_id)
    viewer.require(Act.MEET, case)
    if meetings.arranged(viewer, case) != meeting:
        raise NotFound("没有找到。")
    return {
        "pk": meeting.pk,
        "case_id": case.pk,
        "name": meeting.student.person.name,
        "agreed": None if file.agreed is None else meetings.line(file.agreed),
        "slots": [meetings.line(slot) for slot in file.slots],
        "movable": file.state in meetings.MOVABLE,
        "seen": f"{meeting.round}.{meeting.sequence}.{meeting.changes}",
    }


def _show(
    request: HttpRequest,
    date: dict[str, Any],
    words: str,
    *,
    mistake: str = "",
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    said = {"words": words, "mistake": mistake, "overtaken": overtaken, "longest": _LONGEST}
    return pages.show(request, "meeting_move", {**date, **said}, status=status)
