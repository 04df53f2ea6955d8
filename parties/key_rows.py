"""The rows of wrapped keys, and what binds each of them to its place."""

import os
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connection

from ledger import cursors
from parties import root_keys


def school_aad(school_id: int, key_id: UUID) -> bytes:
    return f"school key|{school_id}|{key_id}".encode()


def subject_aad(school_id: int, subject: UUID, key_id: UUID) -> bytes:
    return f"subject key|{school_id}|{subject}|{key_id}".encode()


def select_school_key(school_id: int) -> tuple[UUID, bytes, bool] | None:
    """A row of this very transaction has its now(): such a key may still be rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, wrapped, created_at <> now() FROM parties_schoolkey"
            " WHERE school_id = %s AND retired_at IS NULL",
            [school_id],
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], bytes(row[1]), bool(row[2]))


def insert_school_key(school_id: int) -> None:
    """Two first writers at once: the loser waits for the winner and then finds its key."""
    key_id = uuid4()
    wrapped = root_keys.wrap(os.urandom(root_keys.KEY_BYTES), school_aad(school_id, key_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parties_schoolkey (id, school_id, wrapped) VALUES (%s, %s, %s)"
            " ON CONFLICT (school_id) WHERE retired_at IS NULL DO NOTHING",
            [key_id, school_id, wrapped],
        )


def select_subject_key(school_id: int, subject: UUID) -> tuple[UUID, bool] | None:
    with cursors.preparing(DEFAULT_DB_ALIAS) as cursor:
        cursor.execute(
            "SELECT id, created_at <> now() FROM parties_subjectkey"
            " WHERE school_id = %s AND subject = %s",
            [school_id, subject],
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], bool(row[1]))
