"""A listed phrase that says nothing of anybody here: put together by chance, or told of.

该问题 and 学生已自行解决 are two words each; a thief in a play, and a threat that a family has
heard of, are spoken about. What stands before and after such a phrase is data (cues.yaml,
`by_chance` and `told_of`): one allowed term for each neighbour would be hundreds, and one for the
phrase alone would let the label through.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from records.language import cues
from records.language.matching import Hit

_NEAR: Final = 16
_PHRASE: Final = "~"
#: In the place of a phrase: beside whichever it is.
_ANY: Final = "*"

#: A phrase, what stands before it, and what after it.
_Place = tuple[str, str, str]
#: What ends before the phrase and what begins after it.
Beside = tuple[re.Pattern[str], re.Pattern[str]]


class _Around(NamedTuple):
    """All that may stand beside one phrase: what is told before it alone, or on both its sides."""

    leads: re.Pattern[str] | None
    #: Whatever may begin after it: a cheap look first, and mostly the last.
    follows: re.Pattern[str] | None
    both: Sequence[Beside]


class Neighbours:
    """Of the phrases of one text; one that is repeated mostly has the same on both its sides."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._by_chance: dict[_Place, bool] = {}
        self._told_of: dict[_Place, bool] = {}

    def meet(self, hit: Hit) -> bool:
        """Whether the neighbours of a hit say that it is no phrase at all."""
        known = _listed("by_chance").get(hit.row.phrase)
        return known is not None and self._stands_beside(known, hit, self._by_chance)

    def tell_of(self, hit: Hit) -> bool:
        """Whether the neighbours say that it is played, read of, feared or reported (rule 4)."""
        listed = _listed("told_of")
        known = listed.get(hit.row.phrase) or listed[_ANY]
        return self._stands_beside(known, hit, self._told_of)

    def _stands_beside(self, known: _Around, hit: Hit, seen: dict[_Place, bool]) -> bool:
        text, start, end, phrase = self._text, hit.start, hit.end, hit.row.phrase
        place = (phrase, text[max(0, start - _NEAR) : start], text[end : end + _NEAR])
        answer = seen.get(place)
        if answer is None:
            answer = seen[place] = _is_beside(known, place[1], place[2])
        return answer


def _is_beside(known: _Around, before: str, after: str) -> bool:
    if known.leads is not None and known.leads.search(before):
        return True
    if known.follows is None or not known.follows.match(after):
        return False
    return any(follow.match(after) and lead.search(before) for lead, follow in known.both)


@cache
def _listed(name: str) -> Mapping[str, _Around]:
    listed: dict[str, list[str | list[str]]] = cues.table()[name]
    beside_any = list(_flat(listed.get(_ANY, ())))
    return {
        phrase: _around([*_flat(entries), *(beside_any if phrase != _ANY else ())])
        for phrase, entries in listed.items()
    }


def _flat(entries: Iterable[str | list[str]]) -> Iterator[str]:
    """A list that several phrases share may stand in the list of one."""
    for entry in entries:
        yield from [entry] if isinstance(entry, str) else entry


def _around(entries: Sequence[str]) -> _Around:
    halves = [entry.split(_PHRASE) for entry in entries]
    leads = [f"(?:{before})$" for before, after in halves if not after]
    both = [(f"(?:{before})$", after) for before, after in halves if after]
    return _Around(
        re.compile(cues.either(leads)) if leads else None,
        re.compile(cues.either(after for _, after in both)) if both else None,
        [(re.compile(before), re.compile(after)) for before, after in both],
    )
