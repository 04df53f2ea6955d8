"""The processes that bring messages on their way, as production runs them, to stop and to kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from config import children, folders

_CELERY: Final = ("-m", "celery", "-A", "config.celery:app")
_WORKER: Final = (
    *("--pool=threads", "--concurrency=2", "--loglevel=info"),
    *("--without-gossip", "--without-mingle"),
)
_GRACE: Final = 3.0
_READY_SECONDS: Final = 120.0
#: As `cpu_shares: 256` of docker-compose.yml: a quarter of the weight of everybody else.
_YIELDS: Final = ("nice", "-n", "6")
#: Two reserved for a crisis, so that one may be killed.
CRISIS: Final = ("crisis-1", "crisis-2")
WATCH: Final = "watch"


class NotReady(RuntimeError):
    """A worker did not come up."""


class Workers:
    """Two crisis workers, one for routine, beat and watch; each with a log."""

    def __init__(self, *, env: Mapping[str, str], logs: Path, undo: ExitStack) -> None:
        self._env = {**os.environ, **env, "DATABASE_OWNER_URL": ""}
        self._logs = logs
        self._undo = undo
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name in CRISIS:
            self.begin(
                name, *_CELERY, "worker", "--queues=crisis", f"--hostname={name}@%h", *_WORKER
            )
        routine = ("worker", "--queues=routine", "--hostname=r@%h", *_WORKER)
        self.begin("routine", *_CELERY, *routine, by=_YIELDS)
        self.begin("beat", *_CELERY, "beat", f"--schedule={self._logs}/beat", "--loglevel=warning")
        self.begin_watch()
        deadline = time.monotonic() + _READY_SECONDS
        while not all(self._ready(name) for name in (*CRISIS, "routine")):
            if time.monotonic() > deadline:
                raise NotReady(f"no worker after {_READY_SECONDS:g} s, see {self._logs}")
            time.sleep(0.1)

    def begin_watch(self) -> None:
        """As production runs it: what listens to the database is faster than the broker."""
        self.begin(WATCH, str(folders.BASE_DIR / "manage.py"), "watch", "--eager")

    def begin(self, name: str, *words: str, by: Sequence[str] = ()) -> None:
        process = children.start(
            [*by, sys.executable, *words],
            on_parent_death=signal.SIGTERM,
            env=self._env,
            log=self._logs / f"{name}.log",
        )
        # Nothing that they hold is wanted, and without a broker none of them ends when it is asked.
        self._undo.callback(children.stop, process, by=signal.SIGKILL, grace=_GRACE)
        self._running[name] = process

    def kill(self, name: str) -> None:
        self._running[name].kill()
        self._running[name].wait()

    def freeze(self, name: str) -> None:
        self._running[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._running[name].send_signal(signal.SIGCONT)

    def _ready(self, name: str) -> bool:
        if self._running[name].poll() is not None:
            raise NotReady(f"{name} ended, see {self._logs}")
        return " ready." in (self._logs / f"{name}.log").read_text(errors="replace")
