"""Service tasks of bpmn/notice.bpmn. A handler writes rows; workers talk to the world."""

from collections.abc import Mapping
from typing import Final

from parties.access import Viewer
from parties.models import Person
from records import notice_owing, notices
from records.models import Notice, NoticeReceipt
from workflow import clocks, notice_arrivals, notice_calls, notice_sending, notifications
from workflow.engine import StepContext, service_task
from workflow.models import Case, HumanTask

Results = Mapping[str, object]

APPROVALS: Final = ("approve_class", "approve_grade", "approve_school")
KIND: Final = "notice"
SELF: Final = "self"
APPROVED: Final = "approved"
RETURNED: Final = "returned"


@service_task("notice.gate", decides=("clean", "approver"))
def gate(context: StepContext) -> Results:
    """Once more, against the roster of this moment; and who has to approve it."""
    notice = _notice(context)
    alone = notices.approves(Viewer.load(notice.author, at=context.at), notice)
    return {
        "clean": "no" if notices.findings(notice) else "yes",
        "approver": SELF if alone else notices.approver_role(notice).value,
    }


@service_task("notice.refuse")
def refuse(context: StepContext) -> Results:
    """A child came to the school meanwhile whose name is in the text: the author looks again."""
    notice = _notice(context)
    notices.refuse(notice, notices.findings(notice), by=None, at=context.at)
    _end_before_sending(context, notice)
    return {}


@service_task("notice.decide", decides=("outcome",))
def decide(context: StepContext) -> Results:
    """Who approves puts their name to the text; an author who may do so did by submitting it."""
    notice, case = _notice(context), _case(context)
    done = HumanTask.objects.filter(
        case=case, name__in=APPROVALS, state=HumanTask.State.COMPLETED
    ).select_related("completed_by")
    task = done.order_by("-ended_at").first()
    if task is not None and (task.answer or {}).get("outcome") != APPROVED:
        return {"outcome": RETURNED}
    by = notice.author if task is None or task.completed_by is None else task.completed_by
    notice.approve(by=by, at=context.at)
    notice.save()
    case.route(channel=Case.Channel.NOTICE, kind=KIND)
    case.save()  # each move by itself, as the database guards them
    case.work()
    case.save()
    notices.record("notice.approved", notice, by=by.pk, at=context.at)
    return {"outcome": APPROVED}


@service_task("notice.give_back")
def give_back(context: StepContext) -> Results:
    """The approver asks for another wording; the reason stands with the task."""
    notice = _notice(context)
    notice.give_back()
    notice.save()
    notices.record("notice.returned", notice, by=context.by, at=context.at)
    _end_before_sending(context, notice)
    return {}


@service_task("notice.drop")
def drop(context: StepContext) -> Results:
    """The author withdrew it before anybody was told."""
    case = _case(context)
    case.cancel(at=context.at)
    case.save()
    return {}


@service_task("notice.send", decides=("more",))
def send(context: StepContext) -> Results:
    return {"more": notice_sending.send(_notice(context), at=context.at)}


@service_task("notice.remind", decides=("more",))
def remind(context: StepContext, *, rung: int) -> Results:
    return {"more": notice_sending.remind(_notice(context), rung=rung, at=context.at)}


@service_task("notice.ask_to_call")
def ask_to_call(context: StepContext, *, rung: int) -> Results:
    notice = _notice(context)
    notice_arrivals.note_delivered(notice, at=context.at)
    notice_sending.send_late(notice, rung=rung, at=context.at)
    notice_calls.ask_to_call(_case(context), notice, rung=rung, at=context.at)
    return {}


@service_task("notice.open_meetings", decides=("more",))
def open_meetings(context: StepContext) -> Results:
    """Only where an answer is owed: silence about mere information is no matter for a meeting.
    Who was told late has as many days; it comes back each morning for them, until it closes.
    """
    notice = _notice(context)
    notice_sending.send_late(notice, rung=notice_calls.SECOND, at=context.at)
    if not notice.needs_answer:
        return {"more": notice_sending.DONE}
    if notice_sending.is_quiet(clocks.load(context.school_id), at=context.at):
        return {"more": notice_sending.MORNING}
    more = notice_calls.open_meetings(notice, by=notice.author, at=context.at)
    if more:
        return {"more": notice_sending.NOW}
    later = notice_calls.is_meeting_ahead(notice)
    return {"more": notice_sending.MORNING if later else notice_sending.DONE}


@service_task("notice.close")
def close(context: StepContext) -> Results:
    """Everybody answered, or the time is over. How many messages arrived nowhere is in no event:
    the authors of a notice read those, and need not learn that somebody was kept out of it.
    """
    notice, case = _notice(context), _case(context)
    notice_arrivals.note_delivered(notice, at=context.at)
    lost = NoticeReceipt.objects.filter(notice=notice, state=NoticeReceipt.State.PENDING)
    lost.update(state=NoticeReceipt.State.UNREACHED)
    notice_calls.settle_calls(notice, at=context.at, everything=True)
    numbers = notice_owing.numbers(notice)
    notice.close(at=context.at)
    notice.save()
    case.settle(at=context.at)
    case.save()
    notices.record(
        "notice.closed",
        notice,
        by=None,
        at=context.at,
        receipts=numbers.receipts,
        settled=numbers.settled,
        owing=numbers.owing,
    )
    return {}


def _end_before_sending(context: StepContext, notice: Notice) -> None:
    case = _case(context)
    case.cancel(at=context.at)
    case.save()
    _tell_author(context, notice.author)


def _tell_author(context: StepContext, author: Person) -> None:
    notifications.enqueue(
        school_id=context.school_id,
        case_id=context.case_id,
        to_id=author.pk,
        to_role="",
        channel="in_app",
        template="notice.returned",
        key=f"notice.returned:{context.case_id}:{author.pk}",
        lane="routine",
        at=context.at,
    )


def _notice(context: StepContext) -> Notice:
    """The notice, locked: a handler changes it inside the step's transaction."""
    rows = Notice.objects.select_for_update(of=("self",)).select_related("school_class", "author")
    return rows.get(case_id=context.case_id)


def _case(context: StepContext) -> Case:
    return Case.objects.select_for_update(of=("self",)).get(pk=context.case_id)
