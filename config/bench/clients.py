"""Client processes that do the same thing at the same time: four people, not one in a hurry.

They are forked from the process that filled the database and wait for orders on a pipe. One that
loses its parent reads the end of the pipe and ends.
"""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Final, Self

from django.db import connection

from config import startup
from config.bench.measuring import Slot

#: What one operation gets to work on; says which kind it was.
Job = Any
Arm = Callable[[Job], str]

#: Seconds from the order to the common start.
_TOGETHER: Final = 0.02
_LONGEST_ANSWER: Final = 300.0
#: Seconds for a client to notice that it is over, on a machine that does other things.
_LONGEST_END: Final = 10.0
_fork: Final = multiprocessing.get_context("fork")


class ClientFailed(RuntimeError):
    """A client process raised; its traceback is in the message."""


@dataclass(frozen=True, slots=True)
class Order:
    """Do `arm` on `jobs` from `begin` on until `seconds` are over, or at the given pace.

    `gap`: seconds between two arrivals of an open loop; a late answer does not put off the next
    arrival, and its waiting counts. 0 means one after the other.
    """

    arm: str
    jobs: Sequence[Job]
    begin: float
    seconds: float
    gap: float = 0.0


@dataclass
class _Client:
    process: BaseProcess
    pipe: Connection
    #: It has loaded everything and waits for orders.
    ready: bool = False


@dataclass
class Clients:
    """`count` processes, each with the arms that `make` builds in it."""

    make: Callable[[], Mapping[str, Arm]]
    count: int
    _clients: list[_Client] = field(default_factory=list)

    def __enter__(self) -> Self:
        connection.close()  # a forked child must not speak on its parent's connection
        for _ in range(self.count):
            ours, theirs = _fork.Pipe()
            others = [ours, *(client.pipe for client in self._clients)]
            process = _fork.Process(target=_serve, args=(theirs, others, self.make), daemon=True)
            process.start()
            theirs.close()
            self._clients.append(_Client(process, ours))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients:
            client.pipe.close()
        for client in self._clients:
            client.process.join(_LONGEST_END)
            if client.process.is_alive():
                client.process.kill()

    def slot(
        self, arm: str, jobs: Sequence[Job], seconds: float, *, rate: float = 0.0
    ) -> tuple[Slot, list[Job]]:
        """Let all clients do `arm` for `seconds`; `rate`: arrivals a second over all of them.

        Answers what they did, and the jobs that nobody came to.
        """
        for client in self._clients:
            _await(client)
        gap = self.count / rate if rate else 0.0
        begin = time.monotonic() + _TOGETHER
        dealt = [list(jobs[number :: self.count]) for number in range(self.count)]
        for number, (client, own) in enumerate(zip(self._clients, dealt, strict=True)):
            late = begin + gap * number / self.count
            client.pipe.send(Order(arm, own, late, seconds, gap))
        slots = [_answer(client) for client in self._clients]
        left = [
            job
            for slot, own in zip(slots, dealt, strict=True)
            for job in own[sum(map(len, slot.took.values())) :]
        ]
        return _merged(arm, slots), left


def _await(client: _Client) -> None:
    """A client that is still loading would begin its first slot late."""
    if not client.ready:
        client.ready = _said(client) is True


def _answer(client: _Client) -> Slot:
    answer = _said(client)
    if not isinstance(answer, Slot):
        raise ClientFailed(repr(answer))
    return answer


def _said(client: _Client) -> object:
    if not client.pipe.poll(_LONGEST_ANSWER):
        raise ClientFailed("a client did not answer")
    answer = client.pipe.recv()
    if isinstance(answer, str):
        raise ClientFailed(answer)
    return answer


def _merged(arm: str, slots: Sequence[Slot]) -> Slot:
    whole = Slot(arm, max(slot.seconds for slot in slots))
    for slot in slots:
        for kind, times in slot.took.items():
            whole.took.setdefault(kind, []).extend(times)
    return whole


def _serve(
    pipe: Connection, others: Sequence[Connection], make: Callable[[], Mapping[str, Arm]]
) -> None:
    """Until the pipe ends: `others` are its parent's ends, and a pipe ends with the last copy."""
    for inherited in others:
        inherited.close()
    try:
        arms = make()
        startup.spare_what_stays()  # as every process that serves does
        pipe.send(True)  # noqa: FBT003 -- ready
        while True:
            order = pipe.recv()
            pipe.send(_perform(order, arms[order.arm]))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return
    except Exception:  # noqa: BLE001 -- the driver raises it, with the place
        pipe.send(traceback.format_exc())


def _perform(order: Order, arm: Arm) -> Slot:
    slot = Slot(order.arm)
    _wait_until(order.begin)
    for due, job in zip(_arrivals(order), order.jobs, strict=False):
        kind = arm(job)
        slot.took.setdefault(kind, []).append(time.monotonic() - due)
    slot.seconds = max(time.monotonic() - order.begin, 1e-9)
    return slot


def _arrivals(order: Order) -> Iterator[float]:
    """When each operation was due to begin."""
    end = order.begin + order.seconds
    number = 0
    while True:
        now = time.monotonic()
        due = order.begin + number * order.gap if order.gap else now
        if due >= end:
            return
        _wait_until(due)
        yield due
        number += 1


def _wait_until(moment: float) -> None:
    pause = moment - time.monotonic()
    if pause > 0:
        time.sleep(pause)
