"""The processes of an installation, as production runs them, to kill, to freeze and to start again.

Two routine workers, and at times two beats, because a school may run as many as it likes. Every
process is a process group of its own, and a fault hits the whole group.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from config import children, folders

WEB: Final = "web"
CRISIS: Final = "worker-crisis"
ROUTINE: Final = ("worker-1", "worker-2")
BEAT: Final = "beat"
SECOND_BEAT: Final = "beat-2"
WATCH: Final = "watch"
PROVIDER: Final = "provider"
LOAD: Final = "load"
#: What runs from the first moment on, in the order in which it starts.
PRODUCT: Final = (WEB, WATCH, CRISIS, *ROUTINE, BEAT)
GRACE_SECONDS: Final = 8.0
#: A beat says nothing once it runs; by then it does.
_BEAT_SECONDS: Final = 3.0
#: How long the one who kills waits for an answer.
_PROBE_SECONDS: Final = 0.3
_READY: Final = b" ready."


@dataclass
class Member:
    """One process; `said` is how long its log was when it was started."""

    process: subprocess.Popen[bytes]
    began: float
    said: int
    frozen: bool = False
    ready: bool = False


class Crew:
    """Everything that is started here is ended by `stop`. Of the main thread alone."""

    def __init__(self, *, env: Mapping[str, str], logs: Path, port: int, watching: str) -> None:
        """`watching`: a database address that shows every connection."""
        self._env, self._logs, self._watching = dict(env), logs, watching
        self._members: dict[str, Member] = {}
        self._down: set[str] = set()
        self.port = port
        self._words: dict[str, Sequence[str]] = {**_commands(port, logs)}

    def add(self, name: str, *words: str) -> None:
        """A process of the campaign's own, beside those of the product."""
        self._words[name] = words

    def start(self, name: str) -> None:
        self._down.discard(name)
        log = self._logs / f"{name}.log"
        said = log.stat().st_size if log.exists() else 0
        process = children.start(
            [sys.executable, *self._words[name]],
            on_parent_death=signal.SIGTERM,
            env={**self._env, "PGAPPNAME": name},
            log=log,
        )
        self._members[name] = Member(process, time.monotonic(), said)

    def kill(self, name: str) -> None:
        """SIGKILL for the whole group, at once; it stays down until it is started again."""
        member = self._members[name]
        self._down.add(name)
        _signal(member, signal.SIGKILL)
        member.process.wait()

    def freeze(self, name: str) -> None:
        self._members[name].frozen = True
        _signal(self._members[name], signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._members[name].frozen = False
        _signal(self._members[name], signal.SIGCONT)

    def revive(self) -> None:
        """What any supervisor does: start again what ended by itself.

        A server refuses to start without its database, so this is no fault of its own.
        """
        for name in (PROVIDER, *PRODUCT):
            if name in self._members and name not in self._down and not self.runs(name):
                self.start(name)

    def end(self, name: str, *, grace: float = GRACE_SECONDS) -> int:
        """Ask it to end, insist, and return its exit status."""
        member = self._members[name]
        children.stop(member.process, by=signal.SIGTERM, grace=grace)
        _signal(member, signal.SIGKILL)  # of a web server's group somebody may be left
        return member.process.returncode

    def stop(self) -> None:
        for member in self._members.values():
            if member.process.poll() is None:
                _signal(member, signal.SIGCONT)
                _signal(member, signal.SIGTERM)
        for name in self._members:
            self.end(name)

    def runs(self, name: str) -> bool:
        member = self._members.get(name)
        return member is not None and member.process.poll() is None

    def fit(self, name: str) -> bool:
        """Whether it runs, is not frozen, and has begun its work."""
        member = self._members.get(name)
        if member is None or member.frozen or member.process.poll() is not None:
            return False
        member.ready = member.ready or self._begun(name, member)
        return member.ready

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _begun(self, name: str, member: Member) -> bool:
        if name == WEB:
            return _answers(self.port)
        if name == WATCH:
            return self._connected(name)
        if name in {CRISIS, *ROUTINE}:
            with self.log(name).open("rb") as log:
                log.seek(member.said)
                return _READY in log.read()
        return time.monotonic() - member.began > _BEAT_SECONDS

    def _connected(self, name: str) -> bool:
        try:
            with psycopg.connect(self._watching, connect_timeout=2) as database:
                found = database.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = %s", [name]
                )
                return found.fetchone() is not None
        except psycopg.Error:
            return False


def _signal(member: Member, number: signal.Signals) -> None:
    try:
        os.killpg(member.process.pid, number)
    except ProcessLookupError:
        return


def _answers(port: int) -> bool:
    """Whether the web server serves; its port is open long before that."""
    with socket.socket() as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(("127.0.0.1", port))
            probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return probe.recv(16).startswith(b"HTTP/1.")
        except OSError:
            return False


def _commands(port: int, logs: Path) -> Mapping[str, Sequence[str]]:
    celery = ("-m", "celery", "-A", "config.celery:app")
    worker = (*celery, "worker", "--pool=threads", "--concurrency=2", "--loglevel=info")
    quiet = ("--without-gossip", "--without-mingle")
    routine = {
        name: (*worker, *quiet, "--queues=routine", f"--hostname={name}@%h") for name in ROUTINE
    }
    beats = {
        name: (*celery, "beat", f"--schedule={logs}/{name}.schedule", "--loglevel=warning")
        for name in (BEAT, SECOND_BEAT)
    }
    return {
        WEB: (
            *("-m", "gunicorn", "config.wsgi:application", f"--bind=127.0.0.1:{port}"),
            *("--workers=1", "--threads=8", "--graceful-timeout=3", "--log-level=warning"),
        ),
        WATCH: (str(folders.BASE_DIR / "manage.py"), "watch", "--eager"),
        CRISIS: (*worker, *quiet, "--queues=crisis", "--hostname=crisis@%h"),
        **routine,
        **beats,
    }
