"""Service tasks of bpmn/meeting.bpmn. Each reads the rows: what a family answered stands there."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django_fsm import can_proceed

from records.meetings import family, outcomes, rows
from records.models import CommunicationRecord, Delivery, Meeting
from workflow import contacts, meeting_ladder, meeting_news, meetings, openings
from workflow.engine import StepContext, service_task
from workflow.handlers import step_events
from workflow.meeting_ladder import Step
from workflow.meeting_minutes import record_of
from workflow.models import Case

Results = Mapping[str, object]

#: A record that counts for both sides, whatever is said against it since.
_EFFECTIVE: Final = (
    CommunicationRecord.State.EFFECTIVE,
    CommunicationRecord.State.UNDER_OBJECTION,
    CommunicationRecord.State.ARCHIVED,
)


@service_task("meeting.begin")
def begin(context: StepContext) -> Results:
    """The case is worked on; whoever must not be met does not see it from the first moment.

    A date from an earlier run of the process holds no more.
    """
    case = _case(context)
    meeting_news.withdraw(case, at=context.at, reason="begun_again", by=None)
    meeting_news.shield(case, None, at=context.at)
    _work(case)
    return {}


@service_task("meeting.prepared")
def prepared(context: StepContext) -> Results:
    """A person has decided on the meeting, so the family may see that there is one."""
    case = _case(context)
    if not case.shown_channel and can_proceed(case.route):
        case.route(channel=Case.Channel.MEETING, kind=case.kind)
        case.save()
        step_events.record(context, "case.routed", channel=str(case.channel))
    _work(case)
    return {}


@service_task("meeting.tell_slots")
def tell_slots(context: StepContext) -> Results:
    """The times go out to every guardian who may be met; now the family's answer is awaited."""
    case = _case(context)
    meeting = rows.locked(meetings.current(case.pk).pk)
    meeting_news.shield(case, meeting, at=context.at)
    if can_proceed(case.wait):
        case.wait()
        case.save()
    told = meeting_news.ask_to_choose(case, meeting, at=context.at)
    step_events.record(context, "meeting.times_sent", told=told, round=meeting.round)
    return {}


@service_task("meeting.unanswered")
def unanswered(context: StepContext) -> Results:
    """No answer in time. That is a fact about a deadline, and no reproach."""
    step_events.record(context, "meeting.unanswered", clock="meeting.answer")
    return {}


@service_task("meeting.next_try", decides=("step",))
def next_try(context: StepContext) -> Results:
    """Whom to reach now; or the answer that is here already, whichever way it came."""
    case = _case(context)
    step, _ = meeting_ladder.next_try(meetings.current(case.pk), at=context.at)
    if step in (Step.AGREED, Step.HELD, Step.CHANGE, Step.DONE):
        _work(case)
    step_events.record(context, "meeting.next_try", step=step.value)
    return {"step": step.value}


@service_task("meeting.invite")
def invite(context: StepContext) -> Results:
    """A time is agreed: everybody who must be there is told, with a calendar entry."""
    case = _case(context)
    meeting = rows.locked(meetings.current(case.pk).pk)
    meeting_news.shield(case, meeting, at=context.at)
    _work(case)
    invited = meeting_news.invite(case, meeting, at=context.at)
    step_events.record(context, "meeting.invited", invited=invited)
    return {}


@service_task("meeting.call_off")
def call_off(context: StepContext) -> Results:
    """Another time is needed: whoever had a date is told that it holds no more."""
    case = _case(context)
    meeting = meetings.current(case.pk)
    _work(case)
    told = 0
    if rows.called_off(meeting) is not None:
        told = meeting_news.call_off(case, meeting, at=context.at)
    step_events.record(context, "meeting.called_off", told=told)
    return {}


@service_task("meeting.outcome", decides=("step",))
def outcome(context: StepContext) -> Results:
    """Held; or other times are offered, after no-shows at most twice; or never met."""
    meeting = meetings.current(context.case_id)
    if meeting.state == Meeting.State.HELD:
        return {"step": "held"}
    again = meeting.state == Meeting.State.PREPARING or outcomes.may_be_offered_again(meeting)
    return {"step": "again" if again else "never"}


@service_task("meeting.not_met")
def not_met(context: StepContext) -> Results:
    """未能会面, with the list of what was tried."""
    case = _case(context)
    tried = outcomes.give_up(meeting_id=meetings.current(case.pk).pk, by=None, at=context.at)
    _work(case)
    step_events.record(context, "meeting.gave_up", attempts=len(tried))
    return {}


@service_task("meeting.hand_over")
def hand_over(context: StepContext) -> Results:
    """What is left to say goes out in writing: the case changes its channel."""
    case = _case(context)
    case.route(channel=Case.Channel.NOTICE, kind=case.kind)
    case.save()
    openings.begin(case, "notice", at=context.at)
    step_events.record(context, "case.routed", channel=str(case.channel))
    return {}


@service_task("meeting.record_state", decides=("effective",))
def record_state(context: StepContext) -> Results:
    found = record_of(context.case_id)
    return {"effective": "yes" if found is not None and found.state in _EFFECTIVE else "no"}


@service_task("meeting.deliver_copy", decides=("paper",))
def deliver_copy(context: StepContext) -> Results:
    """Every guardian who may be told has a copy, on paper where no message reaches them.

    Signing has handed most copies over already; the company gets nothing.
    """
    case = _case(context)
    record = record_of(case.pk)
    if record is None or case.student is None:
        return {"paper": "no"}
    named = contacts.named(case)
    people = family.of(case.student, at=context.at, named=named).invited
    copied = Delivery.objects.filter(record=record, to__in=people).values_list("to_id", flat=True)
    rest = [person for person in people if person not in set(copied)]
    meeting_news.send_copy(case, record.pk, rest, at=context.at)
    deliver(record, rest, how=Delivery.How.PAGE, at=context.at)
    on_paper = meeting_news.beyond_messages(people)
    step_events.record(
        context,
        "record.copied",
        refs=[("record", record.pk), *(("person", person) for person in people)],
        copies=len(people),
        on_paper=len(on_paper),
    )
    return {"paper": "yes" if on_paper else "no"}


@service_task("meeting.new_round")
def new_round(context: StepContext) -> Results:
    """The family and the school talk once more, from the beginning."""
    _work(_case(context))
    step_events.record(context, "meeting.new_round")
    return {}


@service_task("meeting.close")
def close(context: StepContext, *, outcome: str) -> Results:
    """Nothing is left to do. A case that follow-up closed, or a crisis took, stays as it is."""
    case = _case(context)
    if can_proceed(case.evaluate):
        case.evaluate()
    if can_proceed(case.settle):
        case.settle(at=context.at)
        step_events.record(context, "case.closed", outcome=outcome)
    case.save()
    return {}


@service_task("meeting.clock_missed")
def clock_missed(context: StepContext, *, clock: str, task: str) -> Results:
    """A missed clock is a fact for good, and 年级组长 hears of it (on: meeting_lateness)."""
    case = _case(context)
    step_events.record(context, "clock.missed", clock=clock, task=task)
    meeting_news.tell_late(case, clock=clock, at=context.at)
    return {}


def deliver(
    record: CommunicationRecord, people: Collection[UUID], *, how: str, at: datetime
) -> None:
    """Write down that a copy reached these people; once for each way."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                school_id=record.school_id, student_id=record.student_id, record=record,
                to_id=person, how=how, at=at,
            )
            for person in people
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _work(case: Case) -> None:
    if case.state != Case.State.IN_PROGRESS and can_proceed(case.work):
        case.work()
        case.save()


def _case(context: StepContext) -> Case:
    """The case, locked: a handler changes it inside the step's transaction."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("student__school_class")
    return locked.get(pk=context.case_id)
