"""Service tasks of bpmn/crisis.bpmn. A handler writes rows; workers talk to the world."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from parties.models import Person
from parties.roles import Role
from workflow import (
    case_entries,
    contacts,
    escalation,
    notifications,
    rungs,
    shipped,
    waking,
    zero_reports,
)
from workflow.engine import StepContext, service_task
from workflow.handlers import crisis_rows, step_events
from workflow.models import Case, HumanTask
from workflow.shielding import shield

Results = Mapping[str, object]

#: The diagram says colours in lower case; rows keep the code of Case.Colour.
_SAFE: Final = {True: Case.SafeToTell.YES, False: Case.SafeToTell.NO}


@service_task("crisis.settle_triage")
def settle_triage(  # noqa: PLR0913 -- the diagram's parameters, one each
    context: StepContext,
    *,
    type: str,  # noqa: A002 -- the form's own word
    colour: str,
    safe: bool,
    suspect_kind: str,
    at_company: str,
    serious: str,
) -> Results:
    """Two people agreed: what it is, how urgent, and whether the family may be told."""
    case = _triaged(context, kind=type, colour=colour, safe=safe)
    names = crisis_rows.both_names(case, "triage", "triage_confirm")
    step_events.record(
        context,
        "triage.settled",
        refs=[("person", pk) for pk in names if pk],
        type=type,
        colour=colour,
        safe="yes" if safe else "no",
        suspect=suspect_kind,
        company=at_company,
        serious=serious,
    )
    return {}


def _triaged(context: StepContext, *, kind: str, colour: str, safe: bool) -> Case:
    case = crisis_rows.case(context)
    case.triage(kind=kind, colour=colour.upper(), safe_to_tell=_SAFE[safe], at=context.at)
    case.save()
    case_entries.keep(case)
    return case


@service_task("crisis.shield_guardians")
def shield_guardians(context: StepContext) -> Results:
    """Telling raises danger: the suspected guardian does not even learn that there is a case."""
    case = crisis_rows.case(context)
    shield(case, at=context.at, by=context.by)
    step_events.record(context, "guardians.shielded")
    return {}


@service_task("crisis.next_contact", decides=("step",))
def next_contact(context: StepContext, *, safe: bool, bullying: bool) -> Results:
    """Whom to phone now; a guardian also gets 请立即回电, without a word of what happened."""
    case = crisis_rows.case(context)
    step, person = contacts.next_contact(case, safe=safe, bullying=bullying, at=context.at)
    if person is not None:
        _ask_to_ring_back(context, person)
    step_events.record(context, "contact.chosen", step=step.value)
    return {"step": step.value}


def _ask_to_ring_back(context: StepContext, person: UUID) -> None:
    """Once per person and alarm; the key makes repeats harmless."""
    case = crisis_rows.case(context)
    reader = Person.objects.get(pk=person)
    for channel in waking.channels_of(reader, ("in_app", "sms", "email")):
        notifications.enqueue(
            school_id=context.school_id,
            case_id=case.pk,
            to_id=person,
            to_role=Role.G.value,
            channel=channel,
            template="crisis.guardian_call",
            key=f"ring_back:{case.pk}:{case.alarm_at.isoformat()}:{person}:{channel}",
            lane="crisis",
            at=context.at,
        )


@service_task("crisis.report_pending", decides=("still",))
def report_pending(context: StepContext) -> Results:
    """Nobody decided about the mandatory report: the ladder climbs again, every time."""
    case = crisis_rows.case(context)
    open_states = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    waiting = case.tasks.filter(
        name__in=["report_decide", "report_confirm", "report_waive"], state__in=open_states
    )
    late = waiting.order_by("-created_at").first()
    if late is None:
        return {"still": "no"}
    _raise_above(context, case, late.name, reason="crisis.report_pending")
    step_events.record(context, "clock.missed", clock="crisis.report_pending", task=late.name)
    return {"still": "yes"}


@service_task("crisis.report_settled")
def report_settled(context: StepContext, *, outcome: str) -> Results:
    """The decision stands with its names; the system itself never calls the police."""
    case = crisis_rows.case(context)
    names = crisis_rows.both_names(case, "report_decide", "report_confirm")
    step_events.record(
        context,
        "mandatory_report.decided",
        refs=[("person", pk) for pk in names if pk is not None],
        outcome=outcome,
    )
    return {}


@service_task("crisis.stop_work")
def stop_work(context: StepContext) -> Results:
    """The student stops working until the school says otherwise."""
    case = crisis_rows.case(context)
    placement = case.placement
    if placement is not None and placement.state == placement.State.ACTIVE:
        placement.suspend()
        placement.save(update_fields=["state"])
        step_events.record(context, "placement.suspended", refs=[("placement", placement.pk)])
    return {}


@service_task("crisis.open_zero_reports")
def open_zero_reports(context: StepContext) -> Results:
    case = crisis_rows.case(context)
    if case.state == Case.State.TRIAGED:
        case.work()
        case.save()
    zero_reports.begin(case=case, at=context.at)
    return {}


@service_task("crisis.clock_missed")
def clock_missed(context: StepContext, *, clock: str, task: str) -> Results:
    """A missed clock is a fact that nobody can edit away, and somebody above hears of it."""
    case = crisis_rows.case(context)
    step_events.record(context, "clock.missed", clock=clock, task=task)
    _raise_above(context, case, task, reason=clock)
    return {}


def _raise_above(context: StepContext, case: Case, task: str, *, reason: str) -> None:
    """One rung above whoever holds the late task; one that opens late has no row yet."""
    held = case.tasks.filter(name=task).order_by("-created_at").first()
    roles = shipped.roles_of(context.instance_id, task) if held is None else held.roles
    start = rungs.load(case.school_id, "crisis").above(roles[0] if roles else Role.ME.value)
    escalation.raise_(case=case, reason=reason, at=context.at, start=start, via=context.via)


@service_task("crisis.danger_again")
def danger_again(context: StepContext) -> Results:
    """A new round begins. The ladder was raised by whoever tapped; once more changes nothing.

    The daily reports go on: a day must not be silent because the danger came back on it.
    """
    case = crisis_rows.case(context)
    if case.state != Case.State.REOPENED:
        case.endanger(at=context.at)
        case.save()
    escalation.raise_(case=case, reason="danger_again", at=context.at, via=context.via)
    return {}
