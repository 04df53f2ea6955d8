"""What an item said before it was changed: kept when it changes, and put back on a copy of it.

Only a guardian to whom the item stands still reads any of it (item_stillness.py). What changed
before rows were kept is not here.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from parties.models import Person
from records.models import ActionItem, EarlierWords

#: What others may change of an item; its state is told by the events of its case.
_KEPT: Final = (
    "title", "measure", "baseline", "target", "starts_on", "due_at", "recurrence", "kind",
    "field_class", "blocked_why", "evidence_note", "evidence", "done_by_id", "done_at",
)  # fmt: skip

_FIELDS: Final[Mapping[str, Any]] = {
    field.attname: field for field in ActionItem._meta.concrete_fields if field.attname in _KEPT
}


@contextmanager
def kept(
    item: ActionItem, *, by: Person, at: datetime, wrote: Collection[str] = ()
) -> Iterator[None]:
    """Keep the values that are changed inside. The item is locked; inside a scope.

    `wrote` names what is somebody's own word even where the same stood there before.
    """
    before = copy(item)
    yield
    values = {
        name: getattr(before, name)
        for name in _KEPT
        if name in wrote or before.__dict__[name] != item.__dict__[name]
    }
    said = {
        name: one for name, one in values.items() if name in wrote or one != getattr(item, name)
    }
    if said:
        EarlierWords.objects.create(
            school_id=item.school_id,
            item=item,
            case_id=item.case_id,
            place=item.earlier_words.count() + 1,
            said=orjson.loads(orjson.dumps(said)),
            by=by,
            at=at,
        )


def put_back(still: ActionItem, *, since: datetime, me: UUID) -> frozenset[str]:
    """Give a copy that nobody saves the values from before others changed them; names those.

    What this person wrote themselves since stands there as they wrote it.
    """
    told: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for row in still.earlier_words.filter(at__gt=since).order_by("-place"):
        if row.by_id == me:
            wrote = {name: told.get(name, getattr(still, name)) for name in row.said}
            own = {**wrote, **own}
        told |= row.said
    for name, value in {**told, **own}.items():
        written = orjson.dumps(value).decode() if isinstance(value, list) else value
        setattr(still, name, _FIELDS[name].to_python(written))
    return frozenset(told)
