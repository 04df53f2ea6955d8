"""Leases of messages, taken together, in one statement at any hour; for a crisis always the same.

What rings and may wait is not leased at night: its next moment is the morning, however it came to
be due now. A backlog of the evening, the lease of a worker that died, a message that was restored.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parties import round_trips
from workflow import quiet_hours

#: What was due and free when the list was read may be somebody else's by now.
_FREE: Final = """
WITH free AS (
    SELECT id, channel, urgent FROM workflow_notification
    WHERE id = ANY(%(ids)s::uuid[]) AND state = 'PENDING' AND due_at <= statement_timestamp()
        AND (leased_until IS NULL OR leased_until <= statement_timestamp())
    ORDER BY due_at, id FOR UPDATE SKIP LOCKED
)
"""
_HOLD: Final = """
UPDATE workflow_notification AS n
SET tries = tries + 1,
    leased_until = statement_timestamp() + make_interval(secs => %(seconds)s)
FROM free WHERE n.id = free.id RETURNING n.id
"""
#: What rings rests until the morning, and nobody holds it: that is no try.
_HOLD_OR_REST: Final = """
, asked AS (SELECT id, channel = %(rings)s::varchar AND NOT urgent AS rests FROM free)
UPDATE workflow_notification AS n
SET tries = n.tries + CASE WHEN rests THEN 0 ELSE 1 END,
    due_at = CASE WHEN rests THEN statement_timestamp() + make_interval(secs => %(rest)s)
        ELSE n.due_at END,
    leased_until = CASE WHEN rests THEN NULL
        ELSE statement_timestamp() + make_interval(secs => %(seconds)s) END
FROM asked WHERE n.id = asked.id RETURNING CASE WHEN rests THEN NULL ELSE n.id END
"""
_LEASE: Final = _FREE + _HOLD
_LEASE_AT_NIGHT: Final = _FREE + _HOLD_OR_REST


def take(ids: Sequence[UUID], *, lane: str, lasts: timedelta, at: datetime) -> list[UUID]:
    """Those of `ids` that are held from now on. Inside a scope."""
    asked: dict[str, object] = {"ids": list(ids), "seconds": lasts.total_seconds()}
    rest = quiet_hours.rest(lane=lane, at=at).total_seconds()
    if rest:
        asked |= {"rest": rest, "rings": quiet_hours.RINGS}
    leased = round_trips.execute(_LEASE_AT_NIGHT if rest else _LEASE, asked)
    return [pk for (pk,) in leased.fetchall() if pk is not None]
