"""The first page: what is waiting for me, and the button for an emergency above everything."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from parties import statements
from parties.access import Act, Viewer
from parties.likeness import Ids
from parties.models import Student
from parties.sign_in import Identity
from portal import (
    file_lists,
    meetings,
    notice_desk,
    notices,
    pages,
    plan,
    record_lists,
    report_wordings,
    words,
)
from portal.session import signed_in, viewing
from records.models import Meeting
from workflow import (
    alerts,
    attendance,
    family_dates,
    inbox,
    meeting_guests,
    message_records,
    plan_waiting,
    policies,
    task_files,
    undecided,
)
from workflow.channels import texts
from workflow.models import Case, Escalation, HumanTask, Notification

_FEW: Final = 30
_MOST_WAITING: Final = 5
_UNROUTED: Final = "还没有决定渠道的事项"


@require_safe
@signed_in()
def home(request: HttpRequest, identity: Identity) -> HttpResponse:
    with viewing(identity) as viewer:
        context = {
            "me": identity.person,
            "staff": viewer.is_staff,
            "roles": [role.label for role in sorted(viewer.roles)],
            "alert": alerts.is_raised(viewer),
            "waiting": _waiting(viewer),
            "dates": [(slot, meetings.when(slot)) for slot in meeting_guests.dates(viewer)],
            "talks": _talks(viewer),
            "wordings": report_wordings.waiting(viewer),
            **_records(viewer),
            "tasks": _work(viewer),
            "has_plan": plan.has_any(viewer),
            "has_items": plan_waiting.any_of(viewer),
            "messages": _inbox(viewer),
            "cases": _cases(viewer),
            "files": statements.rows(_files, viewer),
            "others_files": file_lists.searches(viewer),
            **notices.for_home(viewer),
            **notice_desk.for_home(viewer),
        }
    return pages.show(request, "home", context)


def _talks(viewer: Viewer) -> list[tuple[Meeting, str]]:
    """Meetings of one's own family: when, or nothing while a time is to be chosen."""
    found = family_dates.waiting(viewer)
    return [(meeting, meetings.when(slot) if slot else "") for meeting, slot in found]


def _inbox(viewer: Viewer) -> list[tuple[Notification, str]]:
    newest = statements.rows(_messages, viewer, limit=_FEW)
    return [(message, texts.of(message.template, "zh").line) for message in newest]


def _records(viewer: Viewer) -> dict[str, Any]:
    """The records that wait for this reader, by what they wait for."""
    return {
        "records": record_lists.waiting(viewer),
        "holds": record_lists.to_hold(viewer),
        "objected": record_lists.to_answer(viewer),
        "judged": record_lists.to_judge(viewer),
        "drafts": record_lists.drafts(viewer),
        "writes": record_lists.writes(viewer),
    }


def _cases(viewer: Viewer) -> list[dict[str, Any]]:
    """What is under way. To who works on it, one that nobody has routed yet is no meeting."""
    found = statements.rows(_running, viewer, limit=_FEW)
    open_questions = undecided.among(case.pk for case in found)
    return [_line(viewer, case, asked=case.pk in open_questions) for case in found]


def _line(viewer: Viewer, case: Case, *, asked: bool) -> dict[str, Any]:
    face = policies.face(viewer, case)
    works = "owner" in viewer.fields(case)
    unrouted = asked and works and case.channel != Case.Channel.CRISIS
    return {
        "pk": case.pk,
        "student": _student_of(viewer, case),
        "channel": _UNROUTED if unrouted else words.channel(case, face),
        "state": words.state(case, face),
        "opened_at": case.opened_at,
    }


def _work(viewer: Viewer) -> list[tuple[HumanTask, str]]:
    """One's tasks, each with the student it is about, for whoever may know that."""
    tasks = statements.rows(_tasks, viewer, limit=_FEW)
    cases = statements.rows(_of_tasks, viewer, Ids(task.case_id for task in tasks))
    names = {case.pk: _student_of(viewer, case) for case in cases}
    return [(task, names.get(task.case_id, "")) for task in tasks]


def _student_of(viewer: Viewer, case: Case) -> str:
    if case.student is None or "student" not in viewer.fields(case):
        return ""
    return case.student.person.name


def _of_tasks(viewer: Viewer, cases: Ids) -> QuerySet[Case]:
    return viewer.rows(Case).filter(statements.among("pk", cases))


def _tasks(viewer: Viewer) -> QuerySet[HumanTask]:
    return viewer.rows(HumanTask).filter(state__in=task_files.LIVE).order_by("-created_at")


def _messages(viewer: Viewer) -> QuerySet[Notification]:
    return viewer.rows(Notification).order_by("-created_at", "pk")


def _running(viewer: Viewer) -> QuerySet[Case]:
    return viewer.rows(Case).filter(policies.running(viewer)).order_by("-opened_at", "pk")


def _files(viewer: Viewer) -> QuerySet[Student]:
    """Files of one's own: of oneself and of one's children. Staff have a list (file_lists)."""
    own = viewer.wards | ({viewer.student_id} if viewer.student_id else frozenset())
    return viewer.rows(Student).filter(pk__in=own).order_by("person__name", "pk")


def _waiting(viewer: Viewer) -> list[Case]:
    """Crises that wait for an answer and that this reader may answer."""
    found = statements.rows(_unanswered, viewer, limit=_MOST_WAITING)
    return [case for case in found if viewer.may(Act.ACKNOWLEDGE, case)]


def _unanswered(viewer: Viewer) -> QuerySet[Case]:
    alarms = Escalation.objects.filter(state=Escalation.State.WAITING).values("case")
    return viewer.rows(Case).filter(pk__in=alarms).order_by("-alarm_at", "pk")


@require_POST
@signed_in()
def open_message(_request: HttpRequest, identity: Identity, message_id: UUID) -> HttpResponse:
    """Reading marks the message and leads to what it is about, if that may be seen."""
    with viewing(identity) as viewer:
        at = viewer.at
    message = inbox.read(
        school_id=identity.school_id, message_id=message_id, by=identity.person, at=at
    )
    with viewing(identity) as viewer:
        seen = message.case_id and viewer.find(Case, message.case_id) is not None
        meeting = attendance.meeting_of(viewer, message)
        item = plan_waiting.asked_about(viewer, message)
        record = message_records.record_of(viewer, message)
    if item:
        return redirect("portal:plan-desk")
    if record is not None:
        return redirect("portal:record", target_id=record)
    if seen and message.case_id is not None:
        return redirect("portal:case", case_id=message.case_id)
    if meeting is not None:
        return redirect("portal:meeting", target_id=meeting)
    return redirect("portal:home")
