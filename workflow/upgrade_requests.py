"""A sign of danger in a matter that is no crisis: a person is asked at once, and decides.

    ask --> 德育处's task, 班主任 told --> crisis: the same case, a crisis from now on
                                     \\-> watch: the reason stays on file, the matter goes on

Nothing becomes a crisis by a computer's opinion, and nobody needs this to report one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ledger import events
from parties.models import Person
from workflow import assignment, clocks, escalation, openings, plan_people, reports
from workflow.assignment import Wanted
from workflow.models import Case, CaseParty, HumanTask, ProcessInstance

TASK: Final = "upgrade_decide"
CLOCK: Final = "follow_up.upgrade"
_CRISIS: Final = "crisis"
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
_GOING: Final = (
    ProcessInstance.State.PENDING,
    ProcessInstance.State.RUNNING,
    ProcessInstance.State.FROZEN,
)


def ask(*, case: Case, at: datetime, source: str) -> HumanTask | None:
    """Ask 德育处 to decide and tell 班主任; one question at a time. Inside a scope.

    `source` is the code of where the sign was seen. None for a case that is a crisis already.
    """
    if case.channel == Case.Channel.CRISIS or case.closed_at is not None:
        return None
    waiting = HumanTask.objects.filter(case=case, name=TASK, state__in=_LIVE).first()
    if waiting is not None:
        return waiting
    assigned = assignment.assign(
        Wanted(name=TASK, roles=["ME"], instead=["VP", "PR"]), case=case, at=at
    )
    task = HumanTask.objects.create(
        school_id=case.school_id,
        case=case,
        name=TASK,
        title="发现危险迹象：请决定是否启动危机流程",
        form="upgrade_decision",
        roles=[role.value for role in assigned.roles],
        candidates=list(assigned.candidates),
        clock=CLOCK,
        created_at=at,
        due_at=clocks.load(case.school_id).due(CLOCK, anchors={}, at=at),
    )
    key = f"danger:{task.pk}"
    people = [(assigned.roles[0].value, person) for person in assigned.candidates]
    plan_people.tell(case, people, template="follow_up.danger", key=key, at=at)
    plan_people.tell_role(case, "HT", template="follow_up.danger", key=key, at=at)
    _record("upgrade.asked", case, at=at, source=source)
    return task


def decide(*, task: HumanTask, by: Person, at: datetime, answer: Mapping[str, Any]) -> None:
    """What 德育处 decided. Inside the scope of the task's completion."""
    outcome = str(answer.get("outcome", ""))
    _record("upgrade.decided", task.case, at=at, by=by, outcome=outcome)
    if outcome == _CRISIS:
        upgrade(case_id=task.case_id, at=at)


def upgrade(*, case_id: UUID, at: datetime) -> None:
    """Make this case a crisis: its open work ends with a reason, the ladder climbs from now.

    The family goes on seeing what it saw (Case.alarm). Locks instances first, then the case, as
    every step does. Nothing happens to one that is a crisis, or closed. Inside a scope.
    """
    going = _locked_instances(case_id)
    rows = Case.objects.select_for_update(of=("self",)).select_related("student__school_class")
    case = rows.get(pk=case_id)
    if case.channel == Case.Channel.CRISIS or case.closed_at is not None:
        return
    _stop(case, going, at=at)
    case.alarm(at=at)
    case.save()
    if case.student is not None:
        reports.name(case, {(case.student.person_id, CaseParty.Part.SUBJECT): None}, at=at)
    openings.begin(case, _CRISIS, at=at)
    escalation.raise_(case=case, reason="upgraded", at=at)
    _record("case.upgraded", case, at=at)


def _locked_instances(case_id: UUID) -> list[ProcessInstance]:
    rows = ProcessInstance.objects.select_for_update().filter(case=case_id, status__in=_GOING)
    return list(rows.order_by("pk"))


def _stop(case: Case, going: Sequence[ProcessInstance], *, at: datetime) -> None:
    for instance in going:
        instance.cancel(at=at)
        instance.save(update_fields=["status", "next_due_at", "ended_at"])
    tasks = case.tasks.select_for_update().filter(state__in=_LIVE).order_by("pk")
    for task in tasks:
        task.cancel(at=at, reason="upgraded")
        task.save(update_fields=["state", "ended_at", "cancel_reason"])


def _record(kind: str, case: Case, *, at: datetime, by: Person | None = None, **codes: str) -> None:
    events.append(
        school_id=case.school_id,
        kind=kind,
        actor=None if by is None else by.pk,
        subject=("case", case.pk),
        at=at,
        payload=codes,
    )
