"""School time: the one place that reads a clock.

Two times exist. *School time* is what people agreed on: deadlines, ladders,
working days. It is the database's time unless a drill moved it, and is read at the edges only
(api, portal, tasks, commands) and passed down as `at`. *Machine time* (leases, retries, sessions,
links) is `now()` in SQL and never moves.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection as default_connection
from django.db.backends.base.base import BaseDatabaseWrapper

from parties.errors import DrillRefused
from parties.row_security import DefinerFunction

#: For a migration, after SchoolClock exists.
SCHOOL_NOW = DefinerFunction(
    "school_now",
    args="",
    returns="timestamptz",
    volatility="VOLATILE",
    body="""
SELECT coalesce(
    (SELECT anchor_school + (clock_timestamp() - anchor_machine) * rate FROM parties_schoolclock),
    clock_timestamp())
""",
)


def now() -> datetime:
    """School time, aware. Inside a scope use the moment that the scope yields instead."""
    with default_connection.cursor() as cursor:
        cursor.execute("SELECT school_now()")
        row = cursor.fetchone()
    at = row[0] if row else None
    if not isinstance(at, datetime):
        raise TypeError("school_now() answered no moment")
    return at


def set_drill(connection: BaseDatabaseWrapper, *, anchor: datetime, rate: float) -> None:
    """From now on school time starts at `anchor` and runs `rate` times as fast as the machine.

    `connection` must be the owner's: the app role may not write the clock row. It counts for the
    whole installation; the school in the row only makes it a row like all others.
    """
    _write(
        connection,
        "INSERT INTO parties_schoolclock (school_id, anchor_machine, anchor_school, rate)"
        " SELECT coalesce((SELECT school_id FROM parties_schoolclock), min(id)),"
        " clock_timestamp(), %s, %s FROM parties_school HAVING min(id) IS NOT NULL"
        " ON CONFLICT (school_id) DO UPDATE SET anchor_machine = excluded.anchor_machine,"
        " anchor_school = excluded.anchor_school, rate = excluded.rate",
        [anchor, rate],
    )


def jump(connection: BaseDatabaseWrapper, *, to: datetime) -> None:
    """Move a running drill to `to`, forwards or backwards, at its present rate."""
    _write(
        connection,
        "UPDATE parties_schoolclock SET anchor_machine = clock_timestamp(), anchor_school = %s",
        [to],
    )


def change_rate(connection: BaseDatabaseWrapper, *, rate: float) -> None:
    """From this moment on a running drill is `rate` times as fast as the machine."""
    _write(
        connection,
        "UPDATE parties_schoolclock SET anchor_school = school_now(),"
        " anchor_machine = clock_timestamp(), rate = %s",
        [rate],
    )


def end_drill(connection: BaseDatabaseWrapper) -> None:
    """School time is the database's time again. Allowed everywhere, also where drills are not."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM parties_schoolclock")


def _write(connection: BaseDatabaseWrapper, sql: str, params: Sequence[datetime | float]) -> None:
    if not settings.DRILL_CLOCK:
        raise DrillRefused("演练时钟未启用：只有设置 DRILL_CLOCK=1 的演示或演练环境才能移动时间。")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.rowcount != 1:
            raise DrillRefused("没有可移动的时钟：请先导入学校，并先开始演练。")
