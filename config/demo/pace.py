"""School time on stage: it runs at the speed asked for, leaps over nights, and waits for people.

While something falls due within two school hours the clock runs at `speed`; otherwise it leaps to
the next due moment. While a person acts it runs as time does, so that an act costs no school time.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connections

from config.databases import OWNER
from parties import clock, tenancy
from workflow.models import Escalation, HumanTask, ProcessInstance, ZeroReport

#: No leap when something is due sooner than this, in school time.
NEAR: Final = timedelta(hours=2)
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


class Pace:
    """The hands of the clock. Only the owner's connection may move them."""

    def __init__(self, *, speed: float) -> None:
        self.speed = speed
        self._owner = connections[OWNER]

    def begin(self, at: datetime) -> None:
        """School time is `at` now, and runs as time does."""
        clock.set_drill(self._owner, anchor=at, rate=1.0)

    def run(self) -> None:
        clock.change_rate(self._owner, rate=self.speed)

    def walk(self) -> None:
        clock.change_rate(self._owner, rate=1.0)

    def leap(self, to: datetime) -> None:
        clock.jump(self._owner, to=to)

    @staticmethod
    def now() -> datetime:
        return clock.now()


def due_moments(school_id: int, cases: Collection[UUID]) -> list[datetime]:
    """Every moment at which something of these cases falls due, in order; past ones are overdue."""
    with tenancy.scope(school_id):
        found = [*_due(cases)]
    return sorted(moment for moment in found if moment is not None)


def _due(cases: Collection[UUID]) -> Iterable[datetime | None]:
    waiting = Escalation.objects.filter(case__in=cases, state=Escalation.State.WAITING)
    yield from waiting.values_list("due_at", flat=True)
    running = ProcessInstance.objects.filter(case__in=cases, status=ProcessInstance.State.RUNNING)
    yield from running.values_list("next_due_at", flat=True)
    reports = ZeroReport.objects.filter(case__in=cases, state=ZeroReport.State.DUE)
    yield from reports.values_list("due_at", flat=True)
    tasks = HumanTask.objects.filter(case__in=cases, state__in=_LIVE, reminded_at=None)
    yield from tasks.values_list("due_at", flat=True)
