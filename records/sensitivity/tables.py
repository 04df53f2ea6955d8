"""The words and patterns by which a class is recognised, as they stand in the files beside.

Three files are the whole of it: words.csv, patterns.csv (what only words together say) and
numbers.csv (what is told by its digits). `reach` empty: it raises the class of whatever says it.
`company`: a school and a family may talk of it freely, and only what a company reads is held back.
A pattern of the class `calm` is of another meaning and covers what it holds: 双相 in 双相不锈钢.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import ahocorasick

from parties.privacy import FieldClass
from records.language.normalise import normalise
from records.language.spelling import romanised
from records.signs import folded

EVERYWHERE: Final = ""
COMPANY: Final = "company"
_CALM: Final = "calm"
#: Fewer syllables in Latin are too often something else.
_LEAST_SYLLABLES: Final = 3

Patterns = Iterable[tuple[re.Pattern[str], FieldClass]]


def found(plain: str, reach: str) -> frozenset[FieldClass]:
    """Classes whose words or patterns of this reach stand in a folded text."""
    words = {code for _, code in _automaton(reach).iter(plain)}
    return frozenset(words | {code for pattern, code in _patterns(reach) if pattern.search(plain)})


def without_calm(text: str) -> str:
    """A text, folded, without what only looks like a word of the lists; a line ends in its place.

    A mark parts a calm word: 自闭锁 is a part of a machine, 自闭，锁好门 is not.
    """
    pieces = _calm().sub("\n", normalise(text).text).split("\n")
    return "\n".join(folded(piece) for piece in pieces)


def of_numbers(text: str) -> frozenset[FieldClass]:
    """Classes of numbers in a text whose digits are ASCII and whose marks still stand."""
    return frozenset(code for pattern, code in _numbers() if pattern.search(text))


@lru_cache(maxsize=2)
def _automaton(reach: str) -> Any:
    words = ahocorasick.Automaton()
    for row in _rows("words.csv"):
        if row["reach"] != reach:
            continue
        code = FieldClass(row["class"])
        words.add_word(folded(row["word"]), code)
        for spelt, syllables in romanised(row["word"]):
            if syllables == len(row["word"]) >= _LEAST_SYLLABLES:
                words.add_word(spelt, code)
    words.make_automaton()
    return words


@lru_cache(maxsize=2)
def _patterns(reach: str) -> Patterns:
    rows = [row for row in _rows("patterns.csv") if row["class"] != _CALM]
    return _compiled(row for row in rows if row["reach"] == reach)


@lru_cache(maxsize=1)
def _numbers() -> Patterns:
    return _compiled(_rows("numbers.csv"))


@lru_cache(maxsize=1)
def _calm() -> re.Pattern[str]:
    rows = _rows("patterns.csv")
    return re.compile("|".join(row["pattern"] for row in rows if row["class"] == _CALM))


def _compiled(rows: Iterable[Mapping[str, str]]) -> Patterns:
    return [(re.compile(row["pattern"]), FieldClass(row["class"])) for row in rows]


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
