"""What an item said before it was changed: kept when it changes, and put back on a copy of it.

Only a guardian to whom the item stands still reads any of it (item_stillness.py). What changed
before rows were kept is not here.
"""

from collections.abc import Iterator, Mapping
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
def kept(item: ActionItem, *, by: Person, at: datetime) -> Iterator[None]:
    """Keep the values that are changed inside. The item is locked; inside a scope."""
    before = copy(item)
    yield
    changed = [name for name in _KEPT if before.__dict__[name] != item.__dict__[name]]
    values = {name: getattr(before, name) for name in changed}
    said = {name: one for name, one in values.items() if one != getattr(item, name)}
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
    """Give a copy that nobody saves the values from before others changed them; names those."""
    earliest: dict[str, Any] = {}
    for row in still.earlier_words.filter(at__gt=since).exclude(by=me).order_by("place"):
        earliest = {**row.said, **earliest}
    for name, value in earliest.items():
        written = orjson.dumps(value).decode() if isinstance(value, list) else value
        setattr(still, name, _FIELDS[name].to_python(written))
    return frozenset(earliest)
