"""会谈记录 written from its task: the page of a record, with what the meeting knows already."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from parties.access import Act, Viewer
from parties.sign_in import Identity
from portal import record_people, writing
from portal.record_drafts import Page
from portal.record_forms import RecordForm
from portal.session import signed_in, viewing
from workflow import meeting_minutes
from workflow.meeting_minutes import Minutes
from workflow.task_files import LIVE, TaskFile


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def minutes(request: HttpRequest, identity: Identity, task_id: UUID) -> HttpResponse:
    """Stored, it leads back to the task."""
    with viewing(identity) as viewer:
        known = meeting_minutes.of_task(viewer, task_id)
        name, home = known.student.person.name, writing.guardians_of(known.student)
        people = writing.with_student(home, known.student)
        asked = {one.person for one, _ in known.others} | {identity.person.pk}
        staff, colleagues = record_people.offered(
            known.student, but={pk for pk in asked if pk is not None}, at=viewer.at,
            case_id=known.case_id,
        )  # fmt: skip
    people += [(str(one.person), called) for one, called in known.others]
    whom = {"people": people, "guardians": home, "staff": staff}
    if request.method != "POST":
        form = RecordForm(trigger=known.trigger, initial=_initial(known), **whom)
        return writing.ask(request, form, name, known.trigger, {})
    form = RecordForm(request.POST, trigger=known.trigger, **whom)
    page = Page(
        form,
        known.trigger,
        known.student.pk,
        case_id=known.case_id,
        others=[one for one, _ in known.others],
        staff=colleagues,
    )
    return writing.take(request, identity, page, back=task_id)


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """What the task shows of it: the records there are, and whether one may be written."""
    task = file.task
    if task.name != meeting_minutes.TASK or not file.case_visible:
        return {}
    return {
        "written": meeting_minutes.written(viewer, task),
        "may_write": task.state in LIVE and Act.COMPLETE in file.may,
        "as_read": meeting_minutes.mark(viewer, task),
    }


def _initial(known: Minutes) -> dict[str, Any]:
    return {
        "started_at": known.started_at,
        "place_kind": known.place_kind,
        "presence": known.presence,
        "people": [str(pk) for pk in known.came],
        "nonce": uuid4(),
    }
