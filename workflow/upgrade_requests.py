"""A sign of danger in a matter that is no crisis: a person is asked at once, and decides.

    ask --> 德育处's task, 班主任 told --> crisis: the same case, a crisis from now on
                                     \\-> watch: the reason stays on file, the matter goes on

Nothing becomes a crisis by a computer's opinion, and nobody needs this to report one.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ledger import events
from parties.models import Person
from workflow import assignment, clocks, plan_people
from workflow.assignment import Wanted
from workflow.models import Case, HumanTask

TASK: Final = "upgrade_decide"
CLOCK: Final = "follow_up.upgrade"
CRISIS: Final = "crisis"
LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
_DANGER: Final = "follow_up.danger"


def ask(*, case: Case, at: datetime, source: str) -> HumanTask | None:
    """Ask 德育处 to decide and tell 班主任; one question at a time. Inside a scope.

    `source` is the code of where the sign was seen. None for a case that is a crisis already.
    """
    if case.channel == Case.Channel.CRISIS or case.closed_at is not None:
        return None
    waiting = HumanTask.objects.filter(case=case, name=TASK, state__in=LIVE).first()
    return waiting or open_(case=case, at=at, source=source)


def open_(
    *,
    case: Case,
    at: datetime,
    source: str,
    about: UUID | None = None,
    told: Collection[UUID] = (),
) -> HumanTask:
    """The question itself, `about` what was written; `told` have heard of it. Inside a scope."""
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
        about=about,
        clock=CLOCK,
        created_at=at,
        due_at=clocks.load(case.school_id).due(CLOCK, anchors={}, at=at),
    )
    people = [(assigned.roles[0].value, person) for person in assigned.candidates]
    people += [("HT", person) for person in plan_people.holders("HT", case=case, at=at)]
    unaware = [(role, person) for role, person in people if person not in told]
    plan_people.tell(case, unaware, template=_DANGER, key=f"danger:{task.pk}", at=at)
    _record("upgrade.asked", case, at=at, source=source)
    return task


def decide(*, task: HumanTask, by: Person, at: datetime, answer: Mapping[str, Any]) -> bool:
    """Write down what 德育处 decided; whether it is to be a crisis. In the task's own scope."""
    outcome = str(answer.get("outcome", ""))
    decided(task.case, at=at, by=by, outcome=outcome)
    return outcome == CRISIS


def decided(case: Case, *, at: datetime, by: Person, outcome: str) -> None:
    """A fact for good: who decided, and what."""
    _record("upgrade.decided", case, at=at, by=by, outcome=outcome)


def _record(kind: str, case: Case, *, at: datetime, by: Person | None = None, **codes: str) -> None:
    events.append(
        school_id=case.school_id,
        kind=kind,
        actor=None if by is None else by.pk,
        subject=("case", case.pk),
        at=at,
        payload=codes,
    )
