"""Writes of a transaction that leave together: one statement, one round trip, kept prepared.

    with together.in_one_statement():
        inserts.insert([case]); events.append(...)      # kept for the end
                                                        # sent here

Nothing inside can read what was written inside, and no savepoint may lie between: what it takes
back would be written all the same. Events keep their order; the other rows have none.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import orjson
from django.db import DEFAULT_DB_ALIAS, connection

from ledger import cursors

_NOTED: Final = b"""noted AS (
    INSERT INTO ledger_event
        (school_id, kind, actor, subject_type, subject_id, refs, at, body, leaf)
    SELECT e.school_id, e.kind, e.actor, e.subject_type, e.subject_id, e.refs, e.at,
        convert_to(e.body, 'UTF8'), decode(e.leaf, 'hex')
    FROM ROWS FROM (json_to_recordset(%s::json) AS (school_id bigint, kind text, actor uuid,
        subject_type text, subject_id uuid, refs text[], at timestamptz, body text, leaf text))
        WITH ORDINALITY
        AS e(school_id, kind, actor, subject_type, subject_id, refs, at, body, leaf, n)
    ORDER BY e.n RETURNING id, school_id, leaf
), salted AS (
    INSERT INTO ledger_eventsalt (event_id, school_id, salt)
    SELECT noted.id, noted.school_id, decode(s.salt, 'hex')
    FROM noted JOIN json_to_recordset(%s::json) AS s(leaf text, salt text)
        ON noted.leaf = decode(s.leaf, 'hex')
)"""
_ANSWER: Final = b"""
SELECT pg_notify(channel, current_setting('app.school', true))::text
FROM unnest(%s::text[]) AS channel"""


@dataclass
class _Kept:
    """`depth`: how many savepoints lie around the block."""

    depth: int
    writes: list[tuple[bytes, Sequence[Any]]] = field(default_factory=list)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    channels: dict[str, None] = field(default_factory=dict)


class _Open(threading.local):
    kept: _Kept | None = None


_open: Final = _Open()


@contextmanager
def in_one_statement() -> Iterator[None]:
    """Keep the writes of the body and send them at its end; of nested blocks the outermost counts.

    Raises at its end what the writes raise. After an error in the body nothing is sent.
    """
    if _open.kept is not None:
        yield
        return
    _open.kept = kept = _Kept(len(connection.savepoint_ids))
    try:
        yield
    finally:
        _open.kept = None
    _send(kept)


def gathering() -> bool:
    """Whether writes are kept: this thread is inside of a block."""
    return _open.kept is not None


def put(write: bytes, given: Sequence[Any], *, notify: str = "") -> bool:
    """Keep an INSERT, UPDATE or DELETE for the end; False outside of a block: then do it yourself.

    notify: the channel that hears of it at the commit.
    """
    kept = _here()
    if kept is None:
        return False
    kept.writes.append((write, given))
    if notify:
        kept.channels[notify] = None
    return True


def put_event(columns: Mapping[str, Any]) -> bool:
    """As put(), for an event: its columns with `salt`; bytes as text, leaf and salt in hex."""
    kept = _here()
    if kept is None:
        return False
    kept.events.append(columns)
    return True


def _here() -> _Kept | None:
    kept = _open.kept
    if kept is not None and len(connection.savepoint_ids) != kept.depth:
        raise RuntimeError("a savepoint inside of a block could not take its writes back")
    return kept


def _send(kept: _Kept) -> None:
    if not kept.writes and not kept.events:
        return
    given = [value for _, values in kept.writes for value in values]
    if kept.events:
        salts = [{name: event[name] for name in ("leaf", "salt")} for event in kept.events]
        given += [orjson.dumps(kept.events).decode(), orjson.dumps(salts).decode()]
    statement = _statement(tuple(write for write, _ in kept.writes), noted=bool(kept.events))
    with cursors.preparing(DEFAULT_DB_ALIAS, raw=True) as cursor:
        cursor.execute(statement, [*given, list(kept.channels)])


@lru_cache(maxsize=256)
def _statement(writes: tuple[bytes, ...], *, noted: bool) -> Any:
    """With $1, $2, ... for gaps: psycopg reads a long statement anew whenever it is sent."""
    parts = [b"w%d AS (%s)" % (number, write) for number, write in enumerate(writes)]
    text = b"WITH %s\n%s" % (b", ".join([*parts, *([_NOTED] if noted else [])]), _ANSWER)
    first, *rest = text.split(b"%s")
    return first + b"".join(b"$%d%s" % (number, part) for number, part in enumerate(rest, start=1))
