"""A promise that is put off is no secret: whoever it was made to hears of every new deadline.

    moved --> the owner's side, the family, 班主任 (but for who moved it)
      later for the third time, or far beyond the first promise, or when it had passed --> GL too
      later for the fifth time --> GL and ME

A new deadline begins the ladder anew (plan_ladder). Whoever moves it every day would keep that on
its first rung for ever, so the moves have a ladder of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from parties.access import Viewer
from parties.errors import NotFound
from parties.models import Person
from parties.roles import Role
from records import earlier_words, item_rows, item_stillness, plan_amending
from records.models import ActionItem
from workflow import clocks, contacts, plan_handovers, plan_people
from workflow.models import Case

_MOVED: Final = "plan.moved"
#: Put off more often than this is heard by ... as well.
_ABOVE: Final = ((2, "GL"), (4, "ME"))
#: How far beyond the first promise is far, whatever the number of moves.
_FAR: Final = "plan.moved_far"


def amend(  # noqa: PLR0913 -- the values, why, and who looks before
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    values: dict[str, Any],
    unchanged: Callable[[Viewer, ActionItem], None],
    why: str = "",
) -> ActionItem:
    """As records.plan_amending.amend; a new deadline is told, and a new owner. Raises as that."""
    before: list[tuple[datetime, UUID | None]] = []

    def looked_at(viewer: Viewer, item: ActionItem) -> None:
        unchanged(viewer, item)
        plan_handovers.refuse_wrong(viewer, item, values.get("owner_id"))
        before.append((item.due_at, item.owner_person_id))

    def amended(item: ActionItem) -> None:
        plan_handovers.tell(item, before[0][1], by=by, at=at)
        _moved(item, before[0][0], by=by, at=at)

    return plan_amending.amend(
        school_id=school_id, item_id=item_id, by=by, at=at, values=values,
        unchanged=looked_at, why=why, amended=amended,
    )  # fmt: skip


def _moved(item: ActionItem, before: datetime, *, by: Person, at: datetime) -> None:
    if item.due_at == before:
        return
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    deadlines = earlier_words.deadlines(item)
    times = sum(new > old for old, new in pairwise(deadlines))
    later = item.due_at > before
    above = _above(item, deadlines, times, passed=before <= at) if later else []
    told = _hearers(item, case, by=by, at=at)
    for role in above:
        found = plan_people.holders(role, case=case, at=at, besides=frozenset({by.pk}))
        told = {**dict.fromkeys(found, role), **told}
    key = f"plan.moved:{item.pk}:{at.isoformat()}"
    people = [(role, person) for person, role in told.items()]
    plan_people.tell(case, people, template=_MOVED, key=key, at=at)
    item_rows.record(_MOVED, item, at=at, actor=by, times=times, later=later, to=above)


def _above(
    item: ActionItem, deadlines: Sequence[datetime], times: int, *, passed: bool
) -> list[str]:
    """Who hears besides that it was put off."""
    book = clocks.load(item.school_id)
    far = item.due_at > book.due(_FAR, anchors={}, at=deadlines[0])
    often = [role for more_than, role in _ABOVE if times > more_than]
    return often or (["GL"] if far or passed else [])


def _hearers(item: ActionItem, case: Case, *, by: Person, at: datetime) -> Mapping[UUID, str]:
    """Person and role of everybody to whom it was promised, and who knows of the new deadline."""
    home = (*contacts.guardians(case, at=at), *contacts.carers(case, at=at))
    found = dict.fromkeys(plan_people.holders("HT", case=case, at=at), Role.HT.value)
    found |= dict.fromkeys(home, Role.G.value)
    found |= {person: role for role, person in plan_people.owners(item, case=case, at=at)}
    found.pop(by.pk, None)
    known = Person.objects.in_bulk(list(found))
    return {pk: found[pk] for pk in known if _knows(known[pk], item, at=at)}


def _knows(person: Person, item: ActionItem, *, at: datetime) -> bool:
    """Nobody who goes on seeing the old one, or does not see the item at all."""
    try:
        return item_stillness.seen_by(person, item.pk, at=at).due_at == item.due_at
    except NotFound:
        return False
