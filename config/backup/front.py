"""A drill on a laptop: services of its own, migrated, and the drill as their guest.

Everything started here ends with this process, also when it is killed.
"""

import os
import signal
import sys
from contextlib import ExitStack
from typing import Final

from config import children, devstack, folders

_GRACE: Final = 20.0
FAILED: Final = 1


def perform(words: list[str]) -> int:
    """Run `manage.py drill` with these words on throw-away services; its exit status.

    They flush to the disk as production does: a drill that need not wait would measure nothing.
    """
    with ExitStack() as undo:
        try:
            stack = devstack.start(throwaway=True, fsync=True, redis=False, ignore_environment=True)
        except devstack.ServicesUnavailable as unavailable:
            sys.stderr.write(f"{unavailable}\n")
            return FAILED
        undo.enter_context(stack)
        env = {**os.environ, **stack.env(), "SANFANG_ENV": "demo"}
        env["REDIS_URL"] = "unix:///nonexistent/no-broker.sock"
        for act in (["migrate", "--verbosity=0"], ["drill", "--traffic", *words]):
            argv = [sys.executable, str(folders.BASE_DIR / "manage.py"), *act]
            child = children.start(argv, on_parent_death=signal.SIGTERM, env=env)
            undo.callback(children.stop, child, by=signal.SIGTERM, grace=_GRACE)
            if status := child.wait():
                return status
    return 0
