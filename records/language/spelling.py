"""How a phrase can be spelt in Pinyin, wholly or in part: wenti jiating, 家长bu peihe."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from typing import Final

from records.language.rows import Row

#: Up to here every mixture of characters and syllables; beyond, only one change of script.
_MIXED_UP_TO: Final = 5


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a row. `sound`: only two syllables in Latin, which may be a name."""

    row: Row
    size: int
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


def _choices(length: int) -> Iterator[tuple[bool, ...]]:
    if length <= _MIXED_UP_TO:
        yield from (chosen for chosen in product((False, True), repeat=length) if any(chosen))
        return
    yield (True,) * length
    for turn in range(1, length):
        yield (True,) * turn + (False,) * (length - turn)
        yield (False,) * turn + (True,) * (length - turn)
