"""A command of manage.py in this process: starting one of its own costs two seconds.

What only a process shows (its start without services, pipes, exit status) is tested on real ones.
"""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout

from django.core.management import ManagementUtility


def manage(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """As the command line would: options are parsed, errors told, and the exit status is real."""
    argv = ["manage.py", *words]
    told, complained, before = _stream(), _stream(), sys.stdin
    sys.stdin = _stream(stdin)
    status = 0
    try:
        with redirect_stdout(told), redirect_stderr(complained):
            ManagementUtility(argv).fetch_command(words[0]).run_from_argv(argv)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdin = before
    return subprocess.CompletedProcess(argv, status, _bytes(told), _bytes(complained))


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")


def _bytes(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue()
