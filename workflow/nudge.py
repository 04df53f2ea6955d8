"""Asks a worker to look now, right after the commit. Losing a nudge costs one beat, no message.

The caller must never wait for the broker: one that is stopped keeps a plain send_task for half a
minute, and the person who reported a crisis waits with it. So a thread of this process publishes,
and what it has not managed yet is at most one wish per lane.
"""

import logging
import os
import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from celery import current_app
from django.db import connection, transaction

logger = logging.getLogger(__name__)

CRISIS: Final = "crisis"
#: `manage.py watch` listens here. Only crisis transactions notify: each takes a global lock.
CHANNEL: Final = "crisis"
#: Tells whose message it is: the listener need not ask.
_NOTIFY: Final = "SELECT pg_notify(%s, current_setting('app.school', true))"
TASK: Final = "workflow.look"
#: Seconds after which a nudge is stale; a beat has looked since.
_EXPIRES: Final = 30
#: The first nudge goes at once, the next ones of this process no closer than so many seconds: each
#: costs more than a step of a process, and a worker looks at everything that is due.
_APART: Final[Mapping[str, float]] = {CRISIS: 0.1}
_APART_ELSE: Final = 0.25
#: Whoever listens hears of a crisis from the database. A worker woken at the same moment would
#: only take the processor from it; if nobody listens, a crisis waits no longer than this.
_LISTENER_FIRST: Final = 0.03


def soon(lane: str, *, notified: bool = False) -> None:
    """After the caller's commit, have somebody look at `lane`. Call inside the transaction.

    `notified`: the caller's own statement has notified `channel_of(lane)` already.
    Never raises for a broker: `robust`, because the report is saved and its author must not see
    an error.
    """
    if not notified and channel_of(lane):
        with connection.cursor() as cursor:
            cursor.execute(_NOTIFY, [CHANNEL])
    transaction.on_commit(partial(now, lane), robust=True)


def channel_of(lane: str) -> str:
    """What a transaction of this lane notifies; "" for nothing."""
    return CHANNEL if lane == CRISIS else ""


def now(lane: str) -> None:
    """Have somebody look at `lane`. Returns at once, whatever the broker does."""
    _publisher.ask(lane)


def warm_up() -> None:
    """Connect to the broker before the first request needs it: that connection costs 60 ms."""
    now("routine")


class _Publisher:
    """One daemon thread and the lanes that it still has to ask for: never more than two wishes."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """A forked child inherits neither the thread nor a lock in a known state."""
        self._wanted: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, lane: str) -> None:
        with self._changed:
            if lane in self._wanted:
                return
            self._wanted.add(lane)
            if channel_of(lane):
                first = time.monotonic() + _LISTENER_FIRST
                self._not_before[lane] = max(self._not_before.get(lane, 0.0), first)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="nudge", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _work(self) -> None:
        while True:
            lane = self._next()
            _publish(lane)
            apart = _APART.get(lane, _APART_ELSE)
            self._not_before[lane] = time.monotonic() + apart

    def _next(self) -> str:
        """Waits for a wish whose time has come; a crisis goes first."""
        with self._changed:
            while True:
                now = time.monotonic()
                pauses = {lane: self._not_before.get(lane, 0.0) - now for lane in self._wanted}
                ripe = [lane for lane, pause in pauses.items() if pause <= 0]
                if ripe:
                    lane = CRISIS if CRISIS in ripe else ripe[0]
                    self._wanted.discard(lane)
                    return lane
                self._changed.wait(min(pauses.values(), default=None))


_publisher = _Publisher()
os.register_at_fork(after_in_child=_publisher.start_anew)


def _publish(lane: str) -> None:
    try:
        current_app.send_task(
            TASK,
            args=(lane,),
            queue=lane,
            expires=_EXPIRES,
            ignore_result=True,
            retry=True,
            retry_policy={"max_retries": 0},  # retry=False waits 6 s for a dead broker, this 1 ms
        )
    except Exception as gone:  # noqa: BLE001 -- whatever ails the broker, the sweep finds the rows
        logger.warning("nudge.lost lane=%s error=%s", lane, type(gone).__name__)
