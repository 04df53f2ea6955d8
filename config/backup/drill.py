"""The drill: a backup of the running database, restored beside it, looked into, and thrown away.

A backup that was never restored is a hope. This asks, in one run: is the backup whole although
everything goes on, does all of it come back, and does a restored dispatcher keep still until a
person lets it go, and then leave the old messages unsent.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final
from uuid import uuid4

from pyrage import x25519

from config import children, folders
from config.backup import proving, restoring
from config.backup.database import DRILL_PREFIX, Database
from config.backup.receiver import Receiver
from config.backup.refusal import Refused
from config.backup.restoring import Backup
from config.backup.taking import Taken, take
from workflow import dispatch

_READY_SECONDS: Final = 60.0
_GRACE: Final = 10.0
_EVENTS: Final = "SELECT count(*) FROM ledger_event"


@dataclass
class Report:
    """What a drill found; `broken` holds one sentence for each promise that did not hold."""

    say: Callable[[str], None]
    broken: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 3)

    def promise(self, kept: object, words: str) -> None:
        """Say whether `words`, a promise, held."""
        self.say(f"  {'✓' if kept else '✗'} {words}")
        if not kept:
            self.broken.append(words)

    def as_json(self) -> dict[str, Any]:
        told = {"ok": not self.broken, "broken": self.broken, "seconds": self.seconds}
        return {**told, **self.figures}


@dataclass(frozen=True)
class Plan:
    """What to rehearse. `app`: the address of the plain role; `traffic`: write cases meanwhile."""

    home: Database
    app: Database
    attachments: Path
    app_role: str
    traffic: bool


def perform(plan: Plan, report: Report) -> None:
    """Rehearse; what does not hold is in the report. Raises Refused where it cannot go on."""
    with ExitStack() as undo:
        work = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="sanfang-drill-")))
        key = x25519.Identity.generate()  # in memory alone, gone with this process
        taken = _backup(plan, report, work, key)
        into = plan.home.named(f"{DRILL_PREFIX}{uuid4().hex[:12]}")
        undo.callback(plan.home.drop, into.name)
        _restore(plan, report, into, _inspected(report, work, key, taken))
        _rehearse(plan, report, work, into)


def _backup(plan: Plan, report: Report, work: Path, key: x25519.Identity) -> Taken:
    with ExitStack() as undo:
        if plan.traffic:
            report.say("正在备份，同时不断有人上报危机……")
            undo.enter_context(_traffic(work))
        else:
            report.say("正在备份运行中的数据库……")
        with report.timed("backup"):
            taken = take(
                plan.home,
                to=work / "drill.age",
                recipient=key.to_public(),
                folder=plan.attachments,
                app_role=plan.app_role,
            )
        written = _events(plan.home) - taken.facts.leaves.count
    report.figures["backup"] = {**taken.as_json(), "events_meanwhile": written}
    report.promise(
        not taken.findings, f"备份写好：{taken.facts.leaves.count} 片叶，{taken.size} 字节"
    )
    report.broken += taken.findings
    if plan.traffic:
        report.promise(written > 0, f"备份期间照常写入：又有 {written} 条事件")
    return taken


def _inspected(report: Report, work: Path, key: x25519.Identity, taken: Taken) -> Backup:
    with report.timed("prove_file"):
        return restoring.inspect(work / "drill.age", key, sha256=taken.sha256)


def _restore(plan: Plan, report: Report, into: Database, backup: Backup) -> None:
    report.say("正在恢复到一次性的数据库，并逐项核对……")
    folder = backup.file.parent / "attachments"
    with report.timed("restore"):
        restoring.create_missing(into, plan.home)
        restoring.refuse_unfit(backup, into)
        restoring.load(backup, into, folder=folder)
    with report.timed("prove_database"), into.connect() as connection:
        broken = proving.broken_promises(backup, connection, folder=folder)
    report.promise(not broken, "行数、账本每片叶、防护、密钥、附件都与备份一致")
    report.broken += broken


def _rehearse(plan: Plan, report: Report, work: Path, into: Database) -> None:
    report.say("派发演练：恢复后的数据库接上工人……")
    with report.timed("rehearse"), Receiver() as receiver:
        env = _restored(plan, work, into)
        with _workers({**receiver.env(), **env}, work) as ask:
            held = ask("held")
            silent = not receiver.keys and not held["moved"]
            report.promise(
                silent and held["held"] == sorted(dispatch.LANES),
                f"暂停派发：{held['waiting']} 条待发，没有一条发出",
            )
            released = ask("released")
        report.promise(
            not released["sent_again"], f"恢复派发：{released['withheld']} 条旧消息不再发送"
        )
        if released["fresh"]:
            report.promise(released["fresh"] in receiver.keys, "恢复派发之后，新消息照常发出")
    report.figures["dispatch"] = {
        **held,
        "withheld": released["withheld"],
        "sent_again": released["sent_again"],
        "received": len(receiver.keys),
    }


def _restored(plan: Plan, work: Path, into: Database) -> dict[str, str]:
    """Where a process finds the restored database and its attachments."""
    return {
        "DATABASE_URL": plan.app.named(into.name).url,
        "DATABASE_OWNER_URL": into.url,
        "ATTACHMENTS_DIR": str(work / "attachments"),
        "LOG_LEVEL": "ERROR",
    }


@contextmanager
def _traffic(work: Path) -> Iterator[None]:
    """Cases are reported while the block runs; its own gateway takes what they send."""
    with Receiver() as receiver:
        log = work / "traffic.log"
        words = [sys.executable, "-m", "config.backup.traffic"]
        env = {**_environment(), **receiver.env(), "LOG_LEVEL": "ERROR"}
        child = children.start(words, on_parent_death=signal.SIGTERM, env=env, log=log)
        try:
            deadline = time.monotonic() + _READY_SECONDS
            while "ready" not in log.read_text():
                if child.poll() is not None or time.monotonic() > deadline:
                    raise Refused(f"演练的流量没有起来：{log.read_text().strip()[-300:]}")
                time.sleep(0.02)
            yield
        finally:
            children.stop(child, by=signal.SIGTERM, grace=_GRACE)


@contextmanager
def _workers(env: dict[str, str], work: Path) -> Iterator[Callable[[str], dict[str, Any]]]:
    """A process that does what it is asked with the restored database, act by act."""
    log = work / "rehearsal.log"
    with log.open("w") as told:
        child = _rehearsal(env, told)

    def ask(act: str) -> dict[str, Any]:
        print(act, file=child.stdin, flush=True)
        line = child.stdout.readline() if child.stdout else ""
        if not line:
            raise Refused(f"派发演练没有完成：{log.read_text().strip()[-300:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    try:
        yield ask
    except BrokenPipeError:
        raise Refused(f"派发演练没有完成：{log.read_text().strip()[-300:]}") from None
    finally:
        child.kill()
        child.communicate()


def _rehearsal(env: dict[str, str], told: IO[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "config.backup.rehearsal"],
        env={**_environment(), **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=told,
        text=True,
    )


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(folders.BASE_DIR),
        "DATABASE_OWNER_URL": "",
    }


def _events(home: Database) -> int:
    with home.connect() as connection:
        return int(connection.execute(_EVENTS).fetchall()[0][0])
