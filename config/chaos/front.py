"""The outer process: waits for the campaign, and says in one sentence why there is none.

Everything started here ends with this process, also when it is killed.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from config import children, endings, folders
from config.chaos import verdict
from config.chaos.options import Options
from config.demo.options import write_json
from config.demo.processes import last_words
from config.demo.voice import say

GRACE_SECONDS: Final = 40.0
FAILED: Final = 1
SETTINGS: Final = "DJANGO_SETTINGS_MODULE"


def perform(options: Options) -> int:
    """Run the campaign; returns the exit status. The result is written whatever happens."""
    endings.unwind(KeyboardInterrupt(), on=(signal.SIGINT, signal.SIGTERM))
    try:
        with ExitStack() as undo:
            return _perform(options, undo)
    except KeyboardInterrupt:
        say("\n已停止，全部进程已结束。")
        return _sorry(options, "interrupted")
    except OSError as error:
        say(f"无法启动：{error.strerror}")
        return _sorry(options, "not_started")


def _perform(options: Options, undo: ExitStack) -> int:
    say(f"故障演练：{options.faults} 次故障，种子 {options.seed}；一次性的数据库和端口。")
    made = undo.enter_context(tempfile.TemporaryDirectory(prefix="sanfang-chaos-"))
    results: list[dict[str, Any]] = []
    for number, part in enumerate(options.parts(), start=1):
        folder = Path(made) / str(number)
        folder.mkdir()
        found = _part(part, folder)
        if found is None:
            return _sorry(options, "campaign_failed", results)
        results.append(found)
        so_far = verdict.together(results, seed=options.seed)
        write_json(options.json, so_far)  # hours of it are not for nothing if it is cut
        say(verdict.so_far(so_far))
    for line in verdict.lines(so_far):
        say(line)
    return 0


def _part(options: Options, folder: Path) -> dict[str, Any] | None:
    """Its result; None if it could not run, which is said."""
    log, result = folder / "chaos.log", folder / "result.json"
    with ExitStack() as undo:
        campaign = children.start(
            [sys.executable, "-m", "config.chaos", replace(options, json=str(result)).packed()],
            on_parent_death=signal.SIGTERM,
            env=_environment(log),
        )
        undo.callback(children.stop, campaign, by=signal.SIGTERM, grace=GRACE_SECONDS)
        status = campaign.wait()
    if status:
        said = last_words(log) if log.exists() else f"退出码 {status}"
        say(f"演练进程出错：{said}")
        return None
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


def _environment(log: Path) -> dict[str, str]:
    return {
        **os.environ,
        SETTINGS: os.environ.get(SETTINGS, "config.settings"),
        "SANFANG_ENV": "demo",
        "DRILL_CLOCK": "1",
        "CHAOS_LOG": str(log),
        "PYTHONPATH": str(folders.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
    }


def _sorry(options: Options, why: str, done: Sequence[Mapping[str, Any]] = ()) -> int:
    """What was found by the parts that ran stays; that not all did is said beside it."""
    result = verdict.together(done, seed=options.seed) if done else verdict.nothing(why)
    write_json(options.json, {**result, "not_run": why})
    return FAILED
