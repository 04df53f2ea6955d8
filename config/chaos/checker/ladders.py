"""I7: a ladder never skips a step. I3: it wakes each rung once. I4: and never before its moment.

The events of a case are replayed in their order. Waking or passing over rungs comes first, and one
event closes the group:

    raised(start)   then woken(start), or skipped(start), skipped(start + 1), ... woken(n)
    ... the same group from the rung above, then   climbed(n)          one rung at a time
    ... a group from any higher rung, then         raised_higher(n)
    acknowledged or withdrawn                      the end
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from config.chaos.checker.books import Books, Event, Row
from config.chaos.checker.findings import BROKEN, DOUBLED, LOST, SKIPPED, Found, Violation

_WOKEN: Final = "escalation.woken"
_PASSED: Final = "escalation.rung_skipped"
_ENDS: Final = {"escalation.acknowledged": "ACKNOWLEDGED", "escalation.withdrawn": "WITHDRAWN"}


@dataclass
class _Climb:
    """One ladder as its events tell it. `group` holds rungs seen since the last closing event."""

    row: Row
    start: int
    last: int | None = None
    group: list[int] = field(default_factory=list)
    state: str = "WAITING"

    @property
    def top(self) -> int:
        return len(self.row["ladder"]["rungs"]) - 1

    def see(self, rung: int, *, woken: bool) -> None:
        self.group.append(rung)
        if self.last is None and (woken or rung >= self.top):
            self.last, self.group = rung, []


def check(books: Books) -> Found:
    rows = {str(row["id"]): row for row in books.table("workflow_escalation")}
    keys = {(row["school_id"], row["key"]) for row in books.table("workflow_notification")}
    found: list[Violation] = []
    for events in books.by_case.values():
        found += _Replay(rows, keys).run(events)
    raised = {event.ref("escalation") for event in books.of_kind("escalation.raised")}
    found += [Violation("I2", LOST, "ladder.without_event", pk) for pk in rows.keys() - raised]
    return len(rows), found


class _Replay:
    """The ladders of one case, one after the other."""

    def __init__(self, rows: Mapping[str, Row], keys: set[tuple[int, str]]) -> None:
        self._rows, self._keys = rows, keys
        self._now: _Climb | None = None

    def run(self, events: Sequence[Event]) -> Iterator[Violation]:
        for event in events:
            if event.kind.startswith("escalation."):
                yield from self._take(event)
        if self._now is not None:
            yield from _stored(self._now)

    def _take(self, event: Event) -> Iterator[Violation]:
        if event.kind == "escalation.raised":
            yield from self._raised(event)
            return
        if self._now is None or self._now.state != "WAITING":
            yield Violation("I2", BROKEN, f"{event.kind}.without_ladder", str(event.case))
            return
        if event.kind in {_WOKEN, _PASSED}:
            yield from self._seen(event, self._now)
        elif event.kind in _ENDS:
            self._now.state = _ENDS[event.kind]
        else:
            yield from _closed(event, self._now)

    def _raised(self, event: Event) -> Iterator[Violation]:
        if self._now is not None:
            if self._now.state == "WAITING":
                yield Violation("I2", BROKEN, "ladder.raised_while_waiting", str(event.case))
            yield from _stored(self._now)
        row = self._rows.get(event.ref("escalation"))
        if row is None:
            yield Violation("I2", LOST, "ladder.event_without_row", str(event.case))
            self._now = None
            return
        self._now = _Climb(row, int(event.payload["rung"]))

    def _seen(self, event: Event, climb: _Climb) -> Iterator[Violation]:
        rung = int(event.payload["rung"])
        expected = climb.start + len(climb.group)
        if climb.last is None and rung != expected:
            yield _out_of_step(climb, expected, rung)
        if climb.last is not None and rung <= climb.last:
            yield _out_of_step(climb, climb.last + 1, rung)
            return
        climb.see(rung, woken=event.kind == _WOKEN)
        if event.kind == _WOKEN:
            yield from self._promised(event, climb, rung)

    def _promised(self, event: Event, climb: _Climb, rung: int) -> Iterator[Violation]:
        """Whoever was woken has a message in the outbox: the promise and the waking are one."""
        for person in event.all_refs("person"):
            key = f"ladder:{climb.row['id']}:{rung}:{person}:in_app"
            if (event.school, key) not in self._keys:
                yield Violation("I3", LOST, "ladder.woken_without_message", key)


def _closed(event: Event, climb: _Climb) -> Iterator[Violation]:
    """The group that this event closes has every rung from the one above the last, in order."""
    rung, group = int(event.payload["rung"]), climb.group
    if climb.last is None:
        yield Violation("I7", SKIPPED, "ladder.first_rung_missing", str(climb.row["id"]))
    higher = event.kind == "escalation.raised_higher"
    first = group[0] if higher and group else (climb.last or 0) + 1
    if group != list(range(first, rung + 1)) or (higher and first <= (climb.last or 0)):
        yield _out_of_step(climb, first, group[0] if group else rung)
    if not higher:
        yield from _early(event, climb, rung)
    climb.last, climb.group = rung, []


def _out_of_step(climb: _Climb, expected: int, rung: int) -> Violation:
    where = f"{climb.row['id']} rung {expected}, found {rung}"
    if rung < expected:
        return Violation("I3", DOUBLED, "ladder.rung_twice", where)
    return Violation("I7", SKIPPED, "ladder.rung_skipped", where)


def _early(event: Event, climb: _Climb, rung: int) -> Iterator[Violation]:
    """The first rung of the group fell due at its offset from the alarm."""
    first = climb.group[0] if climb.group else rung
    rungs: list[Any] = climb.row["ladder"]["rungs"]
    offset = timedelta(minutes=rungs[min(first, climb.top)]["after_minutes"])
    if event.at < climb.row["raised_at"] + offset:
        yield Violation("I4", DOUBLED, "ladder.climbed_early", f"{climb.row['id']} rung {first}")


def _stored(climb: _Climb) -> Iterator[Violation]:
    """The row says what its events say."""
    row, where = climb.row, str(climb.row["id"])
    if climb.group or climb.last is None:
        yield Violation("I7", SKIPPED, "ladder.group_never_closed", where)
    if row["state"] != climb.state:
        yield Violation("I2", BROKEN, f"ladder.stored_{row['state']}_told_{climb.state}", where)
    if climb.last is not None and row["rung"] != climb.last:
        harm = SKIPPED if row["rung"] > climb.last else BROKEN
        yield Violation("I7", harm, f"ladder.stored_{row['rung']}_told_{climb.last}", where)
