"""What must be looked at again and again: every due row of one lane, whoever drives the look.

Celery's beat drives it, a nudge after a commit drives it, and `manage.py watch` does when Celery
falls silent. Two drivers at once are harmless: rows are claimed one by one.
"""

import logging
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection

from parties import round_trips
from records import orphans
from workflow import (
    due_rows,
    escalation,
    hold_requests,
    human_tasks,
    meeting_barred,
    meeting_lateness,
    next_contacts,
    notice_aftercare,
    notifications,
    order_reviews,
    plan_days,
    plan_ladder,
    processes,
    record_holds,
    report_wordings,
    unanswered,
    upgrade_ladder,
    word_counts,
    zero_reports,
)

logger = logging.getLogger(__name__)

CRISIS: Final = "crisis"
ROUTINE: Final = "routine"
#: Seconds after which a run that is still busy shows again that it is alive.
_BEAT_AGAIN: Final = 0.5

#: A crisis must not wait until this is on the disk: a beat that is lost is a second old.
_BEAT: Final = """
WITH unflushed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO workflow_heartbeat (lane, driver, beat_at)
SELECT %s::varchar, %s::varchar, clock_timestamp() FROM unflushed
ON CONFLICT (lane, driver) DO UPDATE SET beat_at = excluded.beat_at
"""

Sweep = Callable[[str], int]


def _deliver(lane: str) -> Sweep:
    return lambda via: notifications.deliver_due(lane=lane, via=via)


def _swept(_via: str) -> int:
    """Sealed files that no row names, looked for once an hour by whichever driver comes first."""
    return orphans.sweep(now=datetime.now(UTC)) if due_rows.is_hour_mine("vault") else 0


#: In this order. People are told first, and again of what the ladder and the processes asked for.
_SWEEPS: Final[Mapping[str, Sequence[tuple[str, Sweep]]]] = {
    CRISIS: (
        ("delivered", _deliver(CRISIS)),
        ("climbed", lambda via: escalation.climb_due(via=via)),
        ("delivered", _deliver(CRISIS)),
        ("started", lambda via: processes.start_pending(via=via, lane=CRISIS)),
        ("stepped", lambda via: processes.step_due(via=via, lane=CRISIS)),
        ("delivered", _deliver(CRISIS)),
    ),
    ROUTINE: (
        ("started", lambda via: processes.start_pending(via=via, lane=ROUTINE)),
        ("stepped", lambda via: processes.step_due(via=via, lane=ROUTINE)),
        ("missed", lambda via: zero_reports.miss_due(via=via)),
        ("reminded", lambda via: human_tasks.remind_due(via=via)),
        ("late", lambda via: meeting_lateness.look_due(via=via)),
        ("barred", lambda via: meeting_barred.look_due(via=via)),
        ("asked", lambda via: upgrade_ladder.look_due(via=via)),
        ("reviewed", lambda via: order_reviews.look_due(via=via)),
        ("overdue", lambda via: plan_ladder.look_due(via=via)),
        ("unsigned", lambda via: plan_days.miss_due(via=via)),
        ("let_in", lambda via: record_holds.look_due(via=via)),
        ("undecided", lambda via: hold_requests.look_due(via=via)),
        ("routed", lambda via: unanswered.look_due(via=via)),
        ("talks", lambda via: next_contacts.look_due(via=via)),
        ("reworded", lambda via: report_wordings.look_due(via=via)),
        ("retried", lambda via: processes.retry_incidents_due(via=via)),
        ("delivered", _deliver(ROUTINE)),
        ("counted", lambda via: word_counts.look_hourly(via=via)),
        ("followed", lambda via: notice_aftercare.look_hourly(via=via)),
        ("swept", _swept),
    ),
}


def run(lane: str, *, via: str) -> dict[str, int]:
    """Do everything that is due in `lane` now; counts by name, `failed` among them.

    One failing sweep does not stop the others. Raises only when the database is gone.
    """
    counts = {"failed": 0}
    beaten = _beat(lane, via)
    for name, sweep in _SWEEPS[lane]:
        _do(name, sweep, counts, lane=lane, via=via)
        if time.monotonic() - beaten > _BEAT_AGAIN:
            beaten = _beat(lane, via)
    return counts


def hear(school_id: int, *, via: str) -> dict[str, int]:
    """A crisis transaction of this school has told us: its message goes first, then run()."""
    counts = {"failed": 0}

    def first(via: str) -> int:
        return notifications.deliver_due(lane=CRISIS, via=via, heard_of=school_id)

    _do("delivered", first, counts, lane=CRISIS, via=via)
    rest = run(CRISIS, via=via)
    return rest | {name: rest.get(name, 0) + count for name, count in counts.items()}


def _do(name: str, sweep: Sweep, counts: dict[str, int], *, lane: str, via: str) -> None:
    """One sweep, counted; a failing one is logged and stops no other."""
    try:
        counts[name] = counts.get(name, 0) + sweep(via)
    except Exception as failure:  # noqa: BLE001 -- see above
        counts["failed"] += 1
        # Type and place only: the message of a database error may quote a row.
        logger.warning("sweep.failed lane=%s sweep=%s error=%s", lane, name, _place(failure))
        connection.close_if_unusable_or_obsolete()


def silence(lane: str, *, driver: str) -> timedelta:
    """How long ago `driver` last showed that it sweeps `lane`, in machine time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() - max(beat_at) FROM workflow_heartbeat"
            " WHERE lane = %s AND driver = %s",
            [lane, driver],
        )
        row = cursor.fetchone()
    return timedelta.max if row is None or row[0] is None else row[0]


def _beat(lane: str, driver: str) -> float:
    """Show that `driver` sweeps `lane`; returns when, on this process's own clock."""
    round_trips.execute(_BEAT, [lane, driver])
    return time.monotonic()


def _place(failure: Exception) -> str:
    last = traceback.extract_tb(failure.__traceback__)[-1]
    return f"{type(failure).__name__} {Path(last.filename).name}:{last.lineno}"
