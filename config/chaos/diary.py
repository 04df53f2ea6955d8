"""Diaries: one JSON object a line, on the disk before its writer goes on.

Moments are machine time in seconds since 1970, as the database's own now() would tell them.
"""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any, Final

REQUESTS: Final = "requests.jsonl"
ANSWERS: Final = "answers.jsonl"
FAULTS: Final = "faults.jsonl"
PROVIDER: Final = "provider.jsonl"

Line = dict[str, Any]


class Diary:
    """One writer's own file; several threads may write."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()

    def note(self, **said: Any) -> None:
        """Durable when this returns."""
        line = json.dumps({"at": time.time(), **said}, ensure_ascii=False) + "\n"
        with self._lock:
            self._file.write(line.encode())
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Line]:
    """Every whole line; a writer that was killed may leave half of one at the end."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[:-1] if line]
