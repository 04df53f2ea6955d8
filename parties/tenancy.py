"""One transaction inside one school.

Every read and write of tenant rows happens in a scope; outside of one, row-level security hides
every row. The setting is local to the transaction, so a pooled connection cannot carry it on.
Scopes never nest: a view reads in one, leaves it, and calls the service, which opens its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from parties import round_trips

#: The school; one plan for each prepared statement (parties/statements.py), because planning a long
#: one anew for its values takes ten times as long as running it; and the time.
ENTER: Final = """
SELECT set_config('app.school', %s, true),
    set_config('plan_cache_mode', 'force_generic_plan', true), school_now()
"""


@contextmanager
def scope(school_id: int) -> Iterator[datetime]:
    """Open a transaction that sees the rows of `school_id` only; yields school time (aware).

    Raises RuntimeError inside another transaction: its rows could belong to another school.
    """
    with transaction.atomic(durable=True):
        yield _enter(school_id)
    if connection.in_atomic_block:
        # Only a test case's outer transaction gets here; set_config would last until its end.
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.school', '', true)")


def current_school() -> int | None:
    """The school of the running transaction, or None outside a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.school', true), '')::bigint")
        row = cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])


def _enter(school_id: int) -> datetime:
    """One round trip with the BEGIN before it."""
    row = round_trips.execute(ENTER, [str(int(school_id))]).fetchone()
    at = row[2] if row else None
    if not isinstance(at, datetime):
        raise TypeError("school_now() answered no moment")
    return at
