"""Leases of messages: taken together, in one statement that answers the rows that are held.

What rings and may wait is not leased at night: its next moment is the morning, however it came to
be due now. A backlog of the evening, the lease of a worker that died, a message that was restored.
For a crisis the statement is the same at any hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from parties import statements
from workflow import quiet_hours
from workflow.models import Notification

#: What was due and free when the list was read may be somebody else's by now.
_FREE: Final = """
WITH free AS (
    SELECT id, channel, urgent FROM workflow_notification
    WHERE {which} AND state = 'PENDING' AND due_at <= statement_timestamp()
        AND (leased_until IS NULL OR leased_until <= statement_timestamp())
    ORDER BY due_at, id {most} FOR UPDATE SKIP LOCKED
)"""
_HOLD: Final = """, workflow_notification AS (
    UPDATE workflow_notification AS n
    SET tries = tries + 1, leased_until = statement_timestamp() + make_interval(secs => $1)
    FROM free WHERE n.id = free.id RETURNING n.*
)"""
#: What rings rests until the morning, and nobody holds it: that is no try.
_HOLD_OR_REST: Final = """, asked AS (
    SELECT id, channel = $3::varchar AND NOT urgent AS rests FROM free
), touched AS (
    UPDATE workflow_notification AS n
    SET tries = n.tries + CASE WHEN rests THEN 0 ELSE 1 END,
        due_at = CASE WHEN rests THEN statement_timestamp() + make_interval(secs => $4)
            ELSE n.due_at END,
        leased_until = CASE WHEN rests THEN NULL
            ELSE statement_timestamp() + make_interval(secs => $1) END
    FROM asked WHERE n.id = asked.id RETURNING n.*, rests
), workflow_notification AS (
    SELECT * FROM touched WHERE NOT rests
)"""
_THESE: Final = _FREE.format(which="id = ANY($2::uuid[])", most="")
_LEASE: Final = _THESE + _HOLD
_LEASE_AT_NIGHT: Final = _THESE + _HOLD_OR_REST

#: Nobody has looked yet whether the lane is held after a restore. The lane is written out: a plan
#: for any lane would read the ten thousand messages of the other one.
_NEXT: Final = """lane = 'crisis' AND NOT EXISTS (
        SELECT FROM workflow_dispatchhold WHERE lane = 'crisis' AND released_at IS NULL)"""
_LEASE_NEXT: Final = _FREE.format(which=_NEXT, most="LIMIT 1") + _HOLD


def take(
    ids: Sequence[UUID], *, lane: str, lasts: timedelta, at: datetime
) -> Sequence[Notification]:
    """Those of `ids` that are held from now on, with recipient, case and school. In a scope."""
    given: list[Any] = [lasts.total_seconds(), list(ids)]
    rest = quiet_hours.rest(lane=lane, at=at).total_seconds()
    if not rest:
        return statements.changed(_LEASE, given, _held)
    return statements.changed(_LEASE_AT_NIGHT, [*given, quiet_hours.RINGS, rest], _held)


def take_next(*, lasts: timedelta) -> Sequence[Notification]:
    """The one message of a crisis that has waited longest, held from now on; none if none waits."""
    return statements.changed(_LEASE_NEXT, [lasts.total_seconds()], _held)


def _held() -> QuerySet[Notification]:
    """Of all rows: what a lease touched takes the place of the table."""
    rows = Notification.objects.select_related("recipient", "case", "school")
    return rows.order_by("due_at", "pk")
