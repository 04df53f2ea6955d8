"""Words in what somebody wrote that a person should look at soon: a hint, never a decision.

    from records import signs
    signs.read("孩子说不想活了").red      # frozenset({"self_harm"})

No word proves anything, and *no word found* proves nothing either: the result may propose a channel
and may never close a matter. The words are data (words.csv), taken from what school hotlines use.
A word counts in every spelling that the check of neutral words knows: traditional, full width,
spread out, partly in Pinyin. Wholly in Pinyin only where it means nothing else (`latin`). A longer
word of another meaning (`calm`) covers the one that it holds: 打我电话 is no blow.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import ahocorasick

from records.language import matching, spelling
from records.language.normalise import BREAKS, Normal, normalise

RED: Final = "red"
AMBER: Final = "amber"
COMPLAINT: Final = "complaint"
_CALM: Final = "calm"

_WORDS: Final = Path(__file__).with_name("words.csv")


@dataclass(frozen=True, slots=True)
class Signs:
    """Categories by how soon somebody should look; the words themselves stay in the text."""

    red: frozenset[str] = frozenset()
    amber: frozenset[str] = frozenset()
    complaint: frozenset[str] = frozenset()

    @property
    def level(self) -> str:
        """`red`, `amber` or `none`: what a routing table reads."""
        return RED if self.red else AMBER if self.amber else "none"


@dataclass(frozen=True, slots=True)
class _Sign:
    """One way to write a word of the list."""

    size: int
    sign: str
    category: str


def read(*texts: str) -> Signs:
    """Look through texts by one author, however their words are spelled."""
    found: dict[str, set[str]] = {RED: set(), AMBER: set(), COMPLAINT: set()}
    for text in texts:
        for one in _counting(_seamless(text)):
            found[one.sign].add(one.category)
    return Signs(frozenset(found[RED]), frozenset(found[AMBER]), frozenset(found[COMPLAINT]))


def folded(text: str) -> str:
    """Letters and digits alone, in their plain form: 不 想·活 is 不想活, 遺書 is 遗书."""
    return _seamless(text).text


def _seamless(text: str) -> Normal:
    """Without the marks that part sentences: （不）想活 is 不想活."""
    normal = normalise(text)
    kept = [place for place, letter in enumerate(normal.text) if letter not in BREAKS]
    letters = "".join(normal.text[place] for place in kept)
    letters = letters.replace("著", "着")  # 活著: one sign for two words, here never 著作
    return Normal(text, letters, [normal.offsets[place] for place in kept])


def _counting(normal: Normal) -> Iterator[_Sign]:
    """Signs that no calm word covers."""
    hits = list(_hits(normal))
    ends = [0] * len(normal.text)
    for start, end, one in hits:
        if one.sign == _CALM:
            ends[start] = max(ends[start], end)
    covered = list(accumulate(ends, max))  # how far a calm word reaches that began here or before
    for start, end, one in hits:
        if one.sign != _CALM and end > covered[start]:
            yield one


def _hits(normal: Normal) -> Iterator[tuple[int, int, _Sign]]:
    for last, one in _automaton().iter(normal.text):
        start, end = last - one.size + 1, last + 1
        if matching.stands_alone(normal, start, end):
            yield start, end, one


@lru_cache(maxsize=1)
def _automaton() -> Any:
    words = ahocorasick.Automaton()
    with _WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for written in _spellings(row["word"], latin=row["latin"] == "yes"):
                words.add_word(written, _Sign(len(written), row["sign"], row["category"]))
    words.make_automaton()
    return words


def _spellings(word: str, *, latin: bool) -> Iterator[str]:
    """The word itself, partly in Pinyin, and wholly where that may be."""
    plain = folded(word)
    yield plain
    for written, syllables in spelling.romanised(plain):
        if latin or syllables < len(plain):
            yield written
