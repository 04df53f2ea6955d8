"""Dies at the calls of one act, restarts after each kind of wreck, and compares with no crash.

The walking process makes the act once, for real. Wherever no transaction is open it stops and
looks: has anything been committed since the last look, then a restarted process comes to rest from
here, with the client's repetition and without. Before a transaction begins, victims die inside it,
at every call or at those that nobody has died at yet.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.db import connection

from tests.crash import sessions
from tests.crash.calls import Perform
from tests.crash.flows import Flow
from tests.crash.picture import Row, differences
from tests.crash.restarts import Outcome, Restarts, Scene
from tests.crash.victims import KILLED, Board, Victim, killed

_FEW: Final = 6


@dataclass(frozen=True, order=True)
class Point:
    """A place to die: before or after the call with this number, counted from one."""

    call: int
    when: Literal["before", "after"]


@dataclass(frozen=True)
class Wreck:
    """What a dead process left, and how it looked when a restart had come to rest."""

    after: int
    alone: Outcome
    repeated: Outcome | None


@dataclass
class Report:
    """One act: how many calls it makes, where processes died, and what it crosses."""

    name: str
    calls: int = 0
    deaths: int = 0
    died: set[Point] = field(default_factory=set)
    flows: frozenset[Flow] = frozenset()
    wrecks: list[Wreck] = field(default_factory=list)

    def points(self) -> frozenset[Point]:
        """Every place to die that the act has."""
        return frozenset(
            Point(call, when) for call in range(1, self.calls + 1) for when in ("before", "after")
        )

    def note(self, number: int) -> None:
        """Somebody died between two calls: after the one, which is before the next."""
        self.deaths += 1
        self.died |= {Point(number - 1, "after"), Point(number, "before")}


@dataclass(frozen=True)
class _Wreckage:
    """What lasts: rows and newest transaction of each table, and how many messages have left."""

    tables: Mapping[str, tuple[int, int]]
    sent: int


class _Reborn(BaseException):
    """We are the fork: leave whatever the one that walks was doing, and go on as a victim."""

    def __init__(self, victim: Victim) -> None:
        self.victim = victim


class Crashing:
    """Stands at the seam while one act is made."""

    def __init__(self, scene: Scene, server: sessions.Server, restarts: Restarts, report: Report,
                 *, new: Callable[[str], bool], every: bool) -> None:  # fmt: skip
        """`new` tells whether nobody has died yet at a line of the product, and then somebody has.

        `every`: die between all calls, whatever `new` says.
        """
        self._scene, self._server, self._restarts = scene, server, restarts
        self._report, self._new, self._every = report, new, every
        self._board = Board()
        self._backend = connection.connection.info.backend_pid
        self._left = self._wreckage()

    def around(self, kind: str, perform: Perform) -> Any:
        number = self._report.calls + 1
        if sessions.idle():
            self._between(number)
            if kind.startswith("execute") and not connection.connection.autocommit:
                try:
                    self._inside(number)
                except _Reborn as reborn:
                    return reborn.victim.around(kind, perform)
        self._report.calls = number
        return perform()

    def finish(self) -> None:
        """The act is over: its answer is on the way."""
        if not sessions.idle():
            raise AssertionError(f"{self._report.name} leaves a transaction open")
        self._between(self._report.calls + 1)

    # --- between transactions ---------------------------------------------------------------------

    def _between(self, number: int) -> None:
        """After the last call and before the one with this number."""
        changed = self._changed()
        if changed or self._every:
            self._die_here(number)
        if changed:
            alone = self._restarts.ask(repeat=False)
            repeated = self._restarts.ask(repeat=True) if self._repeats() else None
            self._report.wrecks.append(Wreck(number - 1, alone, repeated))

    def _repeats(self) -> bool:
        """Whether the client comes again: always, or once for each kind of request and commit."""
        kind = self._report.name.partition(" ")[0]
        return self._every or self._new(f"repeat {kind} {len(self._report.wrecks)}")

    def _die_here(self, number: int) -> None:
        """The victim keeps the session that made the last transaction; we take a new one."""
        pid = os.fork()
        if pid == 0:
            os._exit(KILLED)
        dead, self._backend = self._backend, sessions.renew()
        if not killed(pid):
            raise AssertionError(f"{self._report.name}: before {number} did not die as told")
        self._server.until_gone(dead)
        self._report.note(number)

    # --- inside a transaction ---------------------------------------------------------------------

    def _inside(self, first: int) -> None:
        sites = self._victim(first, None)
        end = first + len(sites) - 1
        self._report.note(end)
        for number, site in enumerate(sites[:-2], first + 1):
            if self._every or self._new(site):
                self._victim(first, number)
                self._report.note(number)
        before = self._left
        if self._changed():
            left = {table: told for table, told in self._left.tables.items()
                    if before.tables.get(table) != told}  # fmt: skip
            raise AssertionError(f"{self._report.name}: the dead of call {first} left {left}")

    def _victim(self, first: int, number: int | None) -> list[str]:
        """One death after the call before `number`; None: before the end. The calls that it saw."""
        pid = os.fork()
        if pid == 0:
            victim = Victim(self._board, first, number)
            self._scene.seam.around = victim.around
            raise _Reborn(victim)
        if not killed(pid):
            raise AssertionError(f"{self._report.name}: {number} from {first} did not die as told")
        backend, sites = self._board.read()
        self._server.until_gone(backend)
        return sites

    # --- what is left -----------------------------------------------------------------------------

    def _changed(self) -> bool:
        """Whether anything lasts now that did not at the last look."""
        before, self._left = self._left, self._wreckage()
        return before != self._left

    def _wreckage(self) -> "_Wreckage":
        return _Wreckage(self._server.state(), len(self._scene.seam.provider))


def judge(
    report: Report, *, before: Counter[Row], after: Outcome, at_least_once: bool
) -> list[str]:
    """Sentences for whatever a crash changed; empty when none did.

    Alone, a restart leads to the end of the act, or to where it had not been asked for: never to
    something between. Once it has answered, or its client repeats it, to its end.
    """
    found = [f"without a crash: {violation}" for violation in after.violations]
    for wreck in report.wrecks:
        where = f"{report.name}, dead after call {wreck.after} of {report.calls}"
        answered = wreck.after == report.calls
        found += [f"{where}: {each}" for each in wreck.alone.violations]
        if wreck.alone.picture != after.picture and (answered or wreck.alone.picture != before):
            found += _differ(f"{where}: half done", wreck.alone, after)
        if wreck.repeated is None:
            continue
        found += [f"{where}, repeated: {each}" for each in wreck.repeated.violations]
        if wreck.repeated.picture != after.picture and not at_least_once:
            found += _differ(f"{where}: the repetition ends elsewhere", wreck.repeated, after)
    return found


def _differ(where: str, found: Outcome, wanted: Outcome) -> list[str]:
    rows = differences(found.picture, wanted.picture)
    return [f"{where}: {row}" for row in rows[:_FEW]] + ([f"{where}: …"] if rows[_FEW:] else [])
