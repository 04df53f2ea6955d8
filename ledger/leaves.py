"""Every leaf of the ledger recomputed, for whoever must prove a whole copy of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from ledger import events
from ledger.models import Event

_BATCH: Final = 2_000
_ALL: Final = """
SELECT e.id, e.school_id, e.kind, e.actor, e.subject_type, e.subject_id, e.refs, e.at, e.body,
    e.leaf, s.salt
FROM ledger_event e LEFT JOIN ledger_eventsalt s ON s.event_id = e.id ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Survey:
    """`digest`: hex SHA-256 over (id, leaf) of every event in order; `last`: the last leaf, in hex.

    `erased`: events whose salt is gone, so that only the columns can be asked; `broken`: events
    whose leaf does not recompute, or whose columns say something else than their bytes.
    """

    count: int
    erased: int
    broken: int
    last: str
    digest: str


def survey(connection: psycopg.Connection[Any]) -> Survey:
    """Read the whole ledger, inside the caller's transaction, as a role that sees all schools."""
    digest = hashlib.sha256()
    count = erased = broken = 0
    last = b""
    for event, salt in _events(connection):
        count += 1
        erased += salt is None
        whole = events.agrees(event) if salt is None else events.verify(event, salt)
        broken += not whole
        last = bytes(event.leaf)
        digest.update(int(event.pk).to_bytes(8, "big") + last)
    return Survey(count, erased, broken, last.hex(), digest.hexdigest())


def _events(connection: psycopg.Connection[Any]) -> Iterator[tuple[Event, bytes | None]]:
    names = [field.attname for field in Event._meta.concrete_fields]
    with connection.cursor(name="leaves") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_ALL)
        for row in cursor:
            yield Event.from_db("default", names, row[:-1]), row[-1]
