"""The keys of encrypted values: root key wraps school key wraps subject key.

Root keys (parties.root_keys) never touch the database; the others are stored wrapped. Opened keys
are kept per process for a minute, by their id. A key is never kept while the transaction that made
it is open: after a rollback nothing could open what it sealed.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from django.db import DEFAULT_DB_ALIAS, connection

from ledger import cursors, together
from parties import key_rows, root_keys
from parties.errors import KeyUnavailable
from parties.key_cache import Key, KeyCache

_cache = KeyCache()
forget = _cache.clear

_INSERT: Final[Any] = b"""
INSERT INTO parties_subjectkey (id, school_id, school_key_id, subject, wrapped)
VALUES (%s, %s, %s, %s, %s)"""

#: Subject keys that a bulk writer holds for the length of its block.
_at_hand: ContextVar[Mapping[tuple[int, UUID], Key]] = ContextVar("_at_hand", default={})  # noqa: B039 - never changed in place


def school_key(school_id: int) -> Key:
    """The key that seals new values of a school; made on first use, inside the caller's scope."""
    kept = _cache.get(school_id, "school")
    if kept is not None:
        return kept
    row = key_rows.select_school_key(school_id)
    if row is None:
        key_rows.insert_school_key(school_id)
        row = key_rows.select_school_key(school_id)
    if row is None:
        raise KeyUnavailable("A school key needs a scope of that school.", school=school_id)
    key_id, wrapped, committed = row
    key = Key(key_id, root_keys.unwrap(wrapped, key_rows.school_aad(school_id, key_id)))
    if committed:
        _cache.put(school_id, "school", None, key)
        _cache.put(school_id, "id", key.id, key)
    return key


def subject_key(school_id: int, subject: UUID) -> Key:
    """The key of one subject; made on first use, inside the caller's scope."""
    kept = _at_hand.get().get((school_id, subject)) or _cache.get(school_id, "subject", subject)
    if kept is not None:
        return kept
    row = key_rows.select_subject_key(school_id, subject)
    if row is None:
        made = _insert_subject_key(school_id, subject)
        if made is not None:
            return made
        row = key_rows.select_subject_key(school_id, subject)
    if row is None:
        raise KeyUnavailable("A subject key needs a scope of its school.", school=school_id)
    key_id, committed = row
    key = opened(school_id, {key_id})[key_id]
    if committed:
        _cache.put(school_id, "subject", subject, key)
    return key


@contextmanager
def new_subjects(school_id: int, subjects: Collection[UUID]) -> Iterator[None]:
    """Make the keys of many new subjects in one statement; at hand inside the block only.

    They belong to an open transaction, so they must not outlive it in the process's cache. A
    subject that already has a key keeps it.
    """
    with _kept_at_hand(_insert_subject_keys(school_id, subjects) if subjects else {}):
        yield


def of_new(school_id: int, subject: UUID) -> Key:
    """The key of a subject whose id was made a moment ago, so that nobody else can have one.

    For `at_hand`. Inside a scope; in a block of ledger.together it leaves with the rest.
    Raises django.db.IntegrityError for a subject that has a key.
    """
    key, given = _made(school_id, subject)
    if not together.put(_INSERT, given):
        with cursors.preparing(DEFAULT_DB_ALIAS) as cursor:
            cursor.execute(_INSERT, given)
    return key


@contextmanager
def at_hand(school_id: int, keys: Mapping[UUID, Key]) -> Iterator[None]:
    """Seal with `keys`, by subject, inside the block only."""
    with _kept_at_hand({(school_id, subject): key for subject, key in keys.items()}):
        yield


@contextmanager
def _kept_at_hand(keys: Mapping[tuple[int, UUID], Key]) -> Iterator[None]:
    token = _at_hand.set(keys)
    try:
        yield
    finally:
        _at_hand.reset(token)


def opened(school_id: int, key_ids: Collection[UUID]) -> dict[UUID, Key]:
    """The keys with these ids, in at most two queries however many they are.

    Raises KeyUnavailable for a destroyed key, and where no configured root key fits.
    """
    found = {i: key for i in key_ids if (key := _cache.get(school_id, "id", i)) is not None}
    missing = [i for i in key_ids if i not in found]
    if missing:
        found |= _load(school_id, missing)
    gone = [i for i in key_ids if i not in found]
    if gone:
        raise KeyUnavailable("内容的密钥已被销毁，无法读取。", school=school_id, key=str(gone[0]))
    return found


def rewrap(school_id: int) -> int:
    """Wrap the school's keys with the first root key, inside the caller's scope; how many changed.

    Values and subject keys stay as they are: only what the root wraps is touched.
    """
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, wrapped FROM parties_schoolkey WHERE school_id = %s FOR UPDATE", [school_id]
        )
        for key_id, wrapped in cursor.fetchall():
            if root_keys.is_newest(bytes(wrapped)):
                continue
            secret = root_keys.unwrap(bytes(wrapped), key_rows.school_aad(school_id, key_id))
            cursor.execute(
                "UPDATE parties_schoolkey SET wrapped = %s WHERE id = %s",
                [root_keys.wrap(secret, key_rows.school_aad(school_id, key_id)), key_id],
            )
            changed += 1
    return changed


def opens(school_id: int, key_id: UUID, wrapped: bytes) -> bool:
    """Whether a root key of this process opens a school's key, as a restore asks."""
    try:
        root_keys.unwrap(wrapped, key_rows.school_aad(school_id, key_id))
    except KeyUnavailable:
        return False
    return True


def destroy_subject_key(school_id: int, subject: UUID) -> bool:
    """Make everything sealed for `subject` unreadable for ever; whether there was a key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM parties_subjectkey WHERE school_id = %s AND subject = %s",
            [school_id, subject],
        )
        destroyed = bool(cursor.rowcount)
    forget()
    return destroyed


def _insert_subject_key(school_id: int, subject: UUID) -> Key | None:
    """The new key, or None where another writer was first."""
    key, given = _made(school_id, subject)
    with cursors.preparing(DEFAULT_DB_ALIAS) as cursor:
        cursor.execute(_INSERT + b" ON CONFLICT (school_id, subject) DO NOTHING", given)
        return key if cursor.rowcount == 1 else None


def _made(school_id: int, subject: UUID) -> tuple[Key, Sequence[Any]]:
    """A new key, and its row for _INSERT."""
    parent, key = school_key(school_id), Key(uuid4(), os.urandom(root_keys.KEY_BYTES))
    wrapped = _wrapped(parent, school_id, subject, key)
    return key, (key.id, school_id, parent.id, subject, wrapped)


def _wrapped(parent: Key, school_id: int, subject: UUID, key: Key) -> bytes:
    return root_keys.seal(
        parent.secret, key.secret, key_rows.subject_aad(school_id, subject, key.id)
    )


def _insert_subject_keys(school_id: int, subjects: Collection[UUID]) -> dict[tuple[int, UUID], Key]:
    """The keys made here; none for a subject that has one already."""
    parent = school_key(school_id)
    made = {subject: Key(uuid4(), os.urandom(root_keys.KEY_BYTES)) for subject in subjects}
    wrapped = [_wrapped(parent, school_id, subject, key) for subject, key in made.items()]
    with cursors.preparing(DEFAULT_DB_ALIAS) as cursor:
        cursor.execute(
            "INSERT INTO parties_subjectkey (id, school_id, school_key_id, subject, wrapped)"
            " SELECT id, %s, %s, subject, wrapped"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::bytea[]) AS made (id, subject, wrapped)"
            " ON CONFLICT (school_id, subject) DO NOTHING RETURNING subject",
            [school_id, parent.id, [key.id for key in made.values()], list(made), wrapped],
        )
        return {(school_id, subject): made[subject] for (subject,) in cursor.fetchall()}


def _load(school_id: int, key_ids: list[UUID]) -> dict[UUID, Key]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.wrapped, s.created_at <> now(), k.id, k.subject, k.wrapped,"
            " k.created_at <> now() FROM parties_schoolkey s"
            " LEFT JOIN parties_subjectkey k ON k.school_key_id = s.id AND k.id = ANY(%s)"
            " WHERE s.school_id = %s AND (s.id = ANY(%s) OR k.id IS NOT NULL)",
            [key_ids, school_id, key_ids],
        )
        rows = cursor.fetchall()
    found: dict[UUID, Key] = {}
    for parent_id, parent_wrapped, parent_kept, key_id, subject, wrapped, kept in rows:
        if parent_id not in found:
            secret = root_keys.unwrap(
                bytes(parent_wrapped), key_rows.school_aad(school_id, parent_id)
            )
            found[parent_id] = Key(parent_id, secret)
            if parent_kept:
                _cache.put(school_id, "id", parent_id, found[parent_id])
        if key_id is not None:
            aad = key_rows.subject_aad(school_id, subject, key_id)
            found[key_id] = Key(key_id, _unwrap_by_key(found[parent_id], bytes(wrapped), aad))
            if kept:
                _cache.put(school_id, "id", key_id, found[key_id])
    return found


def _unwrap_by_key(parent: Key, wrapped: bytes, aad: bytes) -> bytes:
    try:
        return root_keys.unseal(parent.secret, wrapped, aad)
    except InvalidTag:
        raise KeyUnavailable("个人密钥已被改动。") from None
