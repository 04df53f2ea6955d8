"""After a restart: the sweeps run until nothing moves, and machine time passes by hand."""

from typing import Final

from django.db import connection

from parties import keyring, tenancy
from workflow import sweeps

_LANES: Final = (sweeps.CRISIS, sweeps.ROUTINE)
#: More rounds than any ladder has rungs.
_ROUNDS: Final = 40

_WAITING: Final = """
UPDATE workflow_notification
SET due_at = due_at - interval '1 day', leased_until = leased_until - interval '1 day'
WHERE state = 'PENDING'
"""


class NoRest(AssertionError):
    """The sweeps fail, or go on for ever."""


def settle(school_id: int, *, via: str) -> None:
    """Everything that is due now is done: no lease, no message and no step is left."""
    keyring.forget()  # a process that has just started knows no key
    for _ in range(_ROUNDS):
        moved = _sweep(via)
        waiting = _machine_time_passes(school_id)
        if not moved and not waiting:
            return
    raise NoRest(f"still moving after {_ROUNDS} rounds: moved {moved}, waiting {waiting}")


def _sweep(via: str) -> int:
    moved = 0
    for lane in _LANES:
        counts = sweeps.run(lane, via=via)
        if counts.pop("failed"):
            raise NoRest(f"a sweep of {lane} failed: {counts}")
        moved += sum(counts.values())
    return moved


def _machine_time_passes(school_id: int) -> int:
    """Leases of the dead run out, and what was to wait is due; how many messages there are."""
    with tenancy.scope(school_id), connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return int(cursor.rowcount)
