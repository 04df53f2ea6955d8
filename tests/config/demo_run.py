"""The real command in a process of its own, and what it leaves behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from config.demo.visitor import Visitor
from config.folders import BASE_DIR
from tests.config.processes import wait_until

#: contracts: a scenario ends within 90 s; twice that on a machine that does other things besides.
LONGEST_SECONDS = 180
MARK = "DEMO_TEST_MARK"


@dataclass(frozen=True)
class Played:
    """How a run ended: status, everything it said, and its JSON."""

    status: int
    said: str
    result: dict[str, Any]

    def kinds(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.result["events"] if event["kind"] == kind]


@dataclass(frozen=True)
class Stayed:
    """A run that keeps its data and stays up, what a visitor found there, and how it ended."""

    played: Played
    docs: int
    roles: set[str]
    all_ended: bool
    data_kept: bool


def play_and_visit(json_path: Path) -> Stayed:
    """Play the crisis, open the links that it tells, and end it by Ctrl-C."""
    with data_folder() as data, under_way("--json", str(json_path), data=data) as (demo, mark):
        lines = lines_until(demo, "按 Ctrl-C 结束")
        address = _last_word(lines, "接口文档")
        docs = httpx.get(address, trust_env=False).status_code
        visitor = Visitor(address.partition("/api/")[0])
        visitor.open_link(_last_word(lines, "分管副校长：一次性登录链接"))
        roles = {role["code"] for role in visitor.get("session")["roles"]}
        demo.send_signal(signal.SIGINT)
        status = demo.wait(60)
        ended = wait_until(lambda: not marked(mark))
        kept = (data / "postgres").exists()
    said, result = "".join(lines), json.loads(json_path.read_text())
    return Stayed(Played(status, said, result), docs, roles, all_ended=ended, data_kept=kept)


def _last_word(lines: Sequence[str], words: str) -> str:
    return next(line for line in lines if words in line).split()[-1]


def play(json_path: Path, *words: str) -> Played:
    """Play the crisis to its end."""
    argv = ["--speed", "600", "--exit", "--json", str(json_path), *words]
    done = subprocess.run(
        command(*argv), capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    said = f"{done.stdout}\n{done.stderr}"
    return Played(done.returncode, said, json.loads(json_path.read_text()))


def command(*words: str) -> list[str]:
    return [sys.executable, str(BASE_DIR / "manage.py"), "demo", *words]


@contextmanager
def data_folder() -> Iterator[Path]:
    """Where nobody, the user of embedded servers under root, can get in."""
    folder = Path(tempfile.mkdtemp(prefix="sanfang-demo-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def under_way(*words: str, data: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running demo and a mark that all its processes carry; killed at the end at the latest.

    With `data` it keeps them there, as `make demo` does, and stays up.
    """
    mark = uuid4().hex
    services = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SANFANG_ROOT_KEY"}
    inherited = {name: value for name, value in os.environ.items() if name not in services}
    kept = {} if data is None else {"SANFANG_DATA": str(data)}
    process = subprocess.Popen(
        command("--speed", "600", *([] if data else ["--exit"]), *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**inherited, **kept, MARK: mark},
    )
    try:
        yield process, mark
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def lines_until(process: subprocess.Popen[str], words: str) -> list[str]:
    """All that it says up to the line with `words`, or to its end."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            break
    return said


def said_until(process: subprocess.Popen[str], words: str) -> str:
    """Read what it says up to the line with `words`; "" when it never came."""
    assert process.stdout is not None
    return next((line for line in process.stdout if words in line), "")


def marked(mark: str) -> list[int]:
    """Ids of all processes that carry the mark; servers that were given another environment do."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in environment:
            found.append(int(entry.name))
    return found
