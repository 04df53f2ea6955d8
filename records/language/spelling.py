"""How a phrase can be spelt in Pinyin, wholly or in part: wenti jiating, 家长bu peihe."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import import_module
from itertools import product
from typing import Final

from records.language.rows import Row

#: Up to here every mixture of characters and syllables; beyond, only one change of script.
_MIXED_UP_TO: Final = 5
#: From here on one syllable may be its first letter: 问t家庭. Shorter words would be chance.
_SHORTEST_WITH_INITIAL: Final = 4
#: Private use in Unicode: in no text that was normalised.
_FIRST_CODE: Final = 0xF0000


class How(IntEnum):
    """How a row is written; where two rows are written alike, the plainer way wins."""

    OUT = 0
    VARIANT = 1
    FORM = 2
    SOUND = 3


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a row. `sound`: only two syllables in Latin, which may be a name."""

    row: Row
    size: int
    how: How
    sound: bool = False


def romanised(phrase: str) -> Iterator[tuple[str, int]]:
    """Each spelling in lower case without tones, with its number of syllables in Latin."""
    # Loaded here: its dictionary takes a quarter of a second of every process that asks for none.
    pinyin = import_module("pypinyin")
    syllables = pinyin.lazy_pinyin(phrase, style=pinyin.Style.NORMAL)
    if len(syllables) != len(phrase):  # it holds something that is no Chinese character
        return
    for chosen in _choices(len(phrase)):
        written = (syllables[i] if latin else phrase[i] for i, latin in enumerate(chosen))
        spelt = "".join(written)
        yield spelt, sum(chosen)
        if "v" in spelt:  # ü, which people type as v and write as u
            yield spelt.replace("v", "u"), sum(chosen)
    if len(phrase) >= _SHORTEST_WITH_INITIAL:
        for place, syllable in enumerate(syllables):
            yield f"{phrase[:place]}{syllable[0]}{phrase[place + 1 :]}", 1


class _Codes(dict[int, str]):
    """One private character for each syllable, by code point; what has no sound is itself."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[int, str] = import_module("pypinyin.constants").PINYIN_DICT
        self._codes: dict[str, str] = {}

    def __missing__(self, point: int) -> str:
        known = self._read.get(point)
        if known is None:
            code = chr(point)
        else:
            syllable = _toneless(known.split(",")[0])
            code = self._codes.setdefault(syllable, chr(_FIRST_CODE + len(self._codes)))
        self[point] = code
        return code


def sounded(text: str) -> str:
    """Each character as the code of its usual syllable, tones apart: 问 and 文 are the same."""
    return text.translate(_codes())


@cache
def _codes() -> _Codes:
    return _Codes()


def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable)
    return "".join(char for char in plain if not unicodedata.combining(char))


def _choices(length: int) -> Iterator[tuple[bool, ...]]:
    if length <= _MIXED_UP_TO:
        yield from (chosen for chosen in product((False, True), repeat=length) if any(chosen))
        return
    yield (True,) * length
    for turn in range(1, length):
        yield (True,) * turn + (False,) * (length - turn)
        yield (False,) * turn + (True,) * (length - turn)
