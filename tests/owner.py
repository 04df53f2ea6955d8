"""The owner's connection, for tests that try what not even the owner may do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def owner_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to the test database, as the role that owns the tables.

    Opened under the default alias and renamed: Django lets a test open no alias that it did not
    declare, and would flush one that it did. transaction.atomic() cannot find it.
    """
    owner = connections["owner"].copy(alias=DEFAULT_DB_ALIAS)
    owner.ensure_connection()
    owner.alias = "owner"
    try:
        yield owner
    finally:
        owner.close()
