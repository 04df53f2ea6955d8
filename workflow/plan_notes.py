"""What the school reads beside an item: words of its owner's side that the item does not say.

Somebody spoke of an item that had moved on unseen, or of a day of which another said otherwise. Who
wrote it has it as their own word; nobody else at home, and no company, learns that it is there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from parties import crypto
from parties.access import Viewer
from records.models import ActionItem, EarlierWords, ItemCheckIn
from workflow.plan_policies import CONTENT, reads_words, works_with

_STATE: Final = ActionItem.State
#: Whoever reads these reads what the item says.
_READ: Final = CONTENT & {"title", "target"}


@dataclass(frozen=True, slots=True)
class Note:
    """`state` is what the item would be, or the day, by this word; `text` is empty for whoever may
    not read words of its class.
    """

    by: UUID
    name: str
    at: datetime
    state: str
    label: str
    text: str
    day: date | None = None
    evidence: tuple[UUID, ...] = ()


def of(viewer: Viewer, item: ActionItem) -> Sequence[Note]:
    """For who works with this visible item and reads what it says, the oldest first; for all
    others none. Inside a scope.
    """
    return of_items(viewer, [item])[item.pk]


def of_items(viewer: Viewer, items: Collection[ActionItem]) -> Mapping[UUID, Sequence[Note]]:
    """As of(), for each; the same number of queries however many they are."""
    open_ = {one.pk: one for one in items if _reads(viewer, one)}
    found: dict[UUID, list[Note]] = {one.pk: [] for one in items}
    if open_:
        for pk, note in (*_words(viewer, open_), *_days(viewer, open_)):
            found[pk].append(note)
    return {pk: sorted(notes, key=lambda one: one.at) for pk, notes in found.items()}


def _reads(viewer: Viewer, item: ActionItem) -> bool:
    return works_with(viewer, item) and viewer.fields(item) >= _READ


def _words(viewer: Viewer, items: Mapping[UUID, ActionItem]) -> Iterator[tuple[UUID, Note]]:
    rows = EarlierWords.objects.filter(item__in=items, aside=True).select_related("by")
    found = list(rows.order_by("place"))
    crypto.warm(found)
    for row in found:
        item = items[row.item_id]
        done = "evidence_note" in row.said
        state = _STATE.DONE if done else _STATE.BLOCKED
        text = row.said["evidence_note" if done else "blocked_why"]
        note = Note(
            by=row.by_id,
            name=row.by.name,
            at=row.at,
            state=str(state),
            label=str(state.label),
            text=_read(viewer, item, text),
            evidence=_files(row.said),
        )
        yield item.pk, note


def _days(viewer: Viewer, items: Mapping[UUID, ActionItem]) -> Iterator[tuple[UUID, Note]]:
    """A missed day is nobody's word."""
    rows = ItemCheckIn.objects.filter(item__in=items, aside=True)
    found = list(rows.select_related("by", "item").order_by("at", "pk"))
    crypto.warm(found)
    for row in found:
        if row.by is None:
            continue
        note = Note(
            by=row.by.pk,
            name=row.by.name,
            at=row.at,
            state=str(row.state),
            label=str(row.get_state_display()),
            text=_read(viewer, items[row.item_id], row.excuse),
            day=row.day,
        )
        yield row.item_id, note


def _read(viewer: Viewer, item: ActionItem, text: str) -> str:
    return text if reads_words(viewer, item, text) else ""


def _files(said: Mapping[str, Any]) -> tuple[UUID, ...]:
    return tuple(UUID(one) for one in said.get("evidence", ()))
