"""The outer process: a throw-away database that keeps its promises (fsync), and one that measures.

Everything started here ends with this process, also when it is killed.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from config import children, devstack, endings, folders, tables
from config.bench.options import Options
from config.demo.options import write_json
from config.demo.processes import last_words
from config.demo.voice import say
from config.servers import SUPERUSER

GRACE_SECONDS: Final = 10.0
FAILED: Final = 1


def perform(options: Options) -> int:
    """Measure; returns the exit status."""
    endings.unwind(KeyboardInterrupt(), on=(signal.SIGINT, signal.SIGTERM))
    try:
        with ExitStack() as undo:
            return _perform(options, undo)
    except KeyboardInterrupt:
        say("\n已停止，全部进程已结束。")
    except (devstack.ServicesUnavailable, OSError) as unavailable:
        say(str(unavailable))
    return FAILED


def _perform(options: Options, undo: ExitStack) -> int:
    say("正在启动一次性的数据库（fsync 开启）……")
    stack = undo.enter_context(devstack.start(throwaway=True, fsync=True, ignore_environment=True))
    logs = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="sanfang-bench-")))
    env = _environment(stack, logs)
    making = tables.making(stack.database_owner_url)
    if _finished(making, env, undo, log=logs / "migrate.log"):
        return _sorry(logs / "migrate.log")
    results: list[object] = []
    for name in options.workloads:
        part = logs / f"{name}.json"
        alone = replace(options, workloads=(name,), json=str(part))
        own = {**env, **_database_of_its_own(stack, name)}
        if _finished([sys.executable, "-m", "config.bench", alone.packed()], own, undo):
            return _sorry(Path(env["BENCH_LOG"]))
        results += json.loads(part.read_text(encoding="utf-8"))
        write_json(options.json, results)
    return 0


def _database_of_its_own(stack: devstack.Stack, name: str) -> dict[str, str]:
    """What one workload leaves open must not be due in another: a copy of the migrated database."""
    if stack.postgres is None:
        raise devstack.ServicesUnavailable("测速需要自己的数据库。")
    database = f"bench_{name}"
    with psycopg.connect(stack.postgres.url(SUPERUSER, "postgres"), autocommit=True) as owner:
        owner.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                *map(sql.Identifier, (database, devstack.DATABASE, devstack.OWNER_ROLE))
            )
        )
    return {
        "DATABASE_URL": stack.postgres.url(devstack.APP_ROLE, database),
        "DATABASE_OWNER_URL": stack.postgres.url(devstack.OWNER_ROLE, database),
    }


def _finished(
    argv: Sequence[str | Path], env: dict[str, str], undo: ExitStack, *, log: Path | None = None
) -> int:
    """Run one command to its end; its exit status."""
    child = children.start(argv, on_parent_death=signal.SIGTERM, env=env, log=log)
    undo.callback(children.stop, child, by=signal.SIGTERM, grace=GRACE_SECONDS)
    return child.wait()


def _environment(stack: devstack.Stack, logs: Path) -> dict[str, str]:
    return {
        **os.environ,
        **stack.env(),
        "SANFANG_ENV": "demo",
        "LOG_LEVEL": "ERROR",
        "BENCH_LOG": str(logs / "bench.log"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(folders.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
    }


def _sorry(log: Path) -> int:
    say(f"测速进程出错：{last_words(log) if log.exists() else '没有留下日志'}")
    return FAILED
