"""A forbidden phrase with something inside that hides it: 差1生, c差h生, 无，可救药.

The text is read once more without what stands between two Chinese characters: a mark, up to three
digits or letters. What is found across such a gap counts where nobody would write it by chance:

    letters              always                         误差e生成 is a term, with its gap as without
    digits in a word     always                         问1题家庭
    digits between two   where the second stands alone  差1生。 but not 安装3病房, and not 还差1生
    a mark in a word     always                         无，可救药 but not 问题，家庭住址不变

Where a phrase has words in it is data (cues.yaml, `phrase_words`); a phrase of two characters is
two, and marks in those are found elsewhere (matching). The phrases of a school are not in the list:
no mark is looked for in them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Final

from records.language import cues
from records.language.normalise import BREAKS
from records.language.rows import Kind, Row
from records.language.searching import Search

_GAP: Final = re.compile("(?<=[一-鿿])[a-z0-9。，、]{1,3}(?=[一-鿿])")
_TWO: Final = 2

#: Where a phrase begins and ends in the text, what it is, and how it is written.
Found = tuple[int, int, Row]


def across(text: str, automaton: Search) -> Iterator[Found]:
    """Forbidden phrases of Chinese characters with at least one gap in them."""
    bounds = [0, *(place for gap in _GAP.finditer(text) for place in gap.span()), len(text)]
    if len(bounds) == _TWO:
        return
    kept = list(zip(bounds[::2], bounds[1::2], strict=True))
    places = [place for begin, end in kept for place in range(begin, end)]
    bare = "".join(text[begin:end] for begin, end in kept)
    found, allowed = [], []
    for last, spelling in automaton.iter(bare):
        first = last - spelling.size + 1
        if places[last] - places[first] == last - first:
            continue  # nothing was taken out
        if spelling.row.kind == Kind.ALLOWED:
            allowed.append((first, last + 1))
        elif spelling.row.kind == Kind.FORBIDDEN and not bare[first : last + 1].isascii():
            found.append((first, last, spelling.row))
    ends = reach(allowed, len(bare)) if found else []
    for first, last, row in found:
        if ends[first] <= last and _hides(text, bare[first : last + 1], places[first : last + 1]):
            yield places[first], places[last] + 1, row


def reach(allowed: Sequence[tuple[int, int]], length: int) -> list[int]:
    """For each place, how far an allowed term reaches that began there or before."""
    ends: list[int] = []
    furthest = 0
    for start, end in sorted(allowed):
        ends += [furthest] * (start - len(ends))
        furthest = max(furthest, end)
    return ends + [furthest] * (length - len(ends))


def _hides(text: str, phrase: str, places: Sequence[int]) -> bool:
    """Whether every gap is one that nobody writes by chance."""
    known = frozenset({1}) if len(phrase) == _TWO else joints().get(phrase)
    for second in range(1, len(phrase)):
        gap = text[places[second - 1] + 1 : places[second]]
        if gap and not _is_hiding(text, gap, places, second, known):
            return False
    return True


def _is_hiding(
    text: str, gap: str, places: Sequence[int], second: int, known: frozenset[int] | None
) -> bool:
    inside = known is not None and second not in known
    if not BREAKS.isdisjoint(gap) and (len(places) > _TWO or BREAKS.issuperset(gap)):
        return inside
    if inside or gap.isalpha():
        return True
    start, end = places[0], places[-1] + 1
    if text.endswith(_tuple("short_of"), 0, start):
        return False
    alone = end == len(text) or text[end] in BREAKS
    return alone or text.endswith(_tuple("calls"), 0, start)


@cache
def joints() -> Mapping[str, frozenset[int]]:
    """Before which characters a word of the phrase begins."""
    found = {}
    for written in cues.words("phrase_words"):
        words = written.split("|")
        found["".join(words)] = frozenset(list(accumulate(map(len, words)))[:-1])
    return found


@cache
def _tuple(name: str) -> tuple[str, ...]:
    return tuple(cues.words(name))
