"""What is late is never silent: owner, 班主任, 年级组长, 德育处, and there every week again.

    due --> the owner (+0) --> HT (+1 working day) --> GL (+2) --> ME (+3) --> ME every week

Every rung is told once, in this order, also after an outage or by two sweeps at once: the level
stands in the item's own row and moves in the transaction that promises the message. An item that
waits to be verified reminds whoever may verify it, and one that is blocked tells 班主任 at once.
"""

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from parties import tenancy
from parties.roles import Role
from records import item_rows, plan_owners
from records.models import ActionItem
from workflow import clocks, due_rows, plan_people, quiet_hours
from workflow.clocks import ClockBook
from workflow.models import Case

#: Rungs above the owner, each with the clock that counts from the deadline.
ABOVE: Final = (("HT", "plan.overdue_ht"), ("GL", "plan.overdue_gl"), ("ME", "plan.overdue_me"))
AGAIN: Final = "plan.overdue_again"
VERIFY_AGAIN: Final = "plan.verify_again"

_OPEN: Final = (*ActionItem.LIVE, ActionItem.State.DONE)
#: Rungs climbed at once after an outage; the weekly repeat counts from now, so it adds one.
_LOOKS_A_SWEEP: Final = 6


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Look at every item that is late, waits or is stuck; return how many tellings there were."""
    rows = due_rows.found("SELECT school_id, id FROM due_items(%s, %s)", [at, limit])
    act = partial(_catch_up, at=at, via=via)
    return due_rows.each(rows, act, failed="plan.look_failed", via=via)


def _catch_up(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> int:
    told = 0
    while told < _LOOKS_A_SWEEP and _look(school_id, pk, at=at, via=via):
        told += 1
    return told


def _look(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        if quiet_hours.is_quiet(moment):
            return False
        due = ActionItem.objects.filter(state__in=_OPEN, next_look_at__lte=moment)
        locked = due.select_for_update(of=("self",), skip_locked=True)
        item = locked.select_related("student", "placement").filter(pk=pk).first()
        if item is None:  # done meanwhile, or another worker has it
            return False
        _tell(item, at=moment, via=via)
        item.save(update_fields=["next_look_at", "escalation_level"])
        return True


def _tell(item: ActionItem, *, at: datetime, via: str) -> None:
    """One telling, and when to look again."""
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    book = clocks.load(item.school_id)
    if item.state == ActionItem.State.DONE:
        _ask_to_verify(item, case, at=at)
        item.next_look_at = book.due(VERIFY_AGAIN, anchors={}, at=at)
    elif at < item.overdue_from:
        plan_people.tell_role(case, "HT", template="plan.blocked", key=_key(item, "blocked"), at=at)
        item.next_look_at = item.overdue_from
    else:
        _climb(item, case, book, at=at, via=via)


def _climb(item: ActionItem, case: Case, book: ClockBook, *, at: datetime, via: str) -> None:
    level = item.escalation_level
    if level == 0:
        people = plan_people.owners(item, case=case, at=at)
        plan_people.tell(case, people, template="plan.due", key=_key(item, "due"), at=at)
        role, told = str(item.owner_party), len(people)
    else:
        role, _ = ABOVE[min(level, len(ABOVE)) - 1]
        key = _key(item, f"rung{level}")
        told = plan_people.tell_role(case, role, template="plan.overdue", key=key, at=at)
    item_rows.record("plan.overdue", item, at=at, rung=level, to=role, told=told, via=via)
    item.next_look_at = _next(item, book, at=at)
    item.escalation_level = level + 1


def _next(item: ActionItem, book: ClockBook, *, at: datetime) -> datetime:
    if item.escalation_level < len(ABOVE):
        _, clock = ABOVE[item.escalation_level]
        return book.due(clock, anchors={}, at=item.overdue_from)
    return book.due(AGAIN, anchors={}, at=at)


def _ask_to_verify(item: ActionItem, case: Case, *, at: datetime) -> None:
    """班主任; for 资助 and 健康 the office of that class; whoever said it was done is left out."""
    roles: Any = plan_owners.OFFICES.get(str(item.field_class), frozenset({Role.HT}))
    people = [
        (role.value, person)
        for role in sorted(roles)
        for person in plan_people.able(role, case=case, at=at)
        if person not in (item.done_by_id, item.owner_person_id)
    ]
    key = _key(item, f"verify:{at.isoformat()}")
    if people:
        plan_people.tell(case, people, template="plan.verify", key=key, at=at)
    else:
        plan_people.tell_role(case, "ME", template="plan.verify", key=key, at=at)


def _key(item: ActionItem, word: str) -> str:
    """Of this deadline: a new one begins anew, the same one never tells twice."""
    return f"plan:{item.pk}:{item.overdue_from.isoformat()}:{word}"
