"""A listed phrase that says nothing of anybody here: put together by chance, or told of.

该问题 and 学生已自行解决 are two words each; a thief in a play, and a threat that a family has
heard of, are spoken about. What stands before and after such a phrase is data (cues.yaml,
`by_chance` and `told_of`): one allowed term for each neighbour would be hundreds, and one for the
phrase alone would let the label through.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from records.language import cues
from records.language.matching import Hit

_NEAR: Final = 16
_PHRASE: Final = "~"
#: In the place of a phrase: beside whichever it is.
_ANY: Final = "*"

#: What ends before the phrase and what begins after it.
Beside = tuple[re.Pattern[str], re.Pattern[str]]


def meets(text: str, hit: Hit) -> bool:
    """Whether the neighbours of a hit say that it is no phrase at all."""
    return _stands_beside("by_chance", text, hit)


def is_told_of(text: str, hit: Hit) -> bool:
    """Whether the neighbours say that it is played, read of, feared or reported (rule 4)."""
    return _stands_beside("told_of", text, hit)


def _stands_beside(name: str, text: str, hit: Hit) -> bool:
    patterns = _patterns(name)
    known = (*patterns.get(hit.row.phrase, ()), *patterns.get(_ANY, ()))
    if not known:
        return False
    before = text[max(0, hit.start - _NEAR) : hit.start]
    after = text[hit.end : hit.end + _NEAR]
    # What follows is looked at in one place only, so first.
    return any(follow.match(after) and lead.search(before) for lead, follow in known)


@cache
def _patterns(name: str) -> Mapping[str, Sequence[Beside]]:
    listed: dict[str, list[str | list[str]]] = cues.table()[name]
    return {
        phrase: [_beside(entry) for entry in _flat(entries)] for phrase, entries in listed.items()
    }


def _flat(entries: Iterable[str | list[str]]) -> Iterator[str]:
    """A list that several phrases share may stand in the list of one."""
    for entry in entries:
        yield from [entry] if isinstance(entry, str) else entry


def _beside(entry: str) -> Beside:
    before, after = entry.split(_PHRASE)
    return re.compile(f"(?:{before})$"), re.compile(after)
