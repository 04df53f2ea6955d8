"""Notes when the machine itself stood still: a pause that no fault of ours explains.

On a busy computer every process may wait for seconds, which for a lease is as good as SIGSTOP.
"""

import threading
import time
from typing import Final

from config.chaos.diary import Diary

_BEAT: Final = 0.05
#: Seconds a beat may be late before it counts.
LATE: Final = 0.25


class Pulse:
    """A thread that sleeps, and writes down how much too long."""

    def __init__(self, diary: Diary) -> None:
        self._diary, self._over = diary, threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            if self._over.wait(_BEAT):
                return
            late = time.monotonic() - began - _BEAT
            if late > LATE:
                self._diary.note(stall=late)
