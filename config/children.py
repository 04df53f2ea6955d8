"""Child processes that never outlive us.

A demo, a test run or a fault test may end by SIGKILL; what it started must end with it, or the next
run finds a database that somebody else holds. Linux can promise that (PR_SET_PDEATHSIG).
"""

import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
# "nobody": there on every Linux without useradd, and owner of nothing that matters.
UNPRIVILEGED_ID = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def runs_as_root() -> bool:
    """Postgres refuses to run as root, so servers that root starts run as nobody."""
    return os.geteuid() == 0


def start(
    argv: Sequence[str | Path],
    *,
    on_parent_death: signal.Signals = signal.SIGKILL,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    unprivileged: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a child that gets `on_parent_death` when this process ends, however it ends.

    `log` is appended to; without it the child writes where we write. The kernel ties the promise to
    the *thread* that forked, so only the main thread may start children.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start children from the main thread: they die with the one that forks")
    output = None if log is None else log.open("ab")
    try:
        return subprocess.Popen(  # noqa: S603 - argv is ours
            [str(word) for word in argv],
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output and subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop the children in order
            **_standing(unprivileged=unprivileged),
            preexec_fn=_bound_to(os.getpid(), on_parent_death),  # noqa: PLW1509 - see above
        )
    finally:
        if output is not None:
            output.close()


def _standing(*, unprivileged: bool) -> dict[str, Any]:
    """As whom the child runs, and where."""
    drop = unprivileged and runs_as_root()
    identity = UNPRIVILEGED_ID if drop else None
    return {
        "cwd": "/" if unprivileged else None,
        "user": identity,
        "group": identity,
        "extra_groups": [] if drop else None,
    }


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals, grace: float) -> None:
    """Ask `process` to end, insist after `grace` seconds, and reap it."""
    if process.poll() is not None:
        return
    process.send_signal(by)
    process.send_signal(signal.SIGCONT)  # a stopped process would never hear it
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _bound_to(parent: int, on_death: signal.Signals) -> Callable[[], None]:
    """For preexec_fn, which runs after the change of uid: that change would undo the binding."""

    def bind() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(on_death))
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return bind
