"""不告知 outlives the crisis that brought it, and neither for ever nor by a machine does it end.

    case closed --> 德育处 is asked --> keep, with a reason --> asked again after a quarter
                        |        \\--> end it for ... --> 分管副校长 agrees --> it ends
                        |                                  \\--> or not    --> it is kept
                        +-- nobody answers --> the leaders hear of it, again and again

Closing a case opens nothing: who may be told is a decision of two people, as in the triage
(domain C4), and what protects a child does not run out. Whichever way a case ended, it is found.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from ledger import events
from parties import tenancy
from parties.models import Person
from workflow import assignment, case_orders, clocks, due_rows, plan_people, quiet_hours
from workflow.assignment import Wanted
from workflow.case_orders import CONFIRM, REVIEW
from workflow.models import Case, HumanTask

CLOCK: Final = "crisis.order_review"
AGAIN: Final = "crisis.order_again"
_LATE: Final = "order.undecided"
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
#: Title, form, and who is asked: first, and where there is nobody.
_ASKED: Final = {
    REVIEW: ("事项已结束：请决定是否仍不告知监护人", "order_review", ("ME", "VP", "PR")),
    CONFIRM: ("请复核：是否可以重新告知监护人", "confirmation", ("VP", "PR")),
}
#: Who hears besides that nobody has decided.
_ABOVE: Final = ("VP", "PR")


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Ask of every closed case whose orders nobody has looked at; return of how many."""
    rows = due_rows.found("SELECT school_id, id FROM due_orders(%s, %s)", [at, limit])
    act = partial(_look, at=at, via=via)
    return due_rows.each(rows, act, failed="order.look_failed", via=via)


def ask(case: Case, name: str, *, at: datetime) -> HumanTask:
    """Open one of the two questions. Inside a scope."""
    title, form, (first, *instead) = _ASKED[name]
    eyes = (REVIEW,) if name == CONFIRM else ()
    wanted = Wanted(name=name, roles=[first], instead=instead, four_eyes=eyes)
    assigned = assignment.assign(wanted, case=case, at=at)
    task = HumanTask.objects.create(
        school_id=case.school_id,
        case=case,
        name=name,
        title=title,
        form=form,
        roles=[role.value for role in assigned.roles],
        candidates=list(assigned.candidates),
        four_eyes_of=",".join(eyes),
        clock=CLOCK,
        created_at=at,
        due_at=_due(case, CLOCK, at),
    )
    people = [(task.roles[0], person) for person in task.candidates]
    plan_people.tell(case, people, template="task.new", key=f"task.new:{task.pk}", at=at)
    return task


def keep(case: Case, *, by: Person, at: datetime) -> None:
    """They stand, and are looked at again. The reason stays with the answer. Inside a scope."""
    kept = case_orders.of(case).update(review_at=_due(case, AGAIN, at))
    _record("order.kept", case, by=by, at=at, count=kept)


def end(case: Case, people: Iterable[UUID], *, by: Person, at: datetime) -> None:
    """These may be told from now on; the other orders of the case are kept. Inside a scope."""
    ended = case_orders.of(case).filter(person__in=list(people))
    refs = [("person", pk) for pk in sorted(ended.values_list("person_id", flat=True))]
    ended.update(ends_at=at, review_at=None)
    _record("order.ended", case, by=by, at=at, refs=refs, count=len(refs))
    if case_orders.of(case).exists():
        keep(case, by=by, at=at)


def _look(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        held = Case.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        case = held.select_related("student__school_class").filter(pk=pk).first()
        if case is None or case.closed_at is None or quiet_hours.is_quiet(moment):
            return False
        orders = list(case_orders.of(case))
        if not any((one.review_at or case.closed_at) <= moment for one in orders):
            return False  # another worker was faster, or somebody has decided
        case_orders.of(case).update(review_at=_due(case, CLOCK, moment))
        waiting = case.tasks.filter(name__in=(REVIEW, CONFIRM), state__in=_LIVE).first()
        if waiting is None:
            ask(case, REVIEW, at=moment)
            _record("order.review_asked", case, at=moment, via=via, count=len(orders))
        else:
            _tell_late(case, waiting, at=moment, via=via)
        return True


def _tell_late(case: Case, task: HumanTask, *, at: datetime, via: str) -> None:
    """Whoever is asked, and the leaders."""
    people = dict.fromkeys(task.candidates, task.roles[0])
    for role in _ABOVE:
        for person in assignment.assign(
            Wanted(name="order", roles=[role]), case=case, at=at
        ).candidates:
            people.setdefault(person, role)
    told = [(role, person) for person, role in people.items()]
    key = f"{_LATE}:{task.pk}:{at.isoformat()}"
    plan_people.tell(case, told, template=_LATE, key=key, at=at)
    _record("clock.missed", case, at=at, clock=CLOCK, task=task.name, via=via)


def _due(case: Case, clock: str, at: datetime) -> datetime:
    return clocks.load(case.school_id).due(clock, anchors={}, at=at)


def _record(
    kind: str,
    case: Case,
    *,
    at: datetime,
    by: Person | None = None,
    refs: list[events.Subject] | None = None,
    **codes: int | str,
) -> None:
    events.append(
        school_id=case.school_id,
        kind=kind,
        actor=None if by is None else by.pk,
        subject=("case", case.pk),
        refs=refs or [],
        at=at,
        payload=codes,
    )
