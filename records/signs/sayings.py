"""What several words together say of a danger: 吞了二十片安眠药, 在天台上不下来, 三天没回宿舍.

Read in the text as it is parted: a saying is said in one sentence. `unless` makes it everyday in
its clause and `beside` in its sentence (公司安排); `even_so` is stronger (手机关机). What is taught
(消防演练：宿舍着火怎么办) is everyday unless it says that something has happened to somebody.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from records.language.normalise import CLAUSE_END, SENTENCE_END, Normal

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
    beside: re.Pattern[str]
    even_so: re.Pattern[str]

    def is_everyday(self, clause: str, sentence: str) -> bool:
        if self.unless.search(clause) or self.beside.search(sentence):
            return not self.even_so.search(sentence)
        return False


@dataclass(frozen=True, slots=True)
class _Lessons:
    """What is taught or played; `asked` is a question of a lesson (如何, 如果), `kin` one's own."""

    word: re.Pattern[str]
    asked: re.Pattern[str]
    kin: re.Pattern[str]
    somebody: re.Pattern[str]
    taught: re.Pattern[str]
    real: re.Pattern[str]

    def tell_of(self, clause: str, sentence: str) -> bool:
        if not self.word.search(sentence) or self.real.search(sentence):
            return False
        if self.taught.search(clause):
            return True
        if self.kin.search(clause):
            return False
        if self.somebody.search(clause):
            return bool(self.asked.search(clause))
        return bool(self.word.search(clause) or self.asked.search(sentence))


def said(normal: Normal) -> Iterator[tuple[int, Saying]]:
    """Each saying, and where its last letter stands in the original."""
    for one in _sayings():
        for match in one.says.finditer(normal.text):
            sentence = _around(normal.text, *match.span(), SENTENCE_END)
            clause = _around(normal.text, *match.span(), SENTENCE_END, CLAUSE_END)
            if not (one.is_everyday(clause, sentence) or _lessons().tell_of(clause, sentence)):
                yield normal.offsets[match.end() - 1], one


def _around(text: str, start: int, end: int, *marks: str) -> str:
    """What stands between two of the marks about the place, as far as a sentence is read."""
    first, last = max(0, start - _SENTENCE), min(len(text), end + _SENTENCE)
    for mark in marks:
        first = max(first, text.rfind(mark, first, start) + 1)
        ends = text.find(mark, end, last)
        last = ends if ends >= 0 else last
    return text[first:last]


@lru_cache(maxsize=1)
def _sayings() -> tuple[Saying, ...]:
    content = _content()
    words: dict[str, str] = content["words"]
    return tuple(
        Saying(
            row["sign"],
            row["category"],
            _pattern(says, words),
            _pattern(row.get("unless", ""), words),
            _pattern(row.get("beside", ""), words),
            _pattern(row.get("even_so", ""), words),
        )
        for row in content["sayings"]
        for says in row["says"]
    )


@lru_cache(maxsize=1)
def _lessons() -> _Lessons:
    written: dict[str, str] = _content()["lessons"]
    return _Lessons(**{name: re.compile(said.replace(" ", "")) for name, said in written.items()})


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return content


def _pattern(written: str, words: Mapping[str, str]) -> re.Pattern[str]:
    """`<name>` stands for a list of `words`."""
    if not written:
        return _NEVER
    return re.compile(re.sub(r"<(\w+)>", lambda found: f"(?:{words[found[1]]})", written))
