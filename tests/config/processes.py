"""Processes as /proc shows them, and stacks started in processes of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.folders import BASE_DIR

PATIENCE_SECONDS = 20.0

# Started as root, everything is imported before the user is dropped: the interpreter itself may
# live where an unprivileged user cannot read it.
_HOLDER = """
import encodings.idna, json, os, sys, time
sys.path.insert(0, {base!r})
import psycopg
from pathlib import Path
from config import devstack
uid = {uid!r}
if uid is not None:
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
data = {data!r} and Path({data!r})
stack = devstack.start(data=data, redis={redis!r}, ignore_environment=True)
print(json.dumps({{
    "env": stack.env(), "data": str(stack.data),
    "postgres": stack.postgres and stack.postgres.pid,
    "valkey": stack.valkey and stack.valkey.pid,
}}), flush=True)
sys.stdin.read()
stack.close()
"""


@contextmanager
def holder(
    *, data: Path, uid: int | None = None, redis: bool = True
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A process that holds the stack in `data` until its stdin closes; yields it and its words."""
    script = _HOLDER.format(base=str(BASE_DIR), uid=uid, data=str(data), redis=redis)
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, "TMPDIR": str(data.parent)},  # a killed holder leaves its sockets here
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the stack did not start"
        yield process, json.loads(line)
    finally:
        process.stdin.close()
        process.wait(PATIENCE_SECONDS)
        process.stdout.close()


def wait_until(true: Callable[[], bool]) -> bool:
    """Whether `true` became so in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def runs(pid: int) -> bool:
    """Whether `pid` runs; a zombie, which nobody may be there to reap, does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid
