"""An item of a plan as it stood before a guardian was shut out of what concerns it.

What they had stays with them, and what they do themselves. Whatever others did since would tell
them of what is kept from them: that it went on, days, reasons, evidence, and who looked at it. How
far it was, the events of its case know; words that others changed since are put back. Where these
were kept nowhere, they are absent rather than shown as they are now.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.models import Exists, OuterRef, Q

from ledger.models import Event
from parties.access import Viewer
from parties.models import Person
from parties.walls import NEVER
from records import earlier_words, walls
from records.models import ActionItem, Attachment, ItemCheckIn

State = ActionItem.State

_LEADS_TO: Final = {
    "plan.item_made": State.TODO,
    "plan.item_started": State.DOING,
    "plan.item_reopened": State.DOING,
    "plan.item_blocked": State.BLOCKED,
    "plan.item_done": State.DONE,
    "plan.item_verified": State.VERIFIED,
    "plan.item_dropped": State.DROPPED,
}
#: Of what this person did without knowing how far the item was, and what moved nothing.
_LEADS_ASIDE: Final = {
    "plan.start_noted": State.DOING,
    "plan.block_noted": State.BLOCKED,
    "plan.done_noted": State.DONE,
}
_DAYS: Final = ("plan.day_marked", "plan.day_noted")
_ASIDE: Final = frozenset({*_LEADS_ASIDE, "plan.day_noted"})
_BLOCKED: Final = "plan.item_blocked"
_DONE: Final = "plan.item_done"
_NOT_DONE: Final[Mapping[str, Any]] = {
    "evidence_note": "",
    "evidence": [],
    "done_by_id": None,
    "done_at": None,
}
_AMENDED: Final = "plan.item_amended"
#: On a copy: what its reader does not know of; and which words are lost.
_UNSEEN: Final = "unseen"
_WITHHELD: Final = "withheld"


@dataclass(frozen=True, slots=True)
class Unseen:
    """When an item was shut to a guardian, each wall from its beginning to its end; what they did
    themselves, they know.
    """

    spans: tuple[tuple[datetime, datetime], ...]
    me: UUID

    def at(self, moment: datetime) -> bool:
        return any(start < moment <= end for start, end in self.spans)

    def among(self, name: str) -> Q:
        """Rows of which this column is such a moment."""
        found = Q(pk__in=[])
        for start, end in self.spans:
            found |= Q(**{f"{name}__gt": start, f"{name}__lte": end})
        return found


def as_it_stood(viewer: Viewer, item: ActionItem) -> ActionItem:
    """The item, read by Viewer.rows; a copy that nobody saves where it is shut. Inside a scope."""
    if walls.shut_since(item) is None or item.student_id not in viewer.wards:
        return item
    unseen = Unseen(tuple(walls.spans(viewer, item)), viewer.person.pk)
    known, later = _history(item, unseen)
    still = copy(item)
    still.__dict__[_UNSEEN] = unseen
    put_back = earlier_words.put_back(still, unseen=unseen.at, me=unseen.me)
    last = _last_unseen(known, later)
    still.__dict__[_WITHHELD] = _amended(last) - put_back
    still.__dict__["state"] = _state(known)  # its state is no transition's to make
    _forget(still, unseen, last, put_back)
    return still


def seen_by(person: Person, item_id: UUID, *, at: datetime) -> ActionItem:
    """The item as far as this person knows it. Raises NotFound. Inside a scope."""
    viewer = Viewer.load(person, at=at)
    return as_it_stood(viewer, viewer.get(ActionItem, item_id))


def withheld(item: ActionItem) -> frozenset[str]:
    """Fields of a copy that others amended since, and whose words of before nobody kept."""
    found: frozenset[str] = item.__dict__.get(_WITHHELD, frozenset())
    return found


def stands_still(item: ActionItem) -> bool:
    """Whether this copy says less than the item, so that its reader may not tell how that went."""
    return _UNSEEN in item.__dict__


def known_days(item: ActionItem) -> Q:
    """Of its days, those that the reader of this copy knows of; of an item, all."""
    unseen: Unseen | None = item.__dict__.get(_UNSEEN)
    if unseen is None:
        return Q(aside=False)
    then = Q(aside=False) | unseen.among("replaced_at")
    return then & ~unseen.among("at") | Q(by=unseen.me)


def beyond(viewer: Viewer, item: ActionItem, moment: datetime | None) -> bool:
    """Whether this guardian knows nothing of what others did beside an item of Viewer.rows then."""
    return moment is not None and walls.shut_at(viewer, item, moment)


def came_later(viewer: Viewer, item: str, moment: str, by: str) -> Q:
    """Rows beside an item, `moment` long after it was shut to this guardian, that others added."""
    if not viewer.wards:
        return Q(pk__in=[])
    items = ActionItem.objects.annotate(**{walls.SINCE: walls.since(viewer, OuterRef(moment))})
    shut = items.filter(
        pk=OuterRef(item), student__in=viewer.wards, **{f"{walls.SINCE}__lt": OuterRef(moment)}
    )
    return Q(Exists(shut)) & ~Q(**{by: viewer.person})


def days_that_stand(viewer: Viewer) -> Q:
    """Rows of days that stand for others, and of which this guardian knows what they were then."""
    if not viewer.wards:
        return Q(pk__in=[])
    then = ItemCheckIn.objects.filter(item=OuterRef("item"), day=OuterRef("day"))
    then = then.exclude(replaced_at=None)
    known = then.filter(came_later(viewer, "item_id", "replaced_at", "by"))
    known = known.exclude(came_later(viewer, "item_id", "at", "by"))
    own = then.filter(_shut(viewer, "item_id"), by=viewer.person)
    return Q(Exists(known)) | Q(Exists(own))


def _shut(viewer: Viewer, item: str) -> Q:
    items = ActionItem.objects.annotate(**{walls.SINCE: walls.since(viewer, "created_at")})
    shut = items.filter(
        pk=OuterRef(item), student__in=viewer.wards, **{f"{walls.SINCE}__lt": NEVER}
    )
    return Q(Exists(shut))


def _history(item: ActionItem, unseen: Unseen) -> tuple[Sequence[Event], Sequence[Event]]:
    """What this guardian knows of it, and what they do not."""
    rows = Event.objects.filter(
        subject_type="case",
        subject_id=item.case_id,
        refs__contains=[f"action_item:{item.pk}"],
        kind__in=[*_LEADS_TO, *_LEADS_ASIDE, *_DAYS, _AMENDED],
    )
    known: list[Event] = []
    later: list[Event] = []
    for event in rows.order_by("pk"):
        mine = event.actor == unseen.me
        if not mine and event.kind in _ASIDE:
            continue
        (known if mine or not unseen.at(event.at) else later).append(event)
    return known, later


def _last_unseen(known: Sequence[Event], later: Sequence[Event]) -> Sequence[Event]:
    """Of what this guardian does not know, that after which nothing of the kind came that they do:
    what was written over since has left nothing to hide.
    """
    newest = {_about(event): event.pk for event in known}
    return [event for event in later if event.pk > newest.get(_about(event), -1)]


def _about(event: Event) -> tuple[str, frozenset[str]]:
    return event.kind, _amended([event])


def _state(known: Sequence[Event]) -> str:
    state = str(State.TODO)
    for event in known:
        if event.kind in _DAYS:
            state = str(State.DOING) if state == State.TODO else state
        else:
            state = str({**_LEADS_TO, **_LEADS_ASIDE}.get(event.kind, state))
    return state


def _amended(later: Sequence[Event]) -> frozenset[str]:
    """The fields that these amended."""
    bodies = [orjson.loads(bytes(one.body)) for one in later if one.kind == _AMENDED]
    return frozenset(name for body in bodies for name in body["payload"].get("fields", ()))


def _forget(
    still: ActionItem, unseen: Unseen, later: Sequence[Event], put_back: Collection[str]
) -> None:
    """What others wrote beside it since, where nothing stood before."""
    kinds = {event.kind for event in later}
    if _DONE in kinds and still.done_by_id != unseen.me:
        for name, empty in _NOT_DONE.items():
            if name not in put_back:
                _put(still, **{name: empty})
    if still.verified_at is None or unseen.at(still.verified_at):
        _put(still, verified_by_id=None, verified_at=None)
    if still.state != State.DROPPED:
        _put(still, dropped_why="")
    if _BLOCKED in kinds and "blocked_why" not in put_back:
        _put(still, blocked_why="")
    if still.evidence:
        _put(still, evidence=_files(still, unseen))


def _files(still: ActionItem, unseen: Unseen) -> list[UUID]:
    """Its evidence with the files that were there before others replaced them, and with one's own
    in the place of those that one replaced.
    """
    replaced = Attachment.objects.filter(unseen.among("superseded_at"), item_id=still.pk)
    theirs, own = replaced.exclude(uploaded_by=unseen.me), replaced.filter(uploaded_by=unseen.me)
    before = {one.superseded_by: one.pk for one in theirs}
    after = {one.pk: one.superseded_by for one in own}
    return [_end_of(after, _end_of(before, one)) for one in still.evidence]


def _end_of(way: Mapping[Any, UUID | None], start: UUID) -> UUID:
    found = way.get(start)
    return start if found is None else _end_of(way, found)


def _put(still: ActionItem, **values: Any) -> None:
    for name, value in values.items():
        setattr(still, name, value)
