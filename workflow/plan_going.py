"""How an item of a plan goes, as the school reads it: its days, and what its owner's side says.

What stands in the way, why a day was not done: whoever wrote it was told that somebody looks. So
all of it is read, also what another word has come upon since. A word of a class that this reader
may not read is not left out in silence: there is one, and it is for others.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from parties import crypto
from parties.access import Viewer
from records import check_ins
from records.check_ins import Progress
from records.models import ActionItem, EarlierWords, ItemCheckIn
from workflow.plan_policies import CONTENT, reads_words, works_with

#: Whoever reads these reads what the item says.
_READ: Final = CONTENT & {"title", "target"}
_FOR_OTHERS: Final = "（只给负责资助或健康的人看）"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a due day was not done, by whom."""

    day: date
    by: UUID
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Going:
    """`difficulties` and `reasons`: what was said first comes first."""

    difficulties: Sequence[str] = ()
    reasons: Sequence[Reason] = ()
    progress: Progress | None = None


def reasons_of(viewer: Viewer, item: ActionItem) -> Sequence[Reason]:
    """Why days of this visible item were not done; for others than of_items() none. One query.
    Inside a scope.
    """
    return _reasons(viewer, {item.pk: item}).get(item.pk, ()) if _open(viewer, item) else ()


def of_items(viewer: Viewer, items: Collection[ActionItem]) -> Mapping[UUID, Going]:
    """For who works with these visible items and reads what they say; for all others nothing. The
    same number of queries however many they are. Inside a scope.
    """
    open_ = {one.pk: one for one in items if _open(viewer, one)}
    if not open_:
        return {one.pk: Going() for one in items}
    said, reasons = _difficulties(viewer, open_), _reasons(viewer, open_)
    days = check_ins.progress_of([one for one in open_.values() if one.recurrence], at=viewer.at)
    return {
        one.pk: Going(said.get(one.pk, ()), reasons.get(one.pk, ()), days.get(one.pk))
        for one in items
    }


def _open(viewer: Viewer, item: ActionItem) -> bool:
    return works_with(viewer, item) and viewer.fields(item) >= _READ


def _difficulties(viewer: Viewer, items: Mapping[UUID, ActionItem]) -> dict[UUID, list[str]]:
    rows = EarlierWords.objects.filter(item__in=items, aside=False).order_by("place")
    crypto.warm(found := list(rows))
    texts: dict[UUID, dict[str, None]] = {pk: {} for pk in items}
    for row in found:
        texts[row.item_id][str(row.said.get("blocked_why", ""))] = None
    for pk, item in items.items():
        texts[pk].pop(item.blocked_why, None)  # the newest comes last
        texts[pk][item.blocked_why] = None
    return {
        pk: [_read(viewer, items[pk], text) for text in each if text] for pk, each in texts.items()
    }


def _reasons(viewer: Viewer, items: Mapping[UUID, ActionItem]) -> dict[UUID, list[Reason]]:
    found: dict[UUID, list[Reason]] = {}
    for pk, reason in _excuses(viewer, items):
        found.setdefault(pk, []).append(reason)
    return found


def _excuses(viewer: Viewer, items: Mapping[UUID, ActionItem]) -> Iterator[tuple[UUID, Reason]]:
    rows = ItemCheckIn.objects.filter(
        item__in=items, aside=False, state=ItemCheckIn.State.EXCUSED
    ).select_related("by", "item")
    crypto.warm(found := list(rows.order_by("day")))
    for row in found:
        if row.by is not None:
            text = _read(viewer, items[row.item_id], row.excuse)
            yield row.item_id, Reason(row.day, row.by.pk, row.by.name, text)


def _read(viewer: Viewer, item: ActionItem, text: str) -> str:
    return text if reads_words(viewer, item, text) else _FOR_OTHERS
