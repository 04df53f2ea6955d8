"""THE LADDER: who is woken next when nobody answers a crisis.

    raise_ --> WAITING on rung n --(due_at passes)--> climb --> ... the top repeats for ever
                    |
                    +--(ME, PSY, GL, VP or PR acknowledges)--> ACKNOWLEDGED

Offsets count from the moment it was raised; earlier rungs stay alerted; holidays pause nothing.
A rung with nobody on it is recorded and passed at once. There is no exhausted state: the top rung
repeats, raises an incident and puts a banner up. The database is the truth and Celery only the
alarm clock: `climb_due` may run late, twice, or in eight workers at once without waking anybody
twice on one rung and without skipping a rung.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django_fsm import can_proceed

from ledger import events
from parties import inserts, statements, tenancy
from parties.access import Act, Viewer
from parties.models import Person
from workflow import due_rows, rungs, waking
from workflow.errors import WrongState
from workflow.models import Case, Escalation
from workflow.rungs import Ladder

#: After an outage every missed rung is climbed at once, one after the other, up to this many.
_CLIMBS_A_SWEEP = 12
LADDER: Final = "crisis"


def raise_(
    *, case: Case, reason: str, at: datetime, start: int = 0, via: str = "web"
) -> Escalation:
    """Wake rung `start` and begin the climb. Call inside the caller's scope.

    While one is waiting for this case, that one is moved up to `start` instead of a second ladder.
    """
    waiting = next(iter(statements.rows(_waiting, case.pk, limit=1)), None)
    if waiting is not None:
        if start > waiting.rung:
            rung = _wake_from(waiting, start, at=at, via=via)
            _record("escalation.raised_higher", waiting, at=at, reason=reason, rung=rung, via=via)
        return waiting
    return begin(case=case, reason=reason, at=at, start=start, via=via)


def begin(  # noqa: PLR0913 -- as raise_, and what a new case knows already
    *,
    case: Case,
    reason: str,
    at: datetime,
    start: int = 0,
    via: str = "web",
    ladder: Ladder | None = None,
    named: Collection[UUID] = (),
) -> Escalation:
    """`raise_` for a case whose ladder does not climb: a new one. Inside a scope.

    ladder, named: the school's own, and whom the case names against them, where they are known.
    """
    ladder = ladder or rungs.load(case.school_id, LADDER)
    shifted = at - ladder.rung(start).offset
    escalation = Escalation(
        school_id=case.school_id,
        case=case,
        reason=reason,
        ladder=ladder.as_json(),
        rung=start,
        raised_at=shifted,
        due_at=at,
    )
    _record("escalation.raised", escalation, at=at, reason=reason, rung=start, via=via)
    _wake_from(escalation, start, ladder=ladder, at=at, via=via, named=named)
    return escalation


def _waiting(case_id: UUID) -> QuerySet[Escalation]:
    climbing = Escalation.objects.filter(case=case_id, state=Escalation.State.WAITING)
    return climbing.select_for_update().order_by("pk")


def acknowledge(*, school_id: int, case_id: UUID, by: Person, at: datetime) -> Escalation:
    """Record that `by` has taken over; no further rung is woken.

    Acknowledging twice by the same person succeeds, because phones resend.

    Raises:
        NotFound: the case is not there for `by`.
        NotAllowed: `by` may not acknowledge: no entitled role, or they reported it themselves.
        WrongState: somebody else was first, or nothing is waiting.
    """
    with tenancy.scope(school_id):
        return take_over(case_id=case_id, by=by, at=at)


def take_over(*, case_id: UUID, by: Person, at: datetime) -> Escalation:
    """`acknowledge` inside the caller's scope, with the same refusals."""
    viewer = Viewer.load(by, at=at)
    case = viewer.get(Case, case_id)
    viewer.require(Act.ACKNOWLEDGE, case)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    found = locked.escalations.select_for_update().order_by("-raised_at", "-pk")
    escalation = found.filter(state=Escalation.State.WAITING).first() or found.first()
    if escalation is not None and escalation.acknowledged_by_id == by.pk:
        return escalation
    if escalation is None or not can_proceed(escalation.acknowledge):
        raise WrongState("已有人接报，请刷新后查看。", case=str(case_id))
    escalation.acknowledge(by=by, at=at)
    escalation.save()
    locked.owner = by
    locked.save(update_fields=["owner"])
    waking.stand_down(locked, at=at)
    _record("escalation.acknowledged", escalation, at=at, actor=by.pk, rung=escalation.rung)
    return escalation


def withdraw(*, case: Case, at: datetime, via: str) -> None:
    """End a climb because two people closed or handed over the case. Call inside a scope."""
    waiting = case.escalations.select_for_update().filter(state=Escalation.State.WAITING)
    for escalation in waiting:
        escalation.withdraw()
        escalation.save(update_fields=["state"])
        waking.stand_down(case, at=at)
        _record("escalation.withdrawn", escalation, at=at, rung=escalation.rung, via=via)


def climb_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Climb every escalation whose moment has passed; return how many rungs were woken.

    Each climb is its own transaction, so one broken case cannot hold up the others.
    """
    rows = due_rows.found("SELECT school_id, id FROM due_escalations(%s, %s)", [at, limit])
    act = partial(_catch_up, at=at, via=via)
    return due_rows.each(rows, act, failed="escalation.climb_failed", via=via)


def _catch_up(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> int:
    climbed = 0
    while climbed < _CLIMBS_A_SWEEP and _climb(school_id, pk, at=at, via=via):
        climbed += 1
    return climbed


def _climb(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        due = Escalation.objects.filter(state=Escalation.State.WAITING, due_at__lte=moment)
        escalation = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if escalation is None:  # acknowledged meanwhile, or another worker has it
            return False
        rung = _wake_from(escalation, escalation.rung + 1, at=moment, via=via)
        _record("escalation.climbed", escalation, at=moment, rung=rung, via=via)
        return True


def _wake_from(
    escalation: Escalation,
    start: int,
    *,
    at: datetime,
    via: str,
    ladder: Ladder | None = None,
    named: Collection[UUID] = (),
) -> int:
    """Wake the first rung from `start` that has somebody on it; the top one counts in any case."""
    ladder = ladder or rungs.parse(escalation.ladder)
    number = start
    while not waking.wake(escalation, ladder.rung(number), number, at=at, via=via, named=named):
        _record("escalation.rung_skipped", escalation, at=at, rung=number, via=via)
        if number >= ladder.top:
            break
        number += 1
    upcoming = ladder.next_due(number, raised_at=escalation.raised_at, after=at)
    escalation.climb(rung=number, due_at=upcoming)
    if escalation._state.adding:
        inserts.insert([escalation])
    else:
        escalation.save()
    return number


def _record(
    kind: str,
    escalation: Escalation,
    *,
    at: datetime,
    actor: UUID | None = None,
    **codes: int | str,
) -> None:
    events.append(
        school_id=escalation.school_id,
        kind=kind,
        actor=actor,
        subject=("case", escalation.case_id),
        refs=[("escalation", escalation.pk)],
        at=at,
        payload=codes,
    )
