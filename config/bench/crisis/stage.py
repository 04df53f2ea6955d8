"""Where `bench crisis` plays: reports through the real service, and what arrives at the gateway."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from django.db import connection

from config.bench.cast import Cast
from config.bench.crisis.floor import Floor
from config.bench.crisis.gateway import Gateway
from config.bench.crisis.workers import NotReady
from parties import tenancy
from workflow import deliveries, processes, reporting
from workflow.models import Notification
from workflow.reports import ReportInput

#: Reports a second: far more than a school will ever see, and far less than fills the machine.
RATE: Final = 2.0
#: Seconds after which a message counts as lost.
LATE: Final = 30.0
_LISTENING: Final = """
SELECT EXISTS (SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND query = 'LISTEN crisis')
"""
_SWEPT: Final = """
SELECT count(*) = 2 FROM workflow_heartbeat
WHERE driver = 'celery' AND lane IN ('crisis', 'routine')
"""


@dataclass
class Report:
    """When it was due, when it was committed, and the keys of its alerts on the wire."""

    case_id: UUID
    due: float
    committed: float
    keys: Sequence[str] = ()

    def waited(self, arrivals: dict[str, list[float]]) -> float:
        """Seconds to the first alert; infinite when none arrived."""
        return self._first(arrivals) - self.due

    def waited_since_commit(self, arrivals: dict[str, list[float]]) -> float:
        return self._first(arrivals) - self.committed

    def _first(self, arrivals: dict[str, list[float]]) -> float:
        return min(
            (min(arrivals[key]) for key in self.keys if key in arrivals), default=float("inf")
        )


@dataclass
class Stage:
    cast: Cast
    gateway: Gateway
    floor: Floor
    owner: psycopg.Connection[Any]
    reports: list[list[Report]] = field(default_factory=list)
    promises: list[list[tuple[str, float]]] = field(default_factory=list)

    def report(self, due: float) -> Report:
        """One report through the service; `processes.start_now` begins right after its commit."""
        committed = list[float]()
        real = processes.start_now

        def heard(school_id: int, case_id: UUID, **more: Any) -> None:
            committed.append(time.monotonic())
            real(school_id, case_id, **more)

        processes.start_now = heard
        try:
            receipt = reporting.receive(
                person=self.cast.staff["HT"],
                report=ReportInput(
                    student_id=self.cast.student.pk, who="", observed="手臂有新伤", safe_now="NO"
                ),
                key=str(uuid4()),
            )
        finally:
            processes.start_now = real
        return Report(receipt.case_id, due, committed[0])

    def product(self, length: float) -> None:
        self.reports.append([self.report(due) for due in _arrivals(length)])
        self.gateway.read()

    def bare(self, length: float) -> None:
        self.promises.append([(self.floor.promise(), due) for due in _arrivals(length)])
        self.gateway.read()

    def settled(self, reports: Sequence[Report]) -> list[float]:
        """Waits until an alert of each has arrived; seconds from when it was due."""
        with tenancy.scope(self.cast.school.pk):
            rows = Notification.objects.filter(
                case__in=[report.case_id for report in reports], channel="sms"
            )
            keys: dict[UUID, list[str]] = {}
            for case_id, key in rows.values_list("case_id", "key"):
                keys.setdefault(case_id, []).append(deliveries.wire_key(self.cast.school.pk, key))
        for report in reports:
            report.keys = keys.get(report.case_id, [])
        until = time.monotonic() + LATE
        arrivals = self.gateway.arrivals
        while time.monotonic() < until:
            if all(report.waited(arrivals) < LATE for report in reports):
                break
            self.gateway.read(seconds=0.1)
        return [min(report.waited(arrivals), LATE) for report in reports]

    def await_listener(self) -> None:
        """Until watch hears of a crisis; raises NotReady."""
        _await(_LISTENING, "watch does not listen")

    def await_sweeps(self) -> None:
        """Until beat has had both lanes swept; raises NotReady."""
        _await(_SWEPT, "no sweep began")

    def backlog(self) -> int:
        row = self.owner.execute(
            "SELECT count(*) FROM workflow_notification WHERE lane = 'routine'"
            " AND state = 'PENDING' AND key LIKE 'backlog:%'"
        ).fetchone()
        return int(row[0]) if row else 0


def _await(question: str, otherwise: str) -> None:
    """The role of the workers asks: an owner may not see what another's connection does."""
    until = time.monotonic() + LATE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(question)
            if cursor.fetchone() == (True,):
                return
        time.sleep(0.1)
    raise NotReady(otherwise)


def _arrivals(length: float) -> Any:
    """One moment after the other, each at its time; one at least."""
    begun = time.monotonic()
    for number in range(max(1, round(length * RATE))):
        due = begun + number / RATE
        time.sleep(max(0.0, due - time.monotonic()))
        yield due
