"""Processes that die at one call, and are seen to be dead by everybody.

A victim is a fork of the process that walks. Inside a transaction it goes on from the same line
with a session of its own, and `os._exit(137)` ends it between the two calls that it was told; it
never gets past the end of the transaction, so nothing of it may be left. Between two transactions
it keeps the session that made the last one, and the walking process takes a new one.

Whatever leaves the process is a call, so after one call and before the next the world is the same:
one death stands for both.
"""

import mmap
import os
import struct
from collections.abc import Callable
from typing import Final, NoReturn

import orjson

from tests.crash import sessions
from tests.crash.calls import ENDS, site

KILLED: Final = 137
_PAGE: Final = 1 << 16


class Board:
    """Memory that a victim shares with whoever sent it: its backend, and the calls it has seen."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, _PAGE)

    def write(self, backend: int, sites: list[str]) -> None:
        told = orjson.dumps(sites)
        self._page.seek(0)
        self._page.write(struct.pack("<II", backend, len(told)) + told)

    def read(self) -> tuple[int, list[str]]:
        self._page.seek(0)
        backend, length = struct.unpack("<II", self._page.read(8))
        sites: list[str] = orjson.loads(self._page.read(length))
        return backend, sites


class Victim:
    """What the fork does from now on: count, and die."""

    def __init__(self, board: Board, first: int, number: int | None) -> None:
        """Dies when the call `number` is about to be made; None: when the transaction would end.

        What was seen of the transaction stands on the board in the second case.
        """
        self._board, self._last = board, number
        self._number = first - 1
        self._backend = sessions.renew()
        self._sites: list[str] = []
        board.write(self._backend, [])

    def around(self, kind: str, perform: Callable[[], object]) -> object:
        self._number += 1
        self._sites.append(f"{kind} {site()}")
        if self._number == self._last:
            os._exit(KILLED)
        if kind in ENDS:
            self._end()
        return perform()

    def _end(self) -> NoReturn:
        self._board.write(self._backend, self._sites)
        os._exit(KILLED if self._last is None else 1)


def killed(pid: int) -> bool:
    """Wait for a child; whether it died as it was told."""
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == KILLED
