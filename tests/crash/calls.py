"""The seam between a process and everything outside: database, channels, broker, in one order.

While a seam is open, each call goes through its `around`, in the thread that made it: sending side
by side would give the calls another order each time.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

import psycopg
import pytest
from django.db import connection

from parties import round_trips
from workflow import channels, nudge, senders
from workflow.channels import Envelope

ROOT: Final = Path(__file__).resolve().parents[2]
_PRODUCT: Final = tuple(f"{ROOT / name}/" for name in ("workflow", "records", "parties", "ledger"))

#: The kinds that end a transaction.
ENDS: Final = frozenset({"commit", "rollback"})

Perform = Callable[[], Any]
Around = Callable[[str, Perform], Any]


class Seam:
    """Where whoever counts calls stands; `around(kind, perform)` must perform, or die."""

    def __init__(self) -> None:
        self.around: Around = lambda _kind, perform: perform()
        #: What left for the outside world, by its lasting key: the provider's own log.
        self.provider: list[str] = []

    def send(self, envelope: Envelope) -> None:
        self.around("send", lambda: self.provider.append(envelope.key))

    def ask(self, _lane: str) -> None:
        """The broker hears nothing: losing a nudge may cost a beat and never an outcome."""
        self.around("nudge", lambda: None)


class InThisThread:
    """An executor that runs what it is given before it answers."""

    def __init__(self, *_args: object, **_more: object) -> None:
        pass

    def submit(self, act: Callable[..., None], *args: object) -> Future[None]:
        done: Future[None] = Future()
        try:
            act(*args)
            done.set_result(None)
        except Exception as failure:  # noqa: BLE001 -- as concurrent.futures does: kept for whoever asks
            done.set_exception(failure)
        return done

    def shutdown(self, **_how: object) -> None:
        pass


@contextmanager
def opened() -> Iterator[Seam]:
    """Calls go through the seam until the end of the block."""
    seam = Seam()
    with pytest.MonkeyPatch.context() as patch:
        _through_cursors(patch, seam)
        _through_connections(patch, seam)
        begin = _counted("execute", round_trips._begin, seam, lambda it: it)
        patch.setattr(round_trips, "_begin", begin)
        patch.setattr(channels, "send", seam.send)
        patch.setattr(nudge, "now", seam.ask)
        patch.setattr(senders, "ThreadPoolExecutor", InThisThread)
        yield seam


def _through_cursors(patch: pytest.MonkeyPatch, seam: Seam) -> None:
    for kind, owner in (
        ("execute", psycopg.Cursor),
        ("executemany", psycopg.Cursor),
        ("execute", psycopg.ServerCursor),
    ):
        patch.setattr(
            owner, kind, _counted(kind, getattr(owner, kind), seam, lambda it: it.connection)
        )


def _through_connections(patch: pytest.MonkeyPatch, seam: Seam) -> None:
    for kind in ENDS:
        perform = getattr(psycopg.Connection, kind)
        patch.setattr(psycopg.Connection, kind, _counted(kind, perform, seam, lambda it: it))


def _counted(
    kind: str, perform: Callable[..., Any], seam: Seam, connection_of: Callable[[Any], object]
) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **more: Any) -> Any:
        if connection_of(self) is not connection.connection:
            return perform(self, *args, **more)  # of the test itself, or not yet set up
        return seam.around(kind, lambda: perform(self, *args, **more))

    return call


def site() -> str:
    """The product's line that makes the present call."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_PRODUCT):
            return f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}"
        frame = frame.f_back
    return "?"
