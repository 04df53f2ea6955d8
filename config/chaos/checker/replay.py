"""I2: no event without a legal predecessor, and replaying the events gives the stored state.

I3: what a step does, it does once: a task is opened and completed once, a message sent once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from config.chaos.checker.books import Books, Event, Row
from config.chaos.checker.findings import BROKEN, DOUBLED, LOST, Found, Violation

_END: Final = frozenset({"task.completed", "task.returned", "task.withdrawn"})
_SENT: Final = frozenset({"notification.sent"})
_GIVEN_UP: Final = frozenset({"notification.undeliverable", "notification.withheld"})


def check(books: Books) -> Found:
    return len(books.events), [
        *_cases(books),
        *_tasks(books),
        *_messages(books),
        *_processes(books),
    ]


def _cases(books: Books) -> Iterator[Violation]:
    """Nothing happens in a case before it is opened, and it is opened once."""
    cases = {row["id"] for row in books.table("workflow_case")}
    for case in cases:
        kinds = [event.kind for event in books.by_case.get(case, [])]
        opened = kinds.count("case.opened")
        if opened == 0:
            yield Violation("I2", LOST, "case.never_opened", str(case))
        elif opened > 1:
            yield Violation("I3", DOUBLED, "case.opened_twice", str(case))
        elif kinds[0] not in {"case.opened", "matter.raised"}:
            yield Violation("I2", BROKEN, f"case.began_with.{kinds[0]}", str(case))


def _tasks(books: Books) -> Iterator[Violation]:
    told = _by_ref(books.events, "task")
    for row in books.table("workflow_humantask"):
        kinds = [event.kind for event in told.get(str(row["id"]), [])]
        yield from _task(row, kinds)


def _task(row: Row, kinds: Sequence[str]) -> Iterator[Violation]:
    name, where = row["name"], str(row["id"])
    if row["instance_id"] is not None and kinds.count("task.opened") != 1:
        harm = DOUBLED if kinds.count("task.opened") > 1 else BROKEN
        yield Violation("I3", harm, f"task.opened_not_once.{name}", where)
    completed = kinds.count("task.completed")
    if completed > 1:
        yield Violation("I3", DOUBLED, f"task.completed_twice.{name}", where)
    elif (completed == 1) != (row["state"] == "COMPLETED"):
        harm = LOST if completed == 0 else BROKEN
        yield Violation("I2", harm, f"task.state_without_event.{name}", where)
    ended = next((at for at, kind in enumerate(kinds) if kind in _END), len(kinds))
    if any(kind in _END or kind == "task.claimed" for kind in kinds[ended + 1 :]):
        yield Violation("I2", BROKEN, f"task.went_on_after_its_end.{name}", where)


def _messages(books: Books) -> Iterator[Violation]:
    told = _by_ref(books.events, "notification")
    for row in books.table("workflow_notification"):
        kinds = [event.kind for event in told.get(str(row["id"]), [])]
        sent = sum(kind in _SENT for kind in kinds)
        over = sent + sum(kind in _GIVEN_UP for kind in kinds)
        where = str(row["id"])
        if over > 1:
            yield Violation("I3", DOUBLED, "message.settled_twice", where)
        elif (over == 1) != (row["state"] != "PENDING") or (sent == 1) != (row["state"] == "SENT"):
            yield Violation("I2", BROKEN, f"message.state_without_event.{row['state']}", where)


def _processes(books: Books) -> Iterator[Violation]:
    told = _by_ref(books.events, "instance")
    for row in books.table("workflow_processinstance"):
        kinds = [event.kind for event in told.get(str(row["id"]), [])]
        finished = kinds.count("process.finished")
        if finished > 1:
            yield Violation("I3", DOUBLED, "process.finished_twice", str(row["id"]))
        elif (finished == 1) != (row["status"] == "COMPLETED"):
            yield Violation("I2", BROKEN, "process.state_without_event", str(row["id"]))


def _by_ref(events: Sequence[Event], name: str) -> Mapping[str, Sequence[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        for ref in event.all_refs(name):
            found[ref].append(event)
    return found
