"""Told to end, a process unwinds what it started: a signal becomes an exception, surely.

Python swallows an exception that meets a finalizer or a callback of a weak reference, prints it
and goes on. A process that was told to end would stay, and its servers with it: so such an ending
is taken up again a moment later.
"""

import signal
import sys
from types import FrameType
from typing import Final

_AGAIN_SECONDS: Final = 0.05


def unwind(ending: BaseException, *, on: tuple[signal.Signals, ...]) -> None:
    """Raise `ending` in the main thread on each of these signals, even if it gets swallowed."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise ending

    def take_up(unraisable: "sys.UnraisableHookArgs") -> None:
        if unraisable.exc_value is ending:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        else:
            sys.__unraisablehook__(unraisable)

    sys.unraisablehook = take_up
    for number in (*on, signal.SIGALRM):
        signal.signal(number, end)
