"""The outer process: services that answer, a migrated database, and one child that plays.

Everything started here ends with this process, also when it is killed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from config import children, devstack, endings, folders, remains, tables
from config.demo.options import BROKEN, KEPT, Options, failed, write_json
from config.demo.processes import free_port, last_words
from config.demo.voice import say

MIGRATE_SECONDS: Final = 120
STAGE_GRACE_SECONDS: Final = 30.0
#: The command's own answer.
FAILED: Final = 1


def perform(options: Options) -> int:
    """Play; returns the exit status. The result is written whatever happens."""
    endings.unwind(KeyboardInterrupt(), on=(signal.SIGINT, signal.SIGTERM))
    try:
        with ExitStack() as undo:
            status = _perform(options, undo)
    except KeyboardInterrupt:
        say("\n已停止，全部进程已结束。")
        return _sorry(options, "demo.interrupted") if options.leave else 0
    except (devstack.ServicesUnavailable, OSError) as unavailable:
        say(str(unavailable))
        return _sorry(options, f"demo.not_started: {type(unavailable).__name__}")
    if status == KEPT:
        return 0
    return FAILED if status == BROKEN else _sorry(options, f"demo.stage_ended: {status}")


def _perform(options: Options, undo: ExitStack) -> int:
    say("正在启动数据库和消息代理……" if options.broker else "正在启动数据库（消息代理不启动）……")
    stack = _services(options)
    undo.enter_context(stack)
    work = Path(tempfile.mkdtemp(prefix="sanfang-demo-")) if stack.data is None else stack.data
    logs = work / "demo-logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    env = _environment(options, stack, logs)
    say("正在建表……")
    fresh = options.leave  # and thrown away at the end
    making = tables.making(stack.database_owner_url) if fresh else tables.migrating()
    _run(making, env, logs / "migrate.log")
    stage = children.start(
        [sys.executable, "-m", "config.demo", options.packed()],
        on_parent_death=signal.SIGTERM,
        env=env,
    )
    undo.callback(children.stop, stage, by=signal.SIGTERM, grace=STAGE_GRACE_SECONDS)
    status = stage.wait()
    if status not in {KEPT, BROKEN}:
        log = logs / "stage.log"
        say(f"演示进程出错（{status}），日志在 {log}：{last_words(log)}")
    return status


def _services(options: Options) -> devstack.Stack:
    if options.leave:
        return devstack.start(
            throwaway=True, fsync=False, redis=options.broker, ignore_environment=True
        )
    if options.fresh:
        _wipe()
    stack = devstack.start(redis=options.broker)
    if stack.postgres is None and not os.environ.get("DATABASE_URL"):
        raise devstack.ServicesUnavailable(
            "另一个命令正在使用演示数据：请先结束它，或用 SANFANG_DATA 另选一个文件夹。"
        )
    if not stack.database_owner_url:
        raise devstack.ServicesUnavailable(
            "演示要建表、要拨动时钟：设置 DATABASE_URL 时请一并设置 DATABASE_OWNER_URL。"
        )
    return stack


def _wipe() -> None:
    """Begin anew: the database and the keys that its values are encrypted with."""
    if os.environ.get("DATABASE_URL"):
        raise devstack.ServicesUnavailable(
            "--fresh 只清空自带的数据库：DATABASE_URL 指向的数据库请自行清空。"
        )
    data = folders.data(None)
    with ExitStack() as undo:
        if not folders.lock(data, undo):
            raise devstack.ServicesUnavailable("另一个命令正在使用演示数据：请先结束它。")
        remains.clear(data / "postgres")
        shutil.rmtree(data / "postgres", ignore_errors=True)
        shutil.rmtree(data / "attachments", ignore_errors=True)
        (data / "keys.json").unlink(missing_ok=True)


def _environment(options: Options, stack: devstack.Stack, logs: Path) -> dict[str, str]:
    env = {**os.environ, **stack.env()}
    if not options.broker:
        env["REDIS_URL"] = f"unix://{logs}/no-broker.sock"
    port = free_port(favourite=not options.leave)
    return {
        **env,
        "DEMO_PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SANFANG_ENV": "demo",
        "DRILL_CLOCK": "1",
        "DEMO_LOGS": str(logs),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(folders.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
    }


def _run(argv: Sequence[str | Path], env: dict[str, str], log: Path) -> None:
    """Make the tables. Raises ServicesUnavailable with its last words."""
    process = children.start(argv, env=env, log=log)
    try:
        status = process.wait(MIGRATE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    if status:
        raise devstack.ServicesUnavailable(f"建表未成功，日志在 {log}：{last_words(log)}")


def _sorry(options: Options, sentence: str) -> int:
    write_json(options.json, failed(sentence))
    return FAILED
