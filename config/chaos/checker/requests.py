"""I1: every acknowledged request has its event, and its effect once.

Also the other way round (I3): what nobody was told of was made twice for one request.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from config.chaos.checker.books import Books, Event
from config.chaos.checker.findings import BROKEN, DOUBLED, LOST, Found, Violation
from config.chaos.diary import Line

#: For each kind of request: the event that must be there, and how it names what was asked.
_Names = Callable[[Line, Line, Mapping[str, str]], str]


def _of_receipt(_asked: Line, answer: Line, receipts: Mapping[str, str]) -> str:
    return receipts.get(answer["body"].get("receipt_no", ""), "no such receipt")


_EVENTS: Final[Mapping[str, tuple[str, str, _Names]]] = {
    "crisis": ("case.opened", "report", _of_receipt),
    "matter": ("matter.raised", "matter", _of_receipt),
    "notice": ("notice.drafted", "notice", lambda _asked, answer, _found: answer["body"]["id"]),
    "complete": ("task.completed", "task", lambda asked, _answer, _found: asked["task"]),
    "propose": (
        "downgrade.proposed",
        "proposal",
        lambda _asked, answer, _found: answer["body"]["proposal"],
    ),
    "acknowledge": (
        "escalation.acknowledged",
        "case",
        lambda asked, _answer, _found: f"{asked['case']} {asked['person']}",
    ),
}


def check(books: Books) -> Found:
    receipts = {
        row["receipt_no"]: str(row["id"])
        for table in ("workflow_crisisreport", "workflow_matter")
        for row in books.table(table)
    }
    wanted = [pair for pair in books.acknowledged if pair[0]["kind"] in _EVENTS]
    return len(wanted), [
        *_without_event(books, wanted, receipts),
        *_unanswered(books),
        *_nobody_was_told(books, "workflow_crisisreport", "crisis", "receipt_no"),
        *_nobody_was_told(books, "workflow_matter", "matter", "receipt_no"),
        *_nobody_was_told(books, "records_notice", "notice", "id"),
    ]


def _without_event(
    books: Books, wanted: list[tuple[Line, Line]], receipts: Mapping[str, str]
) -> Iterator[Violation]:
    there = {
        kind: Counter(_name(event, ref) for event in books.of_kind(kind))
        for kind, ref, _ in _EVENTS.values()
    }
    for asked, answer in wanted:
        kind, _, names = _EVENTS[asked["kind"]]
        count = there[kind][names(asked, answer, receipts)]
        if count == 0:
            yield Violation("I1", LOST, f"{asked['kind']}.acknowledged_without_event", _key(asked))
        elif count > 1 and asked["kind"] != "acknowledge":  # a case may be taken over again later
            yield Violation("I3", DOUBLED, f"{asked['kind']}.done_twice", _key(asked))


def _name(event: Event, ref: str) -> str:
    if ref == "case":
        return f"{event.case} {event.actor}"
    return event.ref(ref)


def _unanswered(books: Books) -> Iterator[Violation]:
    answered = {line["answered"] for line in books.requests if "answered" in line}
    for key, asked in books.asked.items():
        if key not in answered:
            yield Violation("I1", BROKEN, f"{asked['kind']}.never_answered", key)


def _nobody_was_told(books: Books, table: str, kind: str, name: str) -> Iterator[Violation]:
    """Rows whose `name` nobody was given; an unanswered request may have left one each."""
    told = {answer["body"].get(name) for _, answer in books.acknowledged}
    orphans = [row for row in books.table(table) if str(row[name]) not in told]
    answered = {line["answered"] for line in books.requests if "answered" in line}
    open_ = sum(one["kind"] == kind and key not in answered for key, one in books.asked.items())
    for row in orphans[open_:]:
        yield Violation("I3", DOUBLED, f"{kind}.nobody_was_told", str(row["id"]))


def _key(asked: Line) -> str:
    return str(asked["asked"])
