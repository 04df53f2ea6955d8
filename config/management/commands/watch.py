"""The understudy of Celery: needs no broker, and sweeps by itself while Celery's sweeps are silent.

Celery's sweeps leave a heartbeat row per lane. When it grows old (broker gone, workers stuck, beat
dead) this process takes the lane over until the heartbeat is back. It also listens for the notice
that a crisis transaction sends, so a report that comes in meanwhile goes out at once; an eager one
does not wait for Celery to fall silent, for the notice is faster than any broker.
"""

import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from types import FrameType
from typing import Any, Final

import psycopg
from django.core.management.base import BaseCommand, OutputWrapper
from django.db import InterfaceError, OperationalError, connection, connections

from config import startup
from workflow import nudge, sweeps

VIA: Final = "watch"
WATCHED: Final = "celery"
LOOK_SECONDS: Final = 0.5
#: Between two tries to reach a database that is gone.
FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 5.0

_GONE: Final = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)


@dataclass
class _Lane:
    """One lane, and whether this process sweeps it."""

    name: str
    label: str
    grace: timedelta
    every: float
    taken: bool = False
    next_run: float = 0.0


class Watch:
    """The loop, apart from the command line. `stop` ends it within LOOK_SECONDS."""

    def __init__(self, *, stop: Event, out: OutputWrapper, eager: bool = False) -> None:
        self._stop, self._out, self._eager = stop, out, eager
        self._began = time.monotonic()
        self._lanes = (
            _Lane(sweeps.CRISIS, "危机通道", timedelta(seconds=1.5), every=1.0),
            _Lane(sweeps.ROUTINE, "常规通道", timedelta(seconds=15), every=5.0),
        )

    def once(self) -> None:
        """Sweep every lane that is silent now, and return."""
        for lane in self._lanes:
            self._look(lane, silent=sweeps.silence(lane.name, driver=WATCHED), noticed=False)

    def forever(self) -> None:
        """Until told to stop; a database that restarts is waited for."""
        wait = FIRST_WAIT
        while not self._stop.is_set():
            try:
                with _listening() as listener:
                    wait, self._began = FIRST_WAIT, time.monotonic()
                    while not self._stop.is_set():
                        self._round(listener)
            except _GONE as gone:
                self._say(f"数据库连接中断（{type(gone).__name__}），{wait:g} 秒后重连")
                connection.close()
                self._stop.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def _round(self, listener: psycopg.Connection[Any]) -> None:
        now = time.monotonic()
        runs = [lane.next_run - now for lane in self._lanes if lane.taken]
        pause = max(0.0, min([LOOK_SECONDS, *runs]))
        told = [notice.payload for notice in listener.notifies(timeout=pause, stop_after=1)]
        noticed = bool(told)
        if noticed and self._eager:
            _hear(told)  # before anything else is asked
            noticed = False
        watched = timedelta(seconds=time.monotonic() - self._began)
        for lane in self._lanes:
            # Nobody is silent for longer than we have been listening.
            silent = min(sweeps.silence(lane.name, driver=WATCHED), watched)
            self._look(lane, silent=silent, noticed=noticed and lane.name == sweeps.CRISIS)

    def _look(self, lane: _Lane, *, silent: timedelta, noticed: bool) -> None:
        self._take_or_give_back(lane, silent)
        now = time.monotonic()
        if lane.taken and (noticed or now >= lane.next_run):
            sweeps.run(lane.name, via=VIA)
            lane.next_run = now + lane.every

    def _take_or_give_back(self, lane: _Lane, silent: timedelta) -> None:
        if not lane.taken and silent > lane.grace:
            lane.taken, lane.next_run = True, 0.0
            self._say(
                f"{lane.label}：Celery 已静默超过 {lane.grace.total_seconds():g} 秒，由 watch 接管"
            )
        elif lane.taken and silent <= lane.grace:
            lane.taken = False
            self._say(f"{lane.label}：Celery 已恢复，watch 交还")

    def _say(self, sentence: str) -> None:
        self._out.write(sentence)
        self._out.flush()


class Command(BaseCommand):
    help = "Celery 静默时代为巡查：升级、投递、定时照常进行，不需要消息代理。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="只检查一次，必要时代为巡查一轮")
        parser.add_argument(
            "--eager", action="store_true", help="有新的危机时，即使 Celery 正常也立即投递"
        )

    def handle(self, *, once: bool, eager: bool, **options: Any) -> None:
        stop = Event()
        watch = Watch(stop=stop, out=self.stdout, eager=eager)
        if once:
            watch.once()
            return

        def end(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        startup.spare_what_stays()
        watch.forever()


def _hear(told: Sequence[str]) -> None:
    """Each notice names its school; one that does not is only a reason to look."""
    schools = {int(payload) for payload in told if payload.isdecimal()}
    for school_id in sorted(schools):
        sweeps.hear(school_id, via=VIA)
    if not schools:
        sweeps.run(sweeps.CRISIS, via=VIA)


@contextmanager
def _listening() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own that hears of every crisis as it commits."""
    apart = connections[connection.alias].copy()
    apart.ensure_connection()
    try:
        listener: psycopg.Connection[Any] = apart.connection
        listener.execute(f"LISTEN {nudge.CHANNEL}")
        yield listener
    finally:
        apart.close()
