"""The processes of an installation, as production runs them, each with a log of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from config import children, folders

GRACE_SECONDS: Final = 8.0
FAVOURITE_PORT: Final = 8000
#: Threads, so that nothing of a worker can outlive it; two, so that a long delivery holds up no
#: sweep, which would look like silence.
_WORKER: Final = (
    *("--pool=threads", "--concurrency=2", "--loglevel=warning"),
    *("--without-gossip", "--without-mingle"),
)


class Ended(Exception):
    """A process is gone that should run. Says which, and its last words."""


class Processes:
    """Everything that runs beside the database and the broker."""

    def __init__(self, *, env: Mapping[str, str], logs: Path, port: int) -> None:
        self._env = {**os.environ, **env, "DATABASE_OWNER_URL": ""}
        self.logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.port = port

    def start(self) -> None:
        """All at once; who has to wait for whom waits by itself."""
        for name, words in _commands(self.port, self.logs).items():
            self._running[name] = children.start(
                [sys.executable, *words],
                on_parent_death=signal.SIGTERM,
                env=self._env,
                log=self.log(name),
            )

    def stop(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            children.stop(process, by=signal.SIGTERM, grace=GRACE_SECONDS)

    def check(self) -> None:
        """Raises Ended when one of them is gone."""
        for name, process in self._running.items():
            if process.poll() is not None:
                log = self.log(name)
                raise Ended(f"{name} 已退出（{process.returncode}），日志 {log}：{last_words(log)}")

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def free_port(*, favourite: bool) -> int:
    """8000 where a person will type it and nobody has it; else any that is free."""
    for wanted in (FAVOURITE_PORT, 0) if favourite else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("本机没有空闲端口。")


def _commands(port: int, logs: Path) -> Mapping[str, Sequence[str]]:
    celery = ("-m", "celery", "-A", "config.celery:app")
    return {
        "web": (
            *("-m", "gunicorn", "config.wsgi:application", f"--bind=127.0.0.1:{port}"),
            *("--workers=1", "--threads=8", "--graceful-timeout=3", "--log-level=warning"),
            *("--access-logfile=-", "--access-logformat=access %(s)s %(m)s %(U)s"),
        ),
        "watch": (str(folders.BASE_DIR / "manage.py"), "watch"),
        "worker-crisis": (*celery, "worker", "--queues=crisis", "--hostname=crisis@%h", *_WORKER),
        "worker": (*celery, "worker", "--queues=routine", "--hostname=routine@%h", *_WORKER),
        "beat": (*celery, "beat", f"--schedule={logs}/beat", "--loglevel=warning"),
    }


def last_words(log: Path) -> str:
    """The last line of a log that says something."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "（无）")
