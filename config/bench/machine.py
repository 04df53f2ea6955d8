"""What the figures were measured on; without it they are worth nothing to anybody else."""

import os
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from django.db import connection

_FSYNCS: Final = 50
_PAGE: Final = 8192
_LAPS: Final = 9
_OBJECTS: Final = 50_000
_SETTINGS: Final = ("server_version", "fsync", "synchronous_commit", "shared_buffers", "jit")


def describe() -> dict[str, Any]:
    with connection.cursor() as cursor:
        postgres = {}
        for name in _SETTINGS:
            cursor.execute(f"SHOW {name}")
            row = cursor.fetchone()
            postgres[name] = row[0] if row else ""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "python_ms": python_ms(),
        "load": round(os.getloadavg()[0], 2),
        "fsync_us": fsync_us(),
        "postgres": postgres,
    }


def fsync_us() -> float:
    """Microseconds to bring eight kilobytes to the disk: half of all take no longer."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(_FSYNCS):
            begun = time.perf_counter()
            os.pwrite(file.fileno(), bytes(_PAGE), 0)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    return round(1e6 * statistics.median(took), 1)


def python_ms() -> float:
    """Milliseconds of processor for a fixed piece of Python: host and interpreter in one figure.

    An interpreter that was built without profile-guided optimisation, as pyenv builds it unless
    told otherwise, takes 1.4 times as long as that of a distribution on the same host.
    """
    took = []
    for _ in range(_LAPS):
        begun = time.process_time()
        _lap()
        took.append(time.process_time() - begun)
    return round(1e3 * min(took), 1)


def _lap() -> int:
    """Objects, methods, attributes and words, as a step and a page are made of."""
    total = 0
    known: dict[str, _Numbered] = {}
    for number in range(_OBJECTS):
        word = str(number)
        known[word] = _Numbered(number, word)
        total += known[word].length()
    return total


class _Numbered:
    def __init__(self, number: int, word: str) -> None:
        self.number = number
        self.word = word

    def length(self) -> int:
        return self.number + len(self.word)


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
