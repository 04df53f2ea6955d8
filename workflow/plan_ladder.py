"""What is late is never silent: owner, 班主任, 年级组长, 德育处, and there every week again.

    due --> the owner (+0) --> HT (+1 working day) --> GL (+2) --> ME (+3) --> ME every week

Every rung is told once, in this order, also after an outage or by two sweeps at once: the level
stands in the item's own row and moves in the transaction that promises the message. An item that
waits to be verified reminds whoever may verify it, and one more above them each week. Every
difficulty tells 班主任 at once (tell_stuck), which is no rung.
"""

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from parties import tenancy
from parties.models import Person
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
#: Who hears besides that nobody has verified an item, one more a week.
UNVERIFIED: Final = ("GL", "ME")

_OPEN: Final = (*ActionItem.LIVE, ActionItem.State.DONE)
#: Rungs climbed at once after an outage; the weekly repeat counts from now, so it adds one.
_LOOKS_A_SWEEP: Final = 6


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Look at every item that is late, waits or is stuck; return how many tellings there were."""
    rows = due_rows.found("SELECT school_id, id FROM due_items(%s, %s)", [at, limit])
    act = partial(_catch_up, at=at, via=via)
    return due_rows.each(rows, act, failed="plan.look_failed", via=via)


def tell_stuck(item: ActionItem, *, by: Person, at: datetime) -> None:
    """What stands in the way is heard each time, in the transaction that keeps it: by 班主任, or
    whoever is asked in their place where they say it themselves; of 资助 and 健康 also by the
    office of that class, which alone reads the words.
    """
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    found = plan_people.holders("HT", case=case, at=at, besides=frozenset({by.pk}))
    people = [("HT", person) for person in found]
    people += [
        (role.value, person)
        for role in sorted(plan_owners.OFFICES.get(str(item.field_class), frozenset()))
        for person in plan_people.able(role, case=case, at=at)
        if person not in {by.pk, *found}
    ]
    key = _key(item, f"blocked:{at.isoformat()}")
    plan_people.tell(case, people, template="plan.blocked", key=key, at=at)


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
        _ask_to_verify(item, case, book, at=at, via=via)
        item.next_look_at = book.due(VERIFY_AGAIN, anchors={}, at=at)
    elif at < item.overdue_from:
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


def _ask_to_verify(
    item: ActionItem, case: Case, book: ClockBook, *, at: datetime, via: str
) -> None:
    """班主任; for 资助 and 健康 the office of that class; whoever said it was done is left out."""
    roles: Any = plan_owners.OFFICES.get(str(item.field_class), frozenset({Role.HT}))
    own = frozenset(filter(None, (item.done_by_id, item.owner_person_id)))
    people = [
        (role.value, person)
        for role in sorted(roles)
        for person in plan_people.able(role, case=case, at=at)
        if person not in own
    ]
    above = list(UNVERIFIED[: _weeks(item, book, at=at)])
    found = {person for _, person in people}
    for role in above if people else sorted({*above, "ME"}):
        more = plan_people.holders(role, case=case, at=at, besides=own)
        people += [(role, person) for person in more if person not in found]
        found.update(more)
    key = _key(item, f"verify:{at.isoformat()}")
    plan_people.tell(case, people, template="plan.verify", key=key, at=at)
    if above:
        rung, told = len(above), len(people)
        item_rows.record("plan.unverified", item, at=at, rung=rung, to=above, told=told, via=via)


def _weeks(item: ActionItem, book: ClockBook, *, at: datetime) -> int:
    """How often it should have been verified since it was done, as far as rungs go: a count of
    tellings would climb by every new file.
    """
    passed, due = 0, item.done_at or at
    while passed < len(UNVERIFIED):
        due = book.due(VERIFY_AGAIN, anchors={}, at=due)
        if due > at:
            break
        passed += 1
    return passed


def _key(item: ActionItem, word: str) -> str:
    """Of this deadline: a new one begins anew, the same one never tells twice."""
    return f"plan:{item.pk}:{item.overdue_from.isoformat()}:{word}"
