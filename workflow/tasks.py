"""Celery entry points. Each makes one call and is safe to run twice, late, or not at all.

A message carries at most a lane: what to do is in the database. So a broker that loses, doubles or
reorders every message changes latency and nothing else.
"""

from typing import Final

from celery import shared_task

from workflow import sweeps

VIA: Final = "celery"
#: Seconds. A sweep that takes longer is stuck; what it has claimed comes free when leases run out.
_SOFT: Final = 50
_HARD: Final = 60


@shared_task(
    name="workflow.sweep_crisis", ignore_result=True, soft_time_limit=_SOFT, time_limit=_HARD
)
def sweep_crisis(**_: object) -> None:
    """Every second from beat, on the queue that only crisis workers serve."""
    sweeps.run(sweeps.CRISIS, via=VIA)


@shared_task(
    name="workflow.sweep_routine", ignore_result=True, soft_time_limit=_SOFT, time_limit=_HARD
)
def sweep_routine(**_: object) -> None:
    """Every five seconds from beat."""
    sweeps.run(sweeps.ROUTINE, via=VIA)


@shared_task(name="workflow.look", ignore_result=True, soft_time_limit=_SOFT, time_limit=_HARD)
def look(lane: str, **_: object) -> None:
    """Right after a commit that left something to do in `lane` (workflow.nudge)."""
    sweeps.run(lane, via=VIA)
