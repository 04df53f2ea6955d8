"""Throw-away services for one campaign, migrated, before Django is set up on them."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path

from config import children, devstack, endings, tables
from config.chaos.options import Options
from config.demo.processes import last_words


def end_on_signal() -> None:
    """SIGTERM unwinds everything that was started; Ctrl-C is for the outer process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    endings.unwind(SystemExit(os.EX_TEMPFAIL), on=(signal.SIGTERM,))


def start(options: Options, undo: ExitStack) -> devstack.Stack:
    """Services of our own, with every table, named in this process's environment.

    Raises ServicesUnavailable with one sentence.
    """
    stack = devstack.start(throwaway=True, fsync=True, ignore_environment=True)
    undo.enter_context(stack)
    os.environ.update(stack.env())
    if stack.data is None:
        raise ValueError("throw-away services have data of their own")
    _fill(options, stack, stack.data / "tables.log")
    return stack


def _fill(options: Options, stack: devstack.Stack, log: Path) -> None:
    argv = tables.making(stack.database_owner_url, dump=options.dump)
    process = children.start(argv, log=log)
    try:
        status = process.wait()
    finally:
        children.stop(process, by=signal.SIGKILL, grace=1.0)
    if status:
        raise devstack.ServicesUnavailable(f"建表未成功：{last_words(log)}")
