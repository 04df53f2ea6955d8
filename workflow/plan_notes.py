"""What the school reads beside an item: words of its owner's side that the item does not say.

Somebody spoke of an item that had moved on unseen, or of a day of which another said otherwise. Who
wrote it has it as their own word; nobody else at home, and no company, learns that it is there.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    if not works_with(viewer, item) or not viewer.fields(item) >= _READ:
        return []
    found = [*_words(viewer, item), *_days(viewer, item)]
    return sorted(found, key=lambda one: one.at)


def _words(viewer: Viewer, item: ActionItem) -> Iterator[Note]:
    rows = EarlierWords.objects.filter(item=item, aside=True).select_related("by")
    found = list(rows.order_by("place"))
    crypto.warm(found)
    for row in found:
        done = "evidence_note" in row.said
        state = _STATE.DONE if done else _STATE.BLOCKED
        text = row.said["evidence_note" if done else "blocked_why"]
        yield Note(
            by=row.by_id,
            name=row.by.name,
            at=row.at,
            state=str(state),
            label=str(state.label),
            text=_read(viewer, item, text),
            evidence=_files(row.said),
        )


def _days(viewer: Viewer, item: ActionItem) -> Iterator[Note]:
    """A missed day is nobody's word."""
    rows = ItemCheckIn.objects.filter(item=item, aside=True)
    found = list(rows.select_related("by", "item").order_by("at", "pk"))
    crypto.warm(found)
    for row in found:
        if row.by is None:
            continue
        yield Note(
            by=row.by.pk,
            name=row.by.name,
            at=row.at,
            state=str(row.state),
            label=str(row.get_state_display()),
            text=_read(viewer, item, row.excuse),
            day=row.day,
        )


def _read(viewer: Viewer, item: ActionItem, text: str) -> str:
    return text if reads_words(viewer, item, text) else ""


def _files(said: Mapping[str, Any]) -> tuple[UUID, ...]:
    return tuple(UUID(one) for one in said.get("evidence", ()))
