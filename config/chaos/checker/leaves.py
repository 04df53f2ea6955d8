"""I8: each leaf recomputes from its salt and the event's exact bytes, and the columns agree."""

import hashlib
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import orjson

from config.chaos.checker.books import Books, Row
from config.chaos.checker.findings import BROKEN, LOST, Found, Violation

_SQL = """
SELECT e.*, s.salt FROM ledger_event e LEFT JOIN ledger_eventsalt s ON s.event_id = e.id
"""


def check(books: Books) -> Found:
    rows = books.rows(_SQL)
    return len(rows), [violation for row in rows for violation in _leaf(row)]


def _leaf(row: Row) -> Iterator[Violation]:
    where = str(row["id"])
    if row["salt"] is None:
        yield Violation("I8", LOST, "event.without_salt", where)
        return
    if hashlib.sha256(b"\x00" + row["salt"] + row["body"]).digest() != row["leaf"]:
        yield Violation("I8", BROKEN, "event.leaf_differs", where)
    said: dict[str, Any] = orjson.loads(row["body"])
    if any(said[name] != value for name, value in _columns(row).items()):
        yield Violation("I8", BROKEN, "event.columns_differ", where)


def _columns(row: Row) -> dict[str, Any]:
    return {
        "school": row["school_id"],
        "kind": row["kind"],
        "actor": None if row["actor"] is None else str(row["actor"]),
        "subject": f"{row['subject_type']}:{row['subject_id']}",
        "refs": row["refs"],
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
    }
