"""Service tasks of bpmn/crisis.bpmn. A handler writes rows; workers talk to the world."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from ledger import events
from parties.models import Person
from parties.roles import Role
from records import evaluations
from workflow import (
    case_entries,
    clocks,
    closing,
    contacts,
    escalation,
    notifications,
    rungs,
    shipped,
    waking,
    zero_reports,
)
from workflow.engine import StepContext, service_task
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
    case = _case(context)
    case.triage(kind=type, colour=colour.upper(), safe_to_tell=_SAFE[safe], at=context.at)
    case.save()
    case_entries.keep(case)
    names = [person for person in _both_names(case, "triage", "triage_confirm") if person]
    _record(
        context,
        "triage.settled",
        refs=[("person", pk) for pk in names],
        type=type,
        colour=colour,
        safe="yes" if safe else "no",
        suspect=suspect_kind,
        company=at_company,
        serious=serious,
    )
    return {}


def _both_names(case: Case, *tasks: str) -> list[UUID | None]:
    done = HumanTask.objects.filter(case=case, state=HumanTask.State.COMPLETED)
    return [
        done.filter(name=name).order_by("-ended_at").values_list("completed_by", flat=True).first()
        for name in tasks
    ]


@service_task("crisis.shield_guardians")
def shield_guardians(context: StepContext) -> Results:
    """Telling raises danger: the suspected guardian does not even learn that there is a case."""
    case = _case(context)
    shield(case, at=context.at)
    _record(context, "guardians.shielded")
    return {}


@service_task("crisis.next_contact", decides=("step",))
def next_contact(context: StepContext, *, safe: bool, bullying: bool) -> Results:
    """Whom to phone now; a guardian also gets 请立即回电, without a word of what happened."""
    case = _case(context)
    step, person = contacts.next_contact(case, safe=safe, bullying=bullying, at=context.at)
    if person is not None:
        _ask_to_ring_back(context, person)
    _record(context, "contact.chosen", step=step.value)
    return {"step": step.value}


def _ask_to_ring_back(context: StepContext, person: UUID) -> None:
    """Once per person and alarm; the key makes repeats harmless."""
    case = _case(context)
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
    case = _case(context)
    open_states = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    waiting = case.tasks.filter(
        name__in=["report_decide", "report_confirm", "report_waive"], state__in=open_states
    )
    late = waiting.order_by("-created_at").first()
    if late is None:
        return {"still": "no"}
    _raise_above(context, case, late.name, reason="crisis.report_pending")
    _record(context, "clock.missed", clock="crisis.report_pending", task=late.name)
    return {"still": "yes"}


@service_task("crisis.report_settled")
def report_settled(context: StepContext, *, outcome: str) -> Results:
    """The decision stands with its names; the system itself never calls the police."""
    case = _case(context)
    names = _both_names(case, "report_decide", "report_confirm")
    _record(
        context,
        "mandatory_report.decided",
        refs=[("person", pk) for pk in names if pk is not None],
        outcome=outcome,
    )
    return {}


@service_task("crisis.stop_work")
def stop_work(context: StepContext) -> Results:
    """The student stops working until the school says otherwise."""
    case = _case(context)
    placement = case.placement
    if placement is not None and placement.state == placement.State.ACTIVE:
        placement.suspend()
        placement.save(update_fields=["state"])
        _record(context, "placement.suspended", refs=[("placement", placement.pk)])
    return {}


@service_task("crisis.open_zero_reports")
def open_zero_reports(context: StepContext) -> Results:
    case = _case(context)
    if case.state == Case.State.TRIAGED:
        case.work()
        case.save()
    zero_reports.begin(case=case, at=context.at)
    return {}


@service_task("crisis.danger_ended")
def danger_ended(context: StepContext) -> Results:
    """The daily reports end with the danger; following the student up begins."""
    case = _case(context)
    case.follow_up(at=context.at)
    case.save()
    zero_reports.stop(case=case, at=context.at, reason="danger_over")
    _record(context, "danger.ended")
    return {}


@service_task("crisis.tell_work_restriction")
def tell_work_restriction(context: StepContext) -> Results:
    """The student may work again; the company learns the restriction, never the reason."""
    case = _case(context)
    placement = case.placement
    if placement is not None and placement.state == placement.State.SUSPENDED:
        placement.resume()
        placement.save(update_fields=["state"])
        _record(context, "placement.resumed", refs=[("placement", placement.pk)])
    return {}


@service_task("crisis.next_follow_up", decides=("rhythm",))
def next_follow_up(context: StepContext, *, colour: str) -> Results:
    case = _case(context)
    since = case.danger_over_at or context.at
    held = case.tasks.filter(
        name="follow_up", state=HumanTask.State.COMPLETED, created_at__gte=since
    )
    return {"rhythm": clocks.follow_up_rhythm(colour=colour, done=held.count())}


@service_task("crisis.record_finding")
def record_finding(context: StepContext, *, result: str) -> Results:
    """是否构成欺凌: until now every text said 疑似."""
    _record(context, "bullying.found", result=result)
    return {}


@service_task("crisis.check_closing", decides=("ready",))
def check_closing(context: StepContext, *, outcome: str) -> Results:
    """Every closing condition; the unmet ones are an event that the next proposal shows."""
    case = _case(context)
    unmet = closing.unmet(case, outcome=outcome, at=context.at)
    if unmet:
        _record(context, "closing.refused", unmet=unmet)
        return {"ready": "no"}
    return {"ready": "yes"}


@service_task("crisis.close_case")
def close_case(context: StepContext, *, outcome: str) -> Results:
    case = _case(context)
    if outcome == "transferred":
        case.transfer(at=context.at)
    elif outcome == "merged":
        case.cancel(at=context.at)
    else:
        case.close(at=context.at)
    case.save()
    evaluations.end_round(case_id=case.pk, at=context.at, outcome=evaluations.UPGRADED)
    zero_reports.stop(case=case, at=context.at, reason="closed")
    escalation.withdraw(case=case, at=context.at, via=context.via)
    names = _both_names(case, "close_propose", "close_confirm")
    _record(
        context,
        "case.closed",
        refs=[("person", pk) for pk in names if pk is not None],
        outcome=outcome,
    )
    return {}


@service_task("crisis.clock_missed")
def clock_missed(context: StepContext, *, clock: str, task: str) -> Results:
    """A missed clock is a fact that nobody can edit away, and somebody above hears of it."""
    case = _case(context)
    _record(context, "clock.missed", clock=clock, task=task)
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
    case = _case(context)
    if case.state != Case.State.REOPENED:
        case.endanger(at=context.at)
        case.save()
    escalation.raise_(case=case, reason="danger_again", at=context.at, via=context.via)
    return {}


def _case(context: StepContext) -> Case:
    """The case, locked: a handler changes it inside the step's transaction."""
    return Case.objects.select_for_update(of=("self",)).get(pk=context.case_id)


def _record(
    context: StepContext,
    kind: str,
    *,
    refs: list[events.Subject] | None = None,
    **codes: Any,
) -> None:
    events.append(
        school_id=context.school_id,
        kind=kind,
        actor=context.by,
        subject=("case", context.case_id),
        refs=refs or [],
        at=context.at,
        payload={**codes, "via": context.via},
    )
