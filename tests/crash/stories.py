"""Walks a process through the real services, and has processes die on the way.

A story is told in Python: what leads there is called as usual; what is to be survived goes through
`do`, `move` or `sweep`.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

from parties import tenancy
from tests.crash import calls, flows, invariants, sessions
from tests.crash.crashing import Crashing, Report, judge
from tests.crash.flows import Flow
from tests.crash.picture import Camera
from tests.crash.rest import settle
from tests.crash.restarts import Restarts, Scene, look
from tests.factories import World
from tests.processes.meeting_walk import read_mark
from tests.services import FIGURES
from workflow import human_tasks, processes
from workflow.models import HumanTask

#: Every crash point, or those that a usual run has time for.
DEEP: Final = os.environ.get("SANFANG_TEST_DEPTH") == "deep"
_LIVE: Final = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]


class Sites:
    """Lines of the product after which some process of this test run has died.

    A folder, because the files of these tests may run in several processes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, site: str) -> bool:
        """Whether this is the first time that anybody asks for it."""
        try:
            (self._folder / sha256(site.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


@dataclass
class Tally:
    """What all stories of one process have survived."""

    process: str
    sites: "Sites"
    reports: list[Report] = field(default_factory=list)

    @property
    def wanted(self) -> frozenset[Flow]:
        """The transitions that the diagram has today; none where there is no diagram."""
        return flows.of(self.process) if self.process in flows.shipped() else frozenset()

    def first(self) -> Mapping[Flow, Report]:
        """The act that first crosses each transition."""
        found: dict[Flow, Report] = {}
        for report in self.reports:
            for flow in report.flows:
                found.setdefault(flow, report)
        return found

    def judge(self) -> str:
        """One line of figures. Raises AssertionError for a transition that nobody has survived."""
        first = self.first()
        if missing := self.wanted - set(first):
            raise AssertionError(f"{self.process}: no story walks {sorted(map(str, missing))}")
        points = sum(2 * report.calls for report in first.values())
        died = sum(len(report.died & report.points()) for report in first.values())
        if DEEP and died != points:
            raise AssertionError(f"{self.process}: {points - died} crash points are left out")
        deaths = sum(report.deaths for report in self.reports)
        wrecks = sum(len(report.wrecks) for report in self.reports)
        return (
            f"{self.process}: {len(first)} transitions in {len(self.reports)} acts,"
            f" {died} of {points} (transition x crash point) survived,"
            f" {deaths} processes killed, {wrecks} wrecks restarted"
        )


class Story:
    """One world, told step by step; `at` is school time, and stands still in between."""

    def __init__(self, world: World, other: World, server: sessions.Server, seam: calls.Seam,
                 crossings: flows.Crossings, tally: Tally) -> None:  # fmt: skip
        self.world, self._server, self._seam = world, server, seam
        self._crossings, self._tally = crossings, tally
        self._camera = Camera(world.id, server.tables)
        self._other = invariants.Other(Camera(other.id, server.tables))

    def at(self, moment: datetime) -> None:
        """School time is `moment` now. What is due then waits for the next sweep."""
        self._server.set_clock(moment)

    def rest(self, moment: datetime) -> None:
        """Time passes, and everything that is due is done, without a crash."""
        self.at(moment)
        settle(self.world.id, via="test")

    def move(
        self, name: str, act: Callable[[], Any], *, at: datetime, at_least_once: bool = False
    ) -> Any:
        """Somebody asks for something: die at the calls of that, from rest to rest.

        `at_least_once`: an alarm that is repeated sounds again, and that is right.
        """
        self.rest(at)
        return self._survive(name, act, at_least_once=at_least_once)

    def sweep(self, name: str, act: Callable[[], Any], *, at: datetime) -> None:
        """Time passes, and `act` looks for what is due: nobody has asked, so it must be done."""
        settle(self.world.id, via="test")  # of the moment that has been until now
        self.at(at)
        self._survive(name, act, asked=False)

    def pending(self, name: str, act: Callable[[], Any]) -> None:
        """What has been left to the sweeps on purpose, at the present moment."""
        self._survive(name, act, asked=False)

    def sent(self) -> int:
        """How many messages have left for the outside world."""
        return len(self._seam.provider)

    def answered(self, task: UUID, by: str, answer: Mapping[str, Any], *, at: datetime) -> None:
        """An answer that lets another process begin, as a request does it: the task, then that."""
        done = human_tasks.complete(
            school_id=self.world.id, task_id=task, by=self.world[by], at=at, answer=answer
        )
        processes.start_now(self.world.id, done.case_id, at=at)

    def _survive(
        self, name: str, act: Callable[[], Any], *, asked: bool = True, at_least_once: bool = False
    ) -> Any:
        self._crossings.look()
        before = self._camera.take()
        scene = Scene(self.world.id, self._camera, before.ids(), self._seam)
        restarts = Restarts(scene, act, self._other)
        report = Report(name)
        try:
            answer = self._make(act, Crashing(
                scene, self._server, restarts, report, new=self._tally.sites.new, every=DEEP
            ))  # fmt: skip
        finally:
            restarts.end()
        settle(self.world.id, via="test")
        report.flows = self._crossings.look() & self._tally.wanted
        after = look(scene, self._other)
        self._keep(report, judge(
            report, before=before.words(scene.known) if asked else after.picture, after=after,
            at_least_once=at_least_once,
        ))  # fmt: skip
        return answer

    def do(
        self, task: str, by: str, answer: Mapping[str, Any], *, case: UUID, at: datetime
    ) -> None:
        """Somebody completes the oldest open task of this name."""
        with tenancy.scope(self.world.id):
            waiting = HumanTask.objects.filter(case=case, name=task, state__in=_LIVE)
            found = waiting.earliest("created_at")
        read = read_mark(self.world, found, by=by, at=at)
        self.move(f"complete {task}", lambda: human_tasks.complete(
            school_id=self.world.id, task_id=found.pk, by=self.world[by], at=at, answer=answer,
            as_read=read,
        ), at=at)  # fmt: skip

    def _make(self, act: Callable[[], Any], crashing: Crashing) -> Any:
        walking = os.getpid()
        self._seam.around = crashing.around
        try:
            answer = act()
            crashing.finish()
        finally:
            if os.getpid() != walking:
                os._exit(1)  # a victim that was told to die and did not
            self._seam.around = lambda _kind, perform: perform()
        return answer

    def _keep(self, report: Report, violations: list[str]) -> None:
        self._tally.reports.append(report)
        if DEEP and (missed := report.points() - report.died):
            violations.append(f"{report.name}: nobody died at {sorted(missed)}")
        if violations:
            raise AssertionError("\n".join(violations))


def tell_figures(tally: Tally, record_property: Callable[[str, object], None]) -> None:
    """The last test of a file: every transition was walked, and here is how often we died."""
    record_property(FIGURES, tally.judge())


@contextmanager
def told(world: World, other: World, tally: Tally) -> Iterator[Story]:
    """A story whose calls go through a seam until the end of the block."""
    connection.ensure_connection()
    server = sessions.Server(os.environ["DATABASE_OWNER_URL"])
    try:
        with calls.opened() as seam, flows.crossed() as crossings:
            yield Story(world, other, server, seam, crossings, tally)
    finally:
        server.close()
