"""What is due, in whichever school: found by functions of the database, done row by row."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, LiteralString
from uuid import UUID

from parties import round_trips

logger = logging.getLogger(__name__)

#: Of several drivers one gets the hour; a crash in the middle waits for the next one.
_CLAIM_THE_HOUR: Final = """
INSERT INTO workflow_heartbeat AS h (lane, driver, beat_at)
VALUES (%s::varchar, 'sweep', clock_timestamp())
ON CONFLICT (lane, driver) DO UPDATE SET beat_at = excluded.beat_at
    WHERE h.beat_at < clock_timestamp() - interval '1 hour'
RETURNING h.id
"""


def found(sql: LiteralString, params: Sequence[Any]) -> list[tuple[int, UUID]]:
    """(school, id) of each; the function looks across schools, so no scope is needed."""
    return [(int(school), pk) for school, pk in round_trips.execute(sql, params).fetchall()]


def each(
    rows: Sequence[tuple[int, UUID]], act: Callable[[int, UUID], int], *, failed: str, via: str
) -> int:
    """Let `act` do every row; return the sum of what it says it did.

    `act` opens a transaction of its own: one that fails is logged and cannot hold up the others.
    """
    done = 0
    for school_id, pk in rows:
        try:
            done += act(school_id, pk)
        except Exception:
            logger.exception("%s id=%s via=%s", failed, pk, via)
    return done


def is_hour_mine(lane: str) -> bool:
    """Whether this driver is the first within an hour to look at `lane`; the others need not."""
    return round_trips.execute(_CLAIM_THE_HOUR, [lane]).fetchone() is not None
