"""Putting a case into a channel: what goes on stops, the channel's own process begins.

    hold ---> stop ---> enter (notice, meeting)  or  sound (crisis)  ---> record

Everything here is called inside the caller's scope, so that a move is one transaction: whoever
looks sees the old channel with its tasks or the new one with its own, never both and never none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties.access import Viewer
from parties.models import Person
from parties.roles import Role
from workflow import (
    case_entries,
    case_events,
    escalation,
    meeting_news,
    openings,
    policies,
    reports,
    zero_reports,
)
from workflow.models import (
    Case,
    CaseParty,
    HumanTask,
    Incident,
    Matter,
    ProcessInstance,
    RoutingDecision,
)
from workflow.reports import ReportInput, Said

Channel = Case.Channel

INTAKE: Final = "intake"
#: Which process carries a case in each channel.
PROCESS_OF: Final = {
    Channel.NOTICE: "notice",
    Channel.MEETING: "meeting",
    Channel.CRISIS: "crisis",
}
RANK: Final = {Channel.NOTICE: 0, Channel.MEETING: 1, Channel.CRISIS: 2}

_GOING: Final = (
    ProcessInstance.State.PENDING,
    ProcessInstance.State.RUNNING,
    ProcessInstance.State.FROZEN,
)
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


@dataclass(frozen=True, slots=True)
class Held:
    """A case that this transaction alone may move, with what is going on in it."""

    case: Case
    instances: Sequence[ProcessInstance]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who wanted what, and what counts. `second_by` is the other of two names, where two decide."""

    kind: str
    chosen: str
    channel: str
    by: UUID
    reason: str = ""
    second_by: UUID | None = None
    second_reason: str = ""


def hold(case_id: UUID) -> Held:
    """Lock processes first and the case second, as every step does; tasks come after (stop)."""
    _lock_instances(case_id)
    locked = Case.objects.select_for_update(of=("self",), no_key=True)
    case = locked.select_related("student__person", "student__school_class").get(pk=case_id)
    # Whatever began between the two locks is held as well.
    return Held(case, _lock_instances(case_id))


def _lock_instances(case_id: UUID) -> list[ProcessInstance]:
    going = ProcessInstance.objects.filter(case=case_id, status__in=_GOING)
    return list(going.select_for_update(of=("self",), no_key=True).order_by("pk"))


def stop(
    held: Held,
    *,
    at: datetime,
    reason: str,
    but: UUID | None = None,
    asked: Collection[str] = (),
) -> None:
    """Cancel every process but the one that is just taking this step, and all open tasks but those
    `asked` (their names), which another channel does not answer.
    """
    ended = [instance for instance in held.instances if instance.pk != but]
    for instance in ended:
        instance.cancel(at=at)
        instance.save(update_fields=["status", "next_due_at", "ended_at"])
    _resolve_incidents(ended, at=at)
    zero_reports.stop(case=held.case, at=at, reason=reason)
    tasks = held.case.tasks.filter(state__in=_LIVE).exclude(name__in=asked)
    if but is not None:
        tasks = tasks.exclude(instance=but)
    closed = 0
    for task in tasks.select_for_update(of=("self",)).order_by("pk"):
        task.cancel(at=at, reason=reason)
        task.save(update_fields=["state", "ended_at", "cancel_reason"])
        closed += 1
    if closed:
        case_events.record("tasks.closed", held.case, by=None, at=at, count=closed, reason=reason)


def _resolve_incidents(ended: Sequence[ProcessInstance], *, at: datetime) -> None:
    """A fault of a process that goes on no more is nobody's work."""
    faults = Incident.objects.filter(instance__in=ended, state=Incident.State.OPEN)
    for incident in faults.select_for_update(of=("self",)):
        incident.resolve(at=at)
        incident.save(update_fields=["state", "resolved_at"])


def enter(case: Case, *, channel: str, kind: str, at: datetime) -> None:
    """Put a held case into a channel that a family may see, and begin the process there."""
    case.route(channel=channel, kind=kind)
    case.save()
    begin(case, at=at)


def begin(case: Case, *, at: datetime) -> None:
    """The process of the case's channel, and the case's place in the student's file.

    Where information alone is left, a date that was agreed is called off. A crisis leaves it as it
    stands: whoever may not know would see that something happened.
    """
    if case.channel == Channel.NOTICE:
        meeting_news.withdraw(case, at=at, reason="rerouted")
    case_entries.keep(case)
    openings.begin(case, PROCESS_OF[Channel(case.channel)], at=at)


def sound(
    case: Case,
    *,
    report: ReportInput,
    reporter: Person,
    role: Role,
    request_key: str,
    at: datetime,
) -> None:
    """A held case is a crisis from now on: the words are kept and the ladder climbs.

    The process of the crisis is only promised here: a mistake in a diagram must not silence it.
    """
    case.alarm(at=at)
    case.owner = None  # whoever acknowledges takes it over
    case.save()
    reports.name_parties(case, student=case.student, reporter=reporter, report=report, at=at)
    reports.keep(case, Said(reporter, role, report, request_key, at, case.student))
    _withdraw_members(case, at=at)
    meeting_news.release(case, at=at)
    begin(case, at=at)
    escalation.raise_(case=case, reason="upgrade", at=at)


def _withdraw_members(case: Case, *, at: datetime) -> None:
    """A crisis is for its own team: a place at the meeting's table is no place on it."""
    gone = []
    members = case.parties.filter(part=CaseParty.Part.MEMBER).select_related("person")
    for member in members.order_by("pk"):
        held = Viewer.load(member.person, at=at).roles_towards(case.student)
        if not held & policies.CRISIS_TEAM:
            gone.append(member)
    if gone:
        refs: list[events.Subject] = [("person", member.person_id) for member in gone]
        case_events.record("members.withdrawn", case, by=None, at=at, refs=refs, count=len(gone))
    for member in gone:
        member.delete()


def record(case: Case, decision: Decision, *, before: str, at: datetime) -> RoutingDecision:
    """Write down for good what was proposed and what was decided, and by whom."""
    matter = case.matters.first()
    kept = RoutingDecision.objects.create(
        school_id=case.school_id,
        case=case,
        kind=decision.kind,
        **_proposal(matter),
        from_channel=before,
        chosen=decision.chosen,
        channel=decision.channel,
        decided_by_id=decision.by,
        second_by_id=decision.second_by,
        reason=decision.reason,
        second_reason=decision.second_reason,
        at=at,
    )
    names = [pk for pk in (decision.by, decision.second_by) if pk is not None]
    refs: list[events.Subject] = [("routing", kept.pk), *(("person", pk) for pk in names)]
    codes = {"to": decision.channel, "chosen": decision.chosen, "proposed": kept.proposed}
    was = {"before": before} if before else {}
    kind = _EVENT_OF[RoutingDecision.Kind(decision.kind)]
    case_events.record(kind, case, by=decision.by, at=at, refs=refs, rule=kept.rule, **codes, **was)
    return kept


_EVENT_OF: Final = {
    RoutingDecision.Kind.FIRST: "case.routed",
    RoutingDecision.Kind.UPGRADE: "case.upgraded",
    RoutingDecision.Kind.DOWNGRADE: "case.downgraded",
}


def _proposal(matter: Matter | None) -> dict[str, object]:
    """What the words and the table pointed to when the matter was raised."""
    if matter is None:
        return {}
    return {
        "trigger": matter.trigger,
        "answers": matter.answers(),
        "level": matter.level,
        "hints": list(matter.hints),
        "proposed": matter.proposed,
        "rule": matter.rule,
        "rule_label": matter.rule_label,
    }
