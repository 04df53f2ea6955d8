"""cues.yaml, read once: words around a phrase that change what it means."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).with_name("cues.yaml")

_SET: Final = re.compile(r"\\d|\[[^\]]+\]")


@cache
def table() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return read


def words(name: str) -> list[str]:
    found: list[str] = table()[name]
    return found


@cache
def any_of(name: str) -> re.Pattern[str]:
    """A pattern that finds any entry of a list; entries may be patterns themselves."""
    return re.compile(either(words(name)))


@cache
def ends_with(name: str) -> re.Pattern[str]:
    """A pattern that finds an entry of a list at the end."""
    return re.compile(f"{either(words(name))}$")


@cache
def each_of(name: str) -> tuple[re.Pattern[str], ...]:
    """As any_of, in patterns that each begin with one set or with plain characters: the engine
    skips at once what cannot begin one, which it cannot where the two are mixed.
    """
    groups: dict[str, list[str]] = {}
    for entry in words(name):
        begins = _SET.match(entry)
        groups.setdefault(begins[0] if begins else "", []).append(entry)
    return tuple(re.compile(either(entries)) for entries in groups.values())


def either(entries: Iterable[str]) -> str:
    """Alternatives, the longest first."""
    return f"(?:{'|'.join(sorted(entries, key=len, reverse=True))})"
