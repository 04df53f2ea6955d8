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

#: The time; the school; one plan for each prepared statement (parties/statements.py), because
#: planning a long one anew for its values takes ten times as long as running it; and a page out of
#: order costs as on a solid state disk: as on a turning one, the server's default, it reads all
#: records of a school rather than look up five by their keys. No statement is compiled: a policy
#: has hundreds of small subqueries, and a server that compiles by default spends seconds on each
#: reading of twenty rows (decision 44).
ENTER: Final = """
SELECT school_now(), set_config('app.school', %s, true),
    set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('random_page_cost', '1.1', true), set_config('jit', 'off', true)
"""
#: The same, and the commit does not wait for the disk.
_ENTER_UNFLUSHED: Final = f"{ENTER.rstrip()}, set_config('synchronous_commit', 'off', true)"


@contextmanager
def scope(school_id: int, *, flushed: bool = True) -> Iterator[datetime]:
    """Open a transaction that sees the rows of `school_id` only; yields school time (aware).

    Without `flushed` a power cut within the next second may take the commit back, whole: for what
    is simply done again then, and never for what somebody was told.

    Raises RuntimeError inside another transaction: its rows could belong to another school.
    """
    with transaction.atomic(durable=True):
        yield _enter(ENTER if flushed else _ENTER_UNFLUSHED, school_id)
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


def _enter(statement: str, school_id: int) -> datetime:
    """One round trip, with the BEGIN."""
    at, *_ = round_trips.opening((statement % f"'{int(school_id)}'").encode())
    if not isinstance(at, datetime):
        raise TypeError("school_now() answered no moment")
    return at
