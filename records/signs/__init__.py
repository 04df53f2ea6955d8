"""Words in what somebody wrote that a person should look at soon: a hint, never a decision.

    from records import signs
    signs.read("孩子说不想活了").red      # frozenset({"self_harm"})

No word proves anything, and *no word found* proves nothing either: the result may propose a channel
and may never close a matter. The words are data (words.csv), taken from what school hotlines use.
A word counts in every spelling that the check of neutral words knows: traditional, full width,
spread out, partly in Pinyin. Wholly in Pinyin only where it means nothing else (`latin`). A longer
word of another meaning (`calm`) covers the one that it holds: 打我电话 is no blow. 打我，电话 is
one: a mark that parts a sentence parts a calm word. `slip` says behind which letter something may
slip in that changes nothing: 1了 in 喝农药 finds 喝了一瓶农药, 1谁 in 被打 finds 被同学打. What
only several words together say is in `sayings`.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Final

import ahocorasick
import yaml

from records.language import matching, spelling
from records.language.normalise import BREAKS, Normal, normalise
from records.signs import sayings

RED: Final = "red"
AMBER: Final = "amber"
COMPLAINT: Final = "complaint"
_CALM: Final = "calm"

_WORDS: Final = Path(__file__).with_name("words.csv")
_SLIPS: Final = Path(__file__).with_name("slips.yaml")


@dataclass(frozen=True, slots=True)
class Signs:
    """Categories by how soon somebody should look; the words themselves stay in the text."""

    red: frozenset[str] = frozenset()
    amber: frozenset[str] = frozenset()
    complaint: frozenset[str] = frozenset()

    @property
    def level(self) -> str:
        """`red`, `amber`, `complaint` or `none`, the gravest: what a routing table reads."""
        found = {RED: self.red, AMBER: self.amber, COMPLAINT: self.complaint}
        return next((level for level, categories in found.items() if categories), "none")


@dataclass(frozen=True, slots=True)
class _Sign:
    """One way to write a word of the list."""

    size: int
    sign: str
    category: str


def read(*texts: str) -> Signs:
    """Look through texts by one author, however their words are spelled."""
    return _told(one for text in texts for _, one in _found(text))


def read_on(earlier: str, text: str) -> Signs:
    """What `text` says by itself or as the end of what its author wrote before: 一直说不想, 活了.

    Signs that stand in `earlier` alone are not told again.
    """
    whole = _found(f"{earlier}，{text}")
    alone = (one for _, one in _found(text))
    return _told(chain(alone, (one for place, one in whole if place > len(earlier))))


def _told(found: Iterable[_Sign | sayings.Saying]) -> Signs:
    told: dict[str, set[str]] = {RED: set(), AMBER: set(), COMPLAINT: set()}
    for one in found:
        told[one.sign].add(one.category)
    return Signs(frozenset(told[RED]), frozenset(told[AMBER]), frozenset(told[COMPLAINT]))


def _found(text: str) -> Iterator[tuple[int, _Sign | sayings.Saying]]:
    """Each sign, and where its last letter stands."""
    normal = _seamless(text)
    for end, one in _counting(normal, _seams(text)):
        yield normal.offsets[end - 1], one
    yield from sayings.said(normalise(text))


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


def _seams(text: str) -> frozenset[int]:
    """Places in the seamless text before which a mark stood."""
    seams, length = set(), 0
    for letter in normalise(text).text:
        if letter in BREAKS:
            seams.add(length)
        else:
            length += 1
    return frozenset(seams)


def _counting(normal: Normal, seams: frozenset[int]) -> Iterator[tuple[int, _Sign]]:
    """Signs that no calm word covers, and where each ends; one that a mark parts is none."""
    hits = list(_hits(normal))
    ends = [0] * len(normal.text)
    for start, end, one in hits:
        if one.sign == _CALM and seams.isdisjoint(range(start + 1, end)):
            ends[start] = max(ends[start], end)
    covered = list(accumulate(ends, max))  # how far a calm word reaches that began here or before
    for start, end, one in hits:
        if one.sign != _CALM and end > covered[start]:
            yield end, one


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
            for written in _written(row):
                words.add_word(written, _Sign(len(written), row["sign"], row["category"]))
    words.make_automaton()
    return words


def _written(row: dict[str, str]) -> Iterator[str]:
    """Every way to write the word of a row, and with each thing that may slip into it."""
    word, slip = folded(row["word"]), row["slip"]
    if slip:
        place = int(slip[:-1])
        for more in _slips()[slip[-1]]:
            yield word[:place] + more + word[place:]
    yield from _spellings(word, latin=row["latin"] == "yes")


@lru_cache(maxsize=1)
def _slips() -> dict[str, list[str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(_SLIPS.read_text(encoding="utf-8"))
    return {
        kind: [
            word + mark for word in lists["words"].split() for mark in ("", *lists["marks"].split())
        ]
        for kind, lists in content.items()
    }


def _spellings(word: str, *, latin: bool) -> Iterator[str]:
    """The word itself, partly in Pinyin, and wholly where that may be."""
    plain = folded(word)
    yield plain
    for written, syllables in spelling.romanised(plain):
        if latin or syllables < len(plain):
            yield written
