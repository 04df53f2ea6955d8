"""What an item said before it was changed: kept when it changes, and put back on a copy of it.

Only a guardian to whom the item stands still reads any of it (item_stillness.py); how often a
deadline was moved is counted by it. What changed before rows were kept is not here.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from parties import crypto
from parties.models import Person
from records.models import ActionItem, EarlierWords

#: What others may change of an item; its state is told by the events of its case.
_KEPT: Final = (
    "title", "measure", "baseline", "target", "starts_on", "due_at", "recurrence", "kind",
    "field_class", "blocked_why", "evidence_note", "evidence", "done_by_id", "done_at",
    "owner_person_id",
)  # fmt: skip

#: What is somebody's own word where it becomes so, though the same words stood there before.
_WRITTEN: Final[Mapping[str, Collection[str]]] = {
    ActionItem.State.DONE: ("evidence_note", "evidence", "done_by_id", "done_at"),
    ActionItem.State.BLOCKED: ("blocked_why",),
}

_FIELDS: Final[Mapping[str, Any]] = {
    field.attname: field for field in ActionItem._meta.concrete_fields if field.attname in _KEPT
}


@contextmanager
def kept(item: ActionItem, *, by: Person, at: datetime, why: str = "") -> Iterator[None]:
    """Keep the values that are changed inside, and why. The item is locked; inside a scope."""
    before = copy(item)
    yield
    wrote = _WRITTEN.get(item.state, ()) if item.state != before.state else ()
    changed = [name for name in _KEPT if before.__dict__[name] != item.__dict__[name]]
    values = {name: getattr(before, name) for name in {*changed, *wrote}}
    said = {
        name: one for name, one in values.items() if name in wrote or one != getattr(item, name)
    }
    if said:
        _add(item, said, by=by, at=at, why=why)


def explained(items: Collection[UUID]) -> Sequence[EarlierWords]:
    """Changes of which is known why, the newest first, with their words open. Inside a scope."""
    rows = EarlierWords.objects.filter(item__in=list(items), aside=False)
    crypto.warm(found := list(rows.select_related("by").order_by("-place", "pk")))
    return [row for row in found if row.why]


def deadlines(item: ActionItem) -> Sequence[datetime]:
    """Every deadline that the item had, in order: the first promise, and the present one last.
    Inside a scope.
    """
    rows = list(item.earlier_words.filter(aside=False).order_by("place"))
    crypto.warm(rows)
    kept = [row.said["due_at"] for row in rows if "due_at" in row.said]
    return [*(_FIELDS["due_at"].to_python(one) for one in kept), item.due_at]


def put_aside(item: ActionItem, said: Mapping[str, Any], *, by: Person, at: datetime) -> None:
    """Keep what somebody wrote, by field, for themselves. The item is locked; inside a scope."""
    _add(item, said, by=by, at=at, aside=True)


def _add(
    item: ActionItem,
    said: Mapping[str, Any],
    *,
    by: Person,
    at: datetime,
    aside: bool = False,
    why: str = "",
) -> None:
    EarlierWords.objects.create(
        school_id=item.school_id,
        item=item,
        case_id=item.case_id,
        place=item.earlier_words.count() + 1,
        said=orjson.loads(orjson.dumps(said)),
        by=by,
        at=at,
        aside=aside,
        why=why,
    )


def put_back(still: ActionItem, *, unseen: Callable[[datetime], bool], me: UUID) -> frozenset[str]:
    """Give a copy that nobody saves the values from before others changed them at a moment that is
    `unseen`; names those.

    What this person wrote themselves since stands there as they wrote it, until others wrote over
    it at a moment that they know of.
    """
    told: dict[str, Any] = {}
    stands: set[str] = set()  # whatever was there before: this they know
    for row in still.earlier_words.order_by("-place"):
        asked = row.said.keys() - stands
        mine = row.by_id == me
        if row.aside and mine:
            told |= {name: row.said[name] for name in asked}
        elif mine:
            told |= {name: told.get(name, getattr(still, name)) for name in asked}
        elif not row.aside and unseen(row.at):
            told |= {name: row.said[name] for name in asked}
            continue
        elif row.aside:
            continue
        stands |= asked
    for name, value in told.items():
        written = orjson.dumps(value).decode() if isinstance(value, list) else value
        setattr(still, name, _FIELDS[name].to_python(written))
    return frozenset(told)
