"""What a killed run left in a folder of Postgres: found, waited out, and ended."""

import os
import signal
import time
from pathlib import Path
from typing import Final

#: Postgres gets this long to end by itself.
GRACE_SECONDS: Final = 20.0


def clear(folder: Path) -> None:
    """Wait out, then end, what a killed run left in `folder`; drop its postmaster.pid.

    A zombie still counts as alive to Postgres, which would refuse to start; and a pid file may only
    go when no backend is left, since two postmasters on one folder destroy it.
    """
    deadline = time.monotonic() + GRACE_SECONDS
    while left := processes_in(folder):
        if time.monotonic() > deadline:
            for pid in left:
                kill(pid)
        time.sleep(0.02)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it ended by itself
        return


def processes_in(folder: Path) -> list[int]:
    """Live processes (no zombies) that work in `folder`: the postmaster and all its backends do."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            here = (entry / "cwd").readlink() == folder.resolve()
        except OSError:  # ended meanwhile, a zombie, or another user's
            continue
        if here:
            found.append(int(entry.name))
    return found
