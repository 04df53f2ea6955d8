"""Everything the checker may look at: one snapshot of the database, and the diaries.

The product goes on while it is looked at. So requests are read before the snapshot, which holds all
that was acknowledged by then, and the gateway's diary after it, which holds all that left by then.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import dict_row

from config.chaos import diary
from config.chaos.diary import Line

Row = dict[str, Any]
_SUCCESS: Final = range(200, 300)
#: Seconds for which what was late is asked about again, before it counts as forgotten.
PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Fault:
    """From when until when somebody was hit, in seconds since 1970."""

    victim: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the ledger; `refs` by their kind."""

    id: int
    school: int
    kind: str
    actor: UUID | None
    case: UUID
    refs: Sequence[str]
    at: datetime
    payload: Mapping[str, Any]

    def ref(self, name: str) -> str:
        """The id behind the first reference of this kind, or nothing."""
        found = (one for one in self.refs if one.startswith(f"{name}:"))
        return next(found, "").partition(":")[2]

    def all_refs(self, name: str) -> list[str]:
        return [one.partition(":")[2] for one in self.refs if one.startswith(f"{name}:")]


@dataclass
class Books:
    """`database` sees every school and may write nothing."""

    database: psycopg.Connection[Row]
    requests: Sequence[Line] = ()
    answers: Sequence[Line] = ()
    provider: Sequence[Line] = ()
    faults: Sequence[Fault] = ()
    #: Seconds since 1970: until then the snapshot knows of every promise.
    taken_at: float = float("inf")
    #: Asks the database as it is now, not the snapshot.
    again: Callable[[str], list[Row]] | None = None
    #: Seconds by which something was late at rest and then done all the same, the worst by kind.
    late: dict[str, float] = field(default_factory=dict)
    _tables: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, sql: str, *params: object) -> list[Row]:
        return self.database.execute(sql, params).fetchall()

    def undone(self, sql: str, rows: Sequence[Row]) -> list[Row]:
        """Of these rows of the snapshot, those that `sql` keeps finding while time goes on."""
        until = time.monotonic() + PATIENCE
        left = {row["id"] for row in rows}
        while left and self.again is not None and time.monotonic() < until:
            time.sleep(1)
            left &= {row["id"] for row in self.again(sql)}
        return [row for row in rows if row["id"] in left]

    def table(self, name: str) -> list[Row]:
        """Every row of a table, read once."""
        if name not in self._tables:
            self._tables[name] = self.rows(f"SELECT * FROM {name}")  # noqa: S608 -- ours
        return self._tables[name]

    @cached_property
    def events(self) -> list[Event]:
        """All events in their order."""
        found = self.rows(
            "SELECT id, school_id, kind, actor, subject_id, refs, at, body FROM ledger_event"
            " ORDER BY id"
        )
        return [
            Event(
                row["id"],
                row["school_id"],
                row["kind"],
                row["actor"],
                row["subject_id"],
                row["refs"],
                row["at"],
                orjson.loads(row["body"])["payload"],
            )
            for row in found
        ]

    @cached_property
    def by_case(self) -> Mapping[UUID, Sequence[Event]]:
        return _grouped(self.events, lambda event: event.case)

    def of_kind(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]

    @cached_property
    def asked(self) -> Mapping[str, Line]:
        """Every request that was sent, by its key."""
        return {line["asked"]: line for line in self.requests if "asked" in line}

    @cached_property
    def acknowledged(self) -> Sequence[tuple[Line, Line]]:
        """Requests that were answered with success: what was asked, and the answer."""
        return [
            (self.asked[line["answered"]], line)
            for line in self.requests
            if line.get("status") in _SUCCESS
        ]


@contextmanager
def opened(folder: Path, address: str) -> Iterator[Books]:
    """The books as they are at this moment."""
    requests, answers = diary.read(folder / diary.REQUESTS), diary.read(folder / diary.ANSWERS)
    with _reading(address, "repeatable\\ read") as database:
        [taken] = database.execute("SELECT extract(epoch FROM now())::float8 AS at").fetchall()
        yield Books(
            database,
            requests=requests,
            answers=answers,
            provider=[line for line in diary.read(folder / diary.PROVIDER) if "key" in line],
            faults=faults(diary.read(folder / diary.FAULTS)),
            taken_at=taken["at"],
            again=lambda sql: _now(address, sql),
        )


def _reading(address: str, isolation: str) -> psycopg.Connection[Row]:
    return psycopg.connect(
        address,
        row_factory=dict_row,
        options=f"-c default_transaction_read_only=on -c default_transaction_isolation={isolation}",
    )


def _now(address: str, sql: str) -> list[Row]:
    with _reading(address, "read\\ committed") as database:
        return database.execute(sql.encode()).fetchall()


def faults(lines: Sequence[Line]) -> list[Fault]:
    """Faults with their ends, and the moments at which the whole machine stood still."""
    over = {line["over"]: line["at"] for line in lines if "over" in line}
    found = [
        Fault(line["victim"], line["began"], over.get(line["fault"], float("inf")))
        for line in lines
        if "fault" in line
    ]
    late = [line for line in lines if "stall" in line]
    stalls = [Fault("machine", line["at"] - line["stall"], line["at"]) for line in late]
    return sorted([*found, *stalls], key=lambda fault: fault.began)


def _grouped(items: Sequence[Any], key: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found
