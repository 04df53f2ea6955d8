"""Append one event: in the caller's transaction, so that change and record stand or fall together.

An event carries ids and codes, never a name, a number to call or a sentence: it can never be
erased, so it must never hold what somebody may ask to have erased. Its leaf, SHA-256 over a random
salt and the exact bytes, proves it later without giving it away.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connection

from ledger import cursors, together
from ledger.models import Event

#: What an event is about: ("case", its id).
Subject = tuple[str, UUID]

SALT_BYTES: Final = 32
_LEAF_PREFIX: Final = b"\x00"  # RFC 9162, 2.1.1: leaves and inner nodes must never collide
_KIND_LENGTH: Final = 64
_KIND: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CODE: Final = re.compile(r"[a-zA-Z0-9_.:+-]{0,64}")
#: Telephone, student and identity numbers are content, not codes; dates and UUIDs are neither.
_NUMBER: Final = re.compile(r"\+?[0-9][0-9-]{5,}[0-9Xx]")
_SEPARATORS: Final = re.compile(r"[.:+_-]")
_LONG_NUMBER: Final = re.compile(r"[0-9]{7,}[Xx]?")
#: "tel:13800138000", "sms.86-138-0013-8000": a mobile number between a code's separators.
_MOBILE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:86[.:+_-]?)?1[3-9][0-9](?:[.:+_-]?[0-9]){8}(?![0-9A-Za-z])"
)
_NO_NUMBER: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}(-[0-9]{4}){3}-[0-9]{12}")
_LARGEST_INT: Final = 10**9  # counts and minutes; a mobile number has eleven digits

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


class EventRefused(ValueError):
    """The event holds something that may never be written for good. Says where, never what."""


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
    if not _KIND.fullmatch(kind) or len(kind) > _KIND_LENGTH:
        raise EventRefused("kind is not noun.past_tense")
    named = [_named(ref) for ref in refs]
    body = canonical(
        {
            "v": 1,
            "school": school_id,
            "kind": kind,
            "actor": None if actor is None else str(actor),
            "subject": _named(subject),
            "refs": named,
            "at": _moment(at),
            "payload": {_key(key): _plain(key, value) for key, value in (payload or {}).items()},
        }
    )
    salt = os.urandom(SALT_BYTES)
    return PreparedEvent(
        school_id, kind, actor, subject[0], subject[1], named, at, body, salt, leaf_of(salt, body)
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
        "subject": _named((event.subject_type, event.subject_id)),
        "refs": list(event.refs),
        "at": _moment(event.at),
    }


def _named(subject: Subject) -> str:
    name, id_ = subject
    if not _NAME.fullmatch(name) or not isinstance(id_, UUID):
        raise EventRefused("a subject is a lowercase word and a UUID")
    return f"{name}:{id_}"


def _moment(at: datetime) -> str:
    if at.utcoffset() is None:
        raise EventRefused("a moment has no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _key(key: str) -> str:
    if not _NAME.fullmatch(key):
        raise EventRefused("a payload key is not a lowercase word")
    return key


def _plain(key: str, value: object) -> object:
    """`value` as JSON; lists one deep, because a payload is a line and no document."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_atom(key, item) for item in value]
    return _atom(key, value)


def _atom(key: str, value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _LARGEST_INT:
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _is_code(value):
        return str(value)
    raise EventRefused(f"payload {key!r} holds something that is neither id nor code")


def _is_code(text: str) -> bool:
    if not _CODE.fullmatch(text):
        return False
    if _NO_NUMBER.fullmatch(text):
        return True
    return not (
        _NUMBER.fullmatch(text)
        or _LONG_NUMBER.fullmatch(_SEPARATORS.sub("", text))
        or _MOBILE.search(text)
    )
