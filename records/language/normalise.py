"""One spelling for all ways to write the same words, with the way back to the original.

Full width, zero width, separators, tone marks, capitals and traditional characters disappear.
What ends a sentence or a clause stays as one of three marks: a phrase is never put together from
two sentences. Quotation marks disappear, too, because “问题”学生 still says what it says; brackets
do not, because 存在问题（学生）is two things.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

SENTENCE_END: Final = "。"
CLAUSE_END: Final = "，"
ITEM_END: Final = "、"
BREAKS: Final = frozenset({SENTENCE_END, CLAUSE_END, ITEM_END})

#: Newlines as Unicode counts them. Tabs and spaces separate letters as much as words: no break.
_NEWLINES: Final = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_MARKS: Final = {
    **dict.fromkeys(_NEWLINES + "。！？；!?;…⋯‼⁇⁈⁉", SENTENCE_END),
    **dict.fromkeys("，,：:—―⸺", CLAUSE_END),
    **dict.fromkeys("、", ITEM_END),
}
#: What stands for one mark: …… is two characters, a line of Windows ends in two.
MARKS: Final = "[。，、]{1,3}"
#: Three characters or more with a mark between each two.
_SPREAD: Final = re.compile(f"[一-鿿](?:{MARKS}[一-鿿]){{2,}}(?![一-鿿])")
_QUOTES: Final = frozenset("「」『』〝〞〟")
#: Letters by category that show nothing.
BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")


@dataclass(frozen=True, slots=True)
class Normal:
    """The normalised text; `offsets[i]` is where its i-th character stands in the original."""

    original: str
    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the normalised text stands in the original; end exclusive."""
        return self.offsets[start], self.offsets[end - 1] + 1


def normalise(text: str) -> Normal:
    """Each character by itself, so that offsets survive; linear in the length."""
    folded = list(map(_fold, text))
    whole = "".join(folded)
    if len(whole) == len(text) and "" not in folded:  # one for one, as mostly
        return _joined(Normal(text, whole, range(len(text))))
    offsets = [index for index, part in enumerate(folded) for _ in part]
    return _joined(Normal(text, whole, offsets))


def _joined(normal: Normal) -> Normal:
    """无，可，救，药 is one word: a mark after every single character parts nothing."""
    gone = {
        place
        for run in _SPREAD.finditer(normal.text)
        for place in range(run.start(), run.end())
        if normal.text[place] in BREAKS
    }
    if not gone:
        return normal
    kept = [place for place in range(len(normal.text)) if place not in gone]
    text = "".join(normal.text[place] for place in kept)
    return Normal(normal.original, text, [normal.offsets[place] for place in kept])


@lru_cache(maxsize=1 << 15)
def _fold(char: str) -> str:
    """What remains of one character: nothing, a mark, a letter, rarely more (㎏)."""
    if char in BLANK_LETTERS:
        return ""
    return _MARKS.get(char) or "".join(map(_part, unicodedata.normalize("NFKC", char)))


def _part(char: str) -> str:
    if char in _MARKS:
        return _MARKS[char]
    category = unicodedata.category(char)
    if category[0] in "LN":
        return _letter(char)
    return CLAUSE_END if category in ("Ps", "Pe") and char not in _QUOTES else ""


def _letter(char: str) -> str:
    bare = unicodedata.normalize("NFKD", char)[0]
    if bare.isascii():  # è and E are e
        return bare.lower()
    return simplified(char.lower())


def simplified(char: str) -> str:
    """One character as it is written on the mainland; any other stays itself."""
    return _simplified().get(char, char)


@cache
def _simplified() -> dict[str, str]:
    """Traditional to simplified, character by character: a phrase would move the offsets."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {old: new.split(" ")[0] for old, new in pairs}
