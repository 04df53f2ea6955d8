"""Templates for notices (notice_templates.yaml), read once, and the slots that an author fills.

A slot is 〔…〕 without a digit, so that the number of a document, 〔2026〕3号, is none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from records.models import Notice

_FILE: Final = Path(__file__).with_name("notice_templates.yaml")
_SLOT: Final = re.compile(r"〔[^〔〕\d\n]{1,20}〕")


@dataclass(frozen=True, slots=True)
class Template:
    """`key` is stable; `strength` and `needs_answer` are what such a notice usually asks."""

    key: str
    name: str
    title: str
    body: str
    strength: str
    needs_answer: bool

    @property
    def slots(self) -> Sequence[str]:
        """What the author fills in, each once, in the order of the text."""
        return list(dict.fromkeys(found.group() for found in open_slots(self.title + self.body)))


def open_slots(text: str) -> Sequence[re.Match[str]]:
    """Slots that nobody has filled yet."""
    return list(_SLOT.finditer(text))


@lru_cache(maxsize=1)
def load() -> Sequence[Template]:
    """Every template, in the order of the file.

    Raises:
        TypeError, ValueError: a key is missing or unknown, or a strength is none.
    """
    content: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = tuple(Template(key=key, **values) for key, values in content.items())
    for template in found:
        Notice.Strength(template.strength)
    return found
