"""What stands around a phrase: a ban on the word itself, quotation marks, facts; and a denial.

Every look is bounded by a window, so that a text of nothing but phrases stays linear.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from operator import attrgetter
from typing import Final

from records.language import cues
from records.language.denials import Denials
from records.language.matching import Hit, Named
from records.language.normalise import CLAUSE_END, SENTENCE_END, Normal

_SHORT_NAME: Final = 2
_NEAR: Final = 16
_SENTENCE: Final = 60  # characters to each side
_OPENING: Final = {"“": "”", "「": "」", "『": "』", "＂": "＂", '"': '"', "‘": "’"}
#: What opens or closes a quotation, or ends its paragraph.
_QUOTING: Final = re.compile(f"[{re.escape(''.join({*_OPENING, *_OPENING.values()}))}\\n]")
#: A title of ordinary length.
_TITLE: Final = re.compile("《[^《》\\n]{1,40}》")
#: More inside the quotation marks than this is a quotation, not the name of a word.
_WORD_AND: Final = 2
#: What is rejected in one breath, how it is divided, and where the rejection stands.
_SAYING: Final = 12
_PARTS: Final = re.compile("[，,。；;！!？?\\n]")
_BEHIND: Final = 24


@dataclass(frozen=True, slots=True)
class Quote:
    """Inner bounds of a quotation, in the original; end exclusive."""

    start: int
    end: int


def is_a_word(name: str) -> bool:
    """Whether a name is as likely to be a word: 高兴, 安静. Only short ones are."""
    return name in _words_like_names() or (len(name) == _SHORT_NAME and name in _words())


@cache
def _words() -> Container[str]:
    """Loaded when a name is asked about, as in spelling: it takes a fifth of a second."""
    found: Container[str] = import_module("pypinyin.phrases_dict").phrases_dict
    return found


def quotes(text: str) -> list[Quote]:
    """Outermost quotations, each closed in its own paragraph."""
    found: list[Quote] = []
    opened, closing = -1, ""
    for mark in _QUOTING.finditer(text):
        index, char = mark.start(), mark[0]
        if opened >= 0 and char == closing:
            found.append(Quote(opened + 1, index))
            opened = -1
        elif char == "\n":
            opened = -1
        elif opened < 0:
            if char not in _OPENING:
                continue
            opened, closing = index, _OPENING[char]
    return found


def _titles(text: str) -> list[Quote]:
    """What bears a title: 课文《小偷》. 就是个《小偷》 is no title but somebody."""
    return [
        Quote(mark.start() + 1, mark.end() - 1)
        for mark in _TITLE.finditer(text)
        if not cues.ends_with("calls_somebody").search(
            text[max(0, mark.start() - _NEAR) : mark.start()]
        )
    ]


def quoted_in(normal: Normal, hits: Sequence[Hit], found: Sequence[Quote]) -> list[Quote | None]:
    """For each hit the quotation that holds it whole; both are in the order of the text."""
    if not found:
        return [None] * len(hits)
    holding: list[Quote | None] = []
    place = 0
    for hit in hits:
        start, end = normal.span(hit.start, hit.end)
        while place < len(found) and found[place].end < end:
            place += 1
        inside = place < len(found) and found[place].start <= start
        holding.append(found[place] if inside else None)
    return holding


def harmless(normal: Normal, hits: Sequence[Hit], held: Sequence[Quote | None]) -> list[bool]:
    """For each hit whether it is denied, banned or only talked about (rule 4).

    In a list, what holds for one phrase holds for its neighbours: 不得使用“甲”“乙”等称呼.
    """
    text = normal.text
    titled = quoted_in(normal, hits, _titles(normal.original))
    denied = Denials(text, _joints())
    states = [
        denied.takes_back(hit) or _mentioned(normal, hit, quote) or title is not None
        for hit, quote, title in zip(hits, held, titled, strict=True)
    ]
    joints = _joints()
    joined = [text[before.end : after.start] in joints for before, after in pairwise(hits)]
    for index, touching in enumerate(joined):
        states[index + 1] |= touching and states[index]
    for index in reversed(range(len(joined))):
        states[index] |= joined[index] and states[index + 1]
    return states


def judges_a_person(text: str, hit: Hit, names: Sequence[Named]) -> bool:
    """Whether a trait is said of somebody, in a sentence without date, count or time (rule 8)."""
    start, end = _sentence_bounds(text, hit)
    said = text[start:end]
    if any(facts.search(said) for facts in cues.each_of("facts")):
        return False
    return _named(names, start, end) or cues.any_of("persons").search(said) is not None


def _named(names: Sequence[Named], start: int, end: int) -> bool:
    place = bisect_left(names, start, key=attrgetter("start"))
    return place < len(names) and names[place].end <= end


def _sentence_bounds(text: str, hit: Hit) -> tuple[int, int]:
    """The sentence around a hit, cut off where it is very long."""
    first, last = max(0, hit.start - _SENTENCE), min(len(text), hit.end + _SENTENCE)
    start = text.rfind(SENTENCE_END, first, hit.start) + 1 or first
    end = text.find(SENTENCE_END, hit.end, last)
    return start, end if end >= 0 else last


def sentence(text: str, hit: Hit) -> str:
    """The sentence around a hit, in the normalised text; cut off where it is very long."""
    start, end = _sentence_bounds(text, hit)
    return text[start:end]


def _mentioned(normal: Normal, hit: Hit, quote: Quote | None) -> bool:
    text = normal.text
    if _word_about_word().match(text[hit.end : hit.end + _NEAR]):
        return True
    if quote is None:
        return False
    behind = normal.original[quote.end + 1 : quote.end + 1 + _BEHIND]
    if _is_rejected(normal, quote, behind):
        return True
    return _is_word(normal, hit, quote) and _is_named(text, hit, behind)


def _is_named(text: str, hit: Hit, behind: str) -> bool:
    """Whether what stands around a quoted word speaks of the word, or strikes it out."""
    before = text[max(0, hit.start - _NEAR) : hit.start].rpartition(SENTENCE_END)[2]
    if cues.any_of("words_about_words").search(before):
        return True
    if _struck().search(before.rpartition(CLAUSE_END)[2]) is not None:
        return True
    return cues.any_of("rewritten").match(behind) is not None


def _is_word(normal: Normal, hit: Hit, quote: Quote) -> bool:
    """Whether the quotation holds the phrase and hardly more."""
    start, end = normal.span(hit.start, hit.end)
    return (quote.end - quote.start) - (end - start) <= _WORD_AND


def _is_rejected(normal: Normal, quote: Quote, behind: str) -> bool:
    """Whether the quotation is one short clause and what stands behind it rejects the whole."""
    said = normal.original[quote.start : quote.end]
    if len(said) > _SAYING or _PARTS.search(said.rstrip("。！!")):
        return False
    return cues.any_of("rejected").match(behind) is not None


@cache
def _joints() -> frozenset[str]:
    return frozenset(cues.words("joints"))


@cache
def _struck() -> re.Pattern[str]:
    return re.compile(cues.either([*cues.words("strikes"), *cues.words("bans")]))


@cache
def _word_about_word() -> re.Pattern[str]:
    before = cues.either(cues.words("before_words_about_words"))
    return re.compile(f"{before}{{0,2}}{cues.either(cues.words('words_about_words'))}")


@cache
def _words_like_names() -> frozenset[str]:
    return frozenset(cues.words("words_like_names"))
