"""What every process of a story wrote down, and what was put into the outbox: searched for words.

A word may stand there as it is, or as a program writes it that keeps to ASCII.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from parties import tenancy
from workflow.models import Notification

#: Databases and brokers keep theirs beside the folder of our own processes.
_SERVERS: Final = "*.log"


def logs(folder: Path | None) -> Sequence[Path]:
    """Everything that any process wrote, those of the servers included."""
    if folder is None or not folder.is_dir():
        return []
    found = [*folder.rglob("*"), *folder.parent.glob(_SERVERS)]
    return sorted(path for path in found if path.is_file() and path.stat().st_size)


def in_logs(folder: Path | None, words: Collection[str]) -> list[str]:
    """`log:word` for each word that stands in one."""
    return [
        f"{path.name}:{word}"
        for path in logs(folder)
        for word in among(words, path.read_bytes().decode("utf-8", errors="replace"))
    ]


def among(words: Collection[str], text: str) -> list[str]:
    """Those of the words that stand in the text, however they are written."""
    lowered = text.lower()
    return [word for word in words if any(one.lower() in lowered for one in _spellings(word))]


def outbox(school_id: int) -> Sequence[str]:
    """Every message of the school with all that its row holds. Opens its own scope."""
    with tenancy.scope(school_id):
        return [" ".join(map(str, row)) for row in Notification.objects.values_list()]


def _spellings(word: str) -> Collection[str]:
    """As it is; in JSON, in an address, and as bytes in a traceback."""
    in_bytes = "".join(f"\\x{one:02x}" for one in word.encode())
    return {word, json.dumps(word)[1:-1], quote(word), in_bytes}
