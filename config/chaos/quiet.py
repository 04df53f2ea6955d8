"""Whether the product has come to rest: nothing is due, nothing is on its way."""

import time
from collections.abc import Callable
from typing import Final

import psycopg

_UNREST: Final = """
SELECT (SELECT count(*) FROM workflow_notification WHERE state = 'PENDING'
            AND (due_at <= now() + interval '8 seconds' OR leased_until > now()))
     + (SELECT count(*) FROM workflow_escalation
            WHERE state = 'WAITING' AND due_at <= school_now())
     + (SELECT count(*) FROM workflow_processinstance
            WHERE status = 'PENDING' OR status = 'RUNNING' AND next_due_at <= school_now())
     + (SELECT count(*) FROM workflow_zeroreport WHERE state = 'DUE' AND due_at <= school_now())
     + (SELECT count(*) FROM workflow_humantask
            WHERE state IN ('OPEN', 'CLAIMED') AND due_at <= school_now()
            AND (reminded_at IS NULL OR reminded_at < due_at))
"""


def left(address: str) -> int | None:
    """How much is due or on its way; None: the database does not answer.

    `address` must see the rows of every school.
    """
    try:
        with psycopg.connect(address, connect_timeout=5) as database:
            row = database.execute(_UNREST).fetchone()
    except psycopg.OperationalError:
        return None
    return None if row is None else int(row[0])


def settled(
    ask: Callable[[], int | None], wait: Callable[[], None], *, patience: float
) -> int | None:
    """Wait until nothing is left, and longer as long as ever less is. What is left; None: unknown.

    `patience`: seconds without getting less. A clock that jumps two weeks ahead makes thousands of
    reminders due at once: whoever is working them off has forgotten none of them.
    """
    least, since = ask(), time.monotonic()
    while least != 0 and time.monotonic() - since < patience:
        wait()
        now = ask()
        if now is not None and (least is None or now < least):
            least, since = now, time.monotonic()
    return least


def told(left: int | None, *, patience: float) -> str:
    """What kept it from rest, for people."""
    if left is None:
        return "数据库没有回答"
    return f"还有 {left} 件，{patience:.0f} 秒内没有减少"
