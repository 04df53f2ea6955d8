"""Processes of the product, started as in production, to stop and kill for real.

They work on this test's own database and broker, which tests.services put into the environment.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import children, folders
from config.servers import Valkey
from tests.receivers import SECRET, Gateway, gateway, until

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    """A process of the product and what it has written so far."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self, pattern: str) -> bool:
        return re.search(pattern, self.log.read_text()) is not None

    def wait_for(self, pattern: str, *, seconds: float = 20.0) -> None:
        until(lambda: self.said(pattern), seconds=seconds)

    def kill(self) -> None:
        """SIGKILL, as the kernel does when memory runs out."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start("celery", ..., env={...}): a child that ends with this test, however it ends."""
    with ExitStack() as closing:

        def begin(*words: str, env: Mapping[str, str] | None = None) -> Running:
            log = tmp_path / f"{len(list(tmp_path.iterdir()))}-{words[0]}.log"
            process = children.start(
                [sys.executable, *words], env={**os.environ, **(env or {})}, log=log
            )
            closing.callback(children.stop, process, by=signal.SIGTERM, grace=0.5)
            return Running(process, log)

        yield begin


@pytest.fixture
def worker(start: Start) -> Start:
    """A Celery worker of one lane, ready for work."""

    def begin(lane: str = "crisis", env: Mapping[str, str] | None = None) -> Running:
        words = ["-m", "celery", "-A", "config", "worker", "-Q", lane, "-P", "solo"]
        running = start(*words, "-l", "INFO", "-n", f"{lane}-{os.urandom(4).hex()}@test", env=env)
        running.wait_for(r" ready\.")
        return running

    return begin


@pytest.fixture
def watch(start: Start) -> Start:
    def begin(*words: str, env: Mapping[str, str] | None = None) -> Running:
        return start("manage.py", "watch", *words, env=env)

    return begin


@pytest.fixture
def sms_gateway() -> Iterator[Gateway]:
    """What processes reach with SMS in their environment."""
    with gateway() as here:
        yield here


def sms(here: Gateway) -> dict[str, str]:
    return {"SMS_GATEWAY_URL": here.url, "SMS_GATEWAY_SECRET": SECRET}


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A broker of this test's own, to kill and to freeze."""
    with ExitStack() as closing:
        home = folders.sockets(closing, within=None)
        server = Valkey(sockets=home, log=home / "valkey.log")
        server.start()
        closing.callback(server.stop)
        yield server
