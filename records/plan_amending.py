"""Adjust what was agreed: other words, another rhythm, another deadline, another owner of the same
party. What it was before is kept.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from parties import calendar, tenancy
from parties.access import Act, Viewer
from parties.errors import WrongState
from parties.models import Person
from records import earlier_words, item_rows, plan_drafts, plan_owners, plan_times, plan_words
from records.models import ActionItem

_OWNER: Final = "owner_id"
#: As it is called in the item.
_COLUMNS: Final = {_OWNER: "owner_person_id"}
_RHYTHM: Final = frozenset({"due_at", "starts_on", "recurrence"})


def amend(  # noqa: PLR0913 -- the values, and who looks before and after
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    values: Mapping[str, Any],
    unchanged: Callable[[Viewer, ActionItem], None],
    why: str = "",
    amended: Callable[[ActionItem], None] | None = None,
) -> ActionItem:
    """Adjust an item. `unchanged` raises if it is not what `by` was looking at; `amended` is called
    with the saved item in the same transaction.

    A new deadline begins the ladder anew; a new rhythm counts from today. `why` is kept with what
    it was before.

    Raises: NotFound, NotAllowed; WrongState: it is done or dropped; InvalidInput: also another
    deadline or owner without a reason, or forbidden words in it.
    """
    with tenancy.scope(school_id):
        item = item_rows.locked(item_id, by=by, at=at, act=Act.AMEND)
        unchanged(Viewer.load(by, at=at), item)
        if item.state not in ActionItem.LIVE:
            raise WrongState("该事项的状态已经变化，请刷新后再看。", item=str(item.pk))
        with earlier_words.kept(item, by=by, at=at, why=why.strip()):
            _explain(item, _put(item, values, at=at), why)
            _begin_anew(item, values, at=at)
        item_rows.record("plan.item_amended", item, at=at, actor=by, fields=_named(values))
        item.save()
        if amended is not None:
            amended(item)
        return item


def _explain(item: ActionItem, moved: bool, why: str) -> None:  # noqa: FBT001
    """Whoever was promised something, or has it on hand from now on, may ask why."""
    if moved or why:
        plan_drafts.check_words(why, field="why", mend="请写明为什么改期限或换负责人。")
        item_rows.raise_by(item, "why", why, by_staff=True)


def _put(item: ActionItem, values: Mapping[str, Any], *, at: datetime) -> bool:
    """Whether it is due at another moment now, or somebody else's."""
    before = item.due_at, item.owner_person_id
    wanted = plan_words.classed(plan_drafts.of(item, **values))
    anew = any(getattr(item, name) != getattr(wanted, name) for name in _RHYTHM)
    plan_drafts.check(wanted, at=at, calendar=calendar.load(item.school_id) if anew else None)
    plan_words.refuse(wanted, student=item.student)
    owner = item.owner_person_id
    if values.get(_OWNER, owner) != owner:
        owner = plan_owners.hand_over(item, wanted, at=at)
    plan_owners.refuse_unowned(wanted, owner_id=owner)
    changed = {**values, _OWNER: owner, "field_class": wanted.field_class}
    opens = item.field_class, item.owner_person_id
    for name, value in changed.items():
        setattr(item, _COLUMNS.get(name, name), value)
    if opens != (item.field_class, item.owner_person_id):
        item_rows.open_entry(item)
    return before != (item.due_at, item.owner_person_id)


def _named(values: Mapping[str, Any]) -> list[str]:
    return sorted(_COLUMNS.get(name, name) for name in values)


def _begin_anew(item: ActionItem, values: Mapping[str, Any], *, at: datetime) -> None:
    if "due_at" in values:
        item.next_look_at = item.overdue_from = item.due_at
        item.escalation_level = 0
    anew = values.keys() & _RHYTHM
    if anew and not (anew == {"due_at"} and _looks_back(item, at=at)):
        yesterday = plan_times.local_day(at) - timedelta(days=1)
        item.next_day_at = plan_times.first_morning(item, after=max(yesterday, _eve(item)))


def _looks_back(item: ActionItem, *, at: datetime) -> bool:
    """A day that is over waits for its morning: a new deadline alone does not let it go."""
    waits = item.next_day_at
    return waits is not None and plan_times.local_day(waits) <= plan_times.local_day(at)


def _eve(item: ActionItem) -> date:
    return item.starts_on - timedelta(days=1)
