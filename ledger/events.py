"""Append one event: in the caller's transaction, so that change and record stand or fall together.

An event carries ids and codes, never a name, a number to call or a sentence: it can never be
erased, so it must never hold what somebody may ask to have erased. Its leaf, SHA-256 over a random
salt and the exact bytes, proves it later without giving it away.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connection

from ledger import cursors, payloads, together
from ledger.models import Event
from ledger.payloads import moment, named

Subject = payloads.Subject

SALT_BYTES: Final = 32
_LEAF_PREFIX: Final = b"\x00"  # RFC 9162, 2.1.1: leaves and inner nodes must never collide

_INSERT: Final = """
WITH event AS (
    INSERT INTO ledger_event
        (school_id, kind, actor, subject_type, subject_id, refs, at, body, leaf)
    VALUES (%s, %s, %s, %s, %s, %s::varchar[], %s, %s, %s)
    RETURNING id, school_id
)
INSERT INTO ledger_eventsalt (event_id, school_id, salt)
SELECT id, school_id, %s FROM event RETURNING event_id
"""


class OutsideTransaction(RuntimeError):
    """An event that commits apart from the change it records would be a lie after a crash."""


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """An event ready to be inserted, for writers that batch many rows into one statement."""

    school_id: int
    kind: str
    actor: UUID | None
    subject_type: str
    subject_id: UUID
    refs: list[str]
    at: datetime
    body: bytes
    salt: bytes
    leaf: bytes


def prepare(  # noqa: PLR0913 - one argument per column
    *,
    school_id: int,
    kind: str,
    actor: UUID | None,
    subject: Subject,
    at: datetime,
    refs: Iterable[Subject] = (),
    payload: Mapping[str, Any] | None = None,
) -> PreparedEvent:
    """Check an event and compute its bytes and leaf. Nothing is written.

    Raises EventRefused: `kind` is not "noun.past_tense", or the payload holds more than ids,
    codes, small integers, booleans, moments, and lists of those.
    """
    payloads.refuse_kind(kind)
    others = [named(ref) for ref in refs]
    body = _body(
        school_id=school_id,
        kind=kind,
        actor=actor,
        subject=subject,
        refs=others,
        at=at,
        payload=payload or {},
    )
    salt = os.urandom(SALT_BYTES)
    return PreparedEvent(
        school_id, kind, actor, subject[0], subject[1], others, at, body, salt, leaf_of(salt, body)
    )


def _body(  # noqa: PLR0913 - one argument per column
    *,
    school_id: int,
    kind: str,
    actor: UUID | None,
    subject: Subject,
    refs: list[str],
    at: datetime,
    payload: Mapping[str, Any],
) -> bytes:
    """The bytes that are kept for good; `refs` are named already."""
    return canonical(
        {
            "v": 1,
            "school": school_id,
            "kind": kind,
            "actor": None if actor is None else str(actor),
            "subject": named(subject),
            "refs": refs,
            "at": moment(at),
            "payload": payloads.checked(payload),
        }
    )


def append(  # noqa: PLR0913 - one argument per column
    *,
    school_id: int,
    kind: str,
    actor: UUID | None,
    subject: Subject,
    at: datetime,
    refs: Iterable[Subject] = (),
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """Write one event and its salt in the caller's transaction, in one round trip.

    Raises OutsideTransaction, or EventRefused as prepare() does.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("an event was appended outside a transaction")
    event = prepare(
        school_id=school_id,
        kind=kind,
        actor=actor,
        subject=subject,
        at=at,
        refs=refs,
        payload=payload,
    )
    return insert(event)


def as_row(event: PreparedEvent) -> dict[str, Any]:
    """Its columns with the salt, as JSON has them: the bytes pass through a text unchanged."""
    return {
        "school_id": event.school_id,
        "kind": event.kind,
        "actor": event.actor,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "refs": event.refs,
        "at": event.at,
        "body": event.body.decode(),
        "leaf": event.leaf.hex(),
        "salt": event.salt.hex(),
    }


def insert(event: PreparedEvent) -> Event:
    """Write a prepared event and its salt. Among writes that leave together it has no id yet."""
    columns = (
        event.school_id,
        event.kind,
        event.actor,
        event.subject_type,
        event.subject_id,
        event.refs,
        event.at,
        event.body,
        event.leaf,
    )
    row = None
    if not (together.gathering() and together.put_event(as_row(event))):
        with cursors.preparing(DEFAULT_DB_ALIAS) as cursor:
            cursor.execute(_INSERT, [*columns, event.salt])
            row = cursor.fetchone()
    names = [field.attname for field in Event._meta.concrete_fields]
    return Event.from_db(DEFAULT_DB_ALIAS, names, [row[0] if row else None, *columns])


def verify(event: Event, salt: bytes) -> bool:
    """Whether the leaf recomputes from bytes and salt, and the columns say what the bytes say."""
    return bytes(event.leaf) == leaf_of(salt, bytes(event.body)) and agrees(event)


def agrees(event: Event) -> bool:
    """Whether the columns say what the bytes say: all that is left to ask once a salt is erased."""
    said = orjson.loads(bytes(event.body))
    return all(said[name] == value for name, value in _repeated(event).items())


def leaf_of(salt: bytes, body: bytes) -> bytes:
    return hashlib.sha256(_LEAF_PREFIX + salt + body).digest()


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one byte form of a document: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _repeated(event: Event) -> dict[str, object]:
    """What the columns say, in the words of the bytes."""
    return {
        "school": event.school_id,
        "kind": event.kind,
        "actor": None if event.actor is None else str(event.actor),
        "subject": named((event.subject_type, event.subject_id)),
        "refs": list(event.refs),
        "at": moment(event.at),
    }
