"""What several words together say of a danger: 吞了二十片安眠药, 在天台上不下来, 三天没回宿舍.

Read in the text as it is parted: a saying is said in one sentence. `unless` stands somewhere in
that sentence and makes it everyday (消防演练, 公司安排); `even_so` is stronger (手机关机).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from records.language.normalise import SENTENCE_END, Normal

_FILE: Final = Path(__file__).with_name("sayings.yaml")
_NEVER: Final = re.compile(r"(?!)")
#: How far to each side of what was said its sentence is read.
_SENTENCE: Final = 60


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to say it; `sign` is how soon somebody should look."""

    sign: str
    category: str
    says: re.Pattern[str]
    unless: re.Pattern[str]
    even_so: re.Pattern[str]

    def is_everyday(self, sentence: str) -> bool:
        return bool(self.unless.search(sentence)) and not self.even_so.search(sentence)


def said(normal: Normal) -> Iterator[tuple[int, Saying]]:
    """Each saying, and where its last letter stands in the original."""
    for one in _sayings():
        for match in one.says.finditer(normal.text):
            if not one.is_everyday(_around(normal.text, *match.span())):
                yield normal.offsets[match.end() - 1], one


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _SENTENCE), min(len(text), end + _SENTENCE)
    begins = text.rfind(SENTENCE_END, first, start) + 1 or first
    ends = text.find(SENTENCE_END, end, last)
    return text[begins : ends if ends >= 0 else last]


@lru_cache(maxsize=1)
def _sayings() -> tuple[Saying, ...]:
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    words: dict[str, str] = content["words"]
    return tuple(
        Saying(
            row["sign"],
            row["category"],
            _pattern(says, words),
            _pattern(row.get("unless", ""), words),
            _pattern(row.get("even_so", ""), words),
        )
        for row in content["sayings"]
        for says in row["says"]
    )


def _pattern(written: str, words: Mapping[str, str]) -> re.Pattern[str]:
    """`<name>` stands for a list of `words`."""
    if not written:
        return _NEVER
    return re.compile(re.sub(r"<(\w+)>", lambda found: f"(?:{words[found[1]]})", written))
