"""Where listed phrases stand: the longest first, never inside an allowed term or a name."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import attrgetter, eq
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

import ahocorasick

from records.language import cues, gaps
from records.language.normalise import BREAKS, MARKS, Normal, normalise
from records.language.rows import Kind, Row
from records.language.searching import Search
from records.language.spelling import Spelling, sounded

_SHORTEST_NAME: Final = 2
#: Shorter words sound like many others.
SHORTEST_HOMOPHONE: Final = 4
#: One letter or digit between two Chinese characters.
_SLIPPED_IN: Final = re.compile("(?<=[一-鿿])[a-z0-9](?=[一-鿿])")
_CHINESE: Final = "[一-鿿]"
_ENDS: Final = "(?:[。，、]|$)"
#: Two characters with a mark between, where the second stands alone: 差，生。 but not 差，生产慢.
_PARTED: Final = f"(?=({_CHINESE})({MARKS})({_CHINESE}){_ENDS})"
#: After a word that calls somebody something: 是个差，生不行 but not 是差，生活苦; 是屡教，不改。
_CALLED: Final = f"({_CHINESE})({MARKS})(?!%s)({_CHINESE})"
#: A list of 问题、学生 is none.
_CALLED_LONGER: Final = f"({_CHINESE}{{1,5}})([。，]{{1,3}})({_CHINESE}{{1,5}}){_ENDS}"
_NONE_PARTED: Final[Mapping[str, Row]] = MappingProxyType({})


class Hit(NamedTuple):
    """A listed phrase in the normalised text; end exclusive."""

    start: int
    end: int
    row: Row


class Named(NamedTuple):
    """A name in the normalised text; end exclusive."""

    start: int
    end: int
    name: str


S = TypeVar("S", Hit, Named)


def find(
    normal: Normal,
    automaton: Search,
    names: Sequence[Named] = (),
    homophones: Search | None = None,
    parted: Mapping[str, Row] = _NONE_PARTED,
) -> list[Hit]:
    """Hits that do not overlap, in the order of the text. `parted` are found across a mark, too."""
    allowed, listed = _split(normal, automaton)
    if homophones is not None:
        listed += _sounding(normal.text, homophones)
    listed += _parted(normal.text, parted)
    if parted:
        listed += [Hit(start, end, row) for start, end, row in gaps.across(normal.text, automaton)]
    if allowed:
        reach = gaps.reach(allowed, len(normal.text))
        listed = [hit for hit in listed if reach[hit.start] < hit.end]
    if names and listed:
        bearers = _bearers(names, len(normal.text))
        listed = [hit for hit in listed if not _in_name(hit, bearers)]
    return _longest(listed)


def _split(normal: Normal, automaton: Search) -> tuple[list[tuple[int, int]], list[Hit]]:
    """Where allowed terms stand, and where listed phrases do."""
    allowed: list[tuple[int, int]] = []
    listed: list[Hit] = []
    for start, end, spelling in _raw(normal, automaton):
        if spelling.row.kind == Kind.ALLOWED:
            allowed.append((start, end))
        else:
            listed.append(Hit(start, end, spelling.row))
    return allowed, listed


def _sounding(text: str, homophones: Search) -> Iterator[Hit]:
    """Other characters of the same sound, or one letter or digit between two: 问体家庭,
    问1题家庭. Half of the characters must be the phrase's own, so that chance finds nothing.
    """
    slipped = [match.start() for match in _SLIPPED_IN.finditer(text)]
    places = _without(len(text), slipped) if slipped else range(len(text))
    bare = "".join(map(text.__getitem__, places)) if slipped else text
    for last, (phrase, row) in homophones.iter(sounded(bare)):
        first = last - len(phrase) + 1
        written = bare[first : last + 1]
        start, end = places[first], places[last] + 1
        if written == phrase and end - start == len(phrase):
            continue  # found as it is
        if 2 * sum(map(eq, written, phrase)) >= len(phrase):
            yield Hit(start, end, row)


def _parted(text: str, phrases: Mapping[str, Row]) -> Iterator[Hit]:
    """差，生 and 弱（智）: a mark that makes two words of one."""
    if not phrases or BREAKS.isdisjoint(text):
        return
    for pattern in _partings():
        for found in pattern.finditer(text):
            row = phrases.get(found[1] + found[3])
            if row is not None:
                yield Hit(found.start(1), found.end(3), row)


@cache
def _partings() -> Sequence[re.Pattern[str]]:
    calls, begins = (cues.either(cues.words(name)) for name in ("calls", "begins"))
    called = [f"(?={calls}{pattern})" for pattern in (_CALLED % begins, _CALLED_LONGER)]
    return [re.compile(pattern) for pattern in (_PARTED, *called)]


def _without(length: int, gone: Sequence[int]) -> list[int]:
    left_out = set(gone)
    return [place for place in range(length) if place not in left_out]


def find_names(
    normal: Normal, names: Collection[str], distant: frozenset[str] = frozenset()
) -> list[Named]:
    """The longest name wins: 王伟强 is not 王伟. Names of one character cannot be told apart.

    `distant` may be thousands: their automaton is kept from one text to the next.
    """
    found = [*_named(normal, _automaton_of(names)), *_named(normal, _kept(distant))]
    return _longest(found)


def _named(normal: Normal, automaton: Any) -> Iterator[Named]:
    if not len(automaton):
        return
    for last, (size, name) in automaton.iter(normal.text):
        if stands_alone(normal, last - size + 1, last + 1):
            yield Named(last - size + 1, last + 1, name)


@lru_cache(maxsize=16)
def _kept(names: frozenset[str]) -> Any:
    """By the names themselves: whoever comes to the school or leaves it counts at once."""
    return _automaton_of(names)


def _automaton_of(names: Collection[str]) -> Any:
    automaton = ahocorasick.Automaton()
    for name in names:
        folded = normalise(name).text
        if len(folded) >= _SHORTEST_NAME:
            automaton.add_word(folded, (len(folded), name))
    if len(automaton):
        automaton.make_automaton()
    return automaton


def _raw(normal: Normal, automaton: Search) -> Iterator[tuple[int, int, Spelling]]:
    text = normal.text
    for last, spelling in automaton.iter(text):
        start = last - spelling.size + 1
        latin = text[start].isascii() or text[last].isascii()
        if latin and not stands_alone(normal, start, last + 1):  # the others do
            continue
        if spelling.sound and _like_a_name(normal, start, last + 1):
            continue
        yield start, last + 1, spelling


def stands_alone(normal: Normal, start: int, end: int) -> bool:
    """What begins or ends in Latin letters must begin or end the word, too."""
    text, original = normal.text, normal.original
    if not text[start].isascii() and not text[end - 1].isascii():
        return True
    first, last = normal.span(start, end)
    if text[start].isascii() and first and _is_latin(original[first - 1]):
        return False
    rest = original[last : last + 1]
    return not (text[end - 1].isascii() and rest and _is_latin(rest))


def _is_latin(char: str) -> bool:
    plain = unicodedata.normalize("NFKD", char)[0]
    return plain.isascii() and (plain.isalnum() or plain == "@")


def _like_a_name(normal: Normal, start: int, end: int) -> bool:
    """Yi Lei is somebody; YILEI and yi lei are how people hide 异类, and nobody writes the own name
    with tones or in full width.
    """
    first, last = normal.span(start, end)
    written = normal.original[first:last]
    if not all(char.isascii() for char in written if char.isalpha()):
        return False
    return written != written.lower() and written != written.upper()


def _bearers(names: Sequence[Named], length: int) -> list[Named | None]:
    """For each place, the name that covers it."""
    covered: list[Named | None] = [None] * length
    for name in names:
        covered[name.start : name.end] = [name] * (name.end - name.start)
    return covered


def _in_name(hit: Hit, bearers: Sequence[Named | None]) -> bool:
    """Whether a name lends the phrase a character: 李自 in 李自私下问我."""
    for name in (bearers[hit.start], bearers[hit.end - 1]):
        if name is not None and not (hit.start <= name.start and name.end <= hit.end):
            return True
    return False


def _longest(found: Sequence[S]) -> list[S]:
    kept: list[S] = []
    for together in _touching(sorted(found, key=attrgetter("start"))):
        kept += together if len(together) == 1 else _longest_of(together)
    return kept


def _touching(ordered: Sequence[S]) -> Iterator[Sequence[S]]:
    """Each run of what overlaps: only within one is there something to choose."""
    first, reach = 0, 0
    for place, item in enumerate(ordered):
        if item.start >= reach and place > first:
            yield ordered[first:place]
            first = place
        reach = max(reach, item.end)
    if ordered:
        yield ordered[first:]


def _longest_of(found: Sequence[S]) -> list[S]:
    """Of what overlaps, in the order of the text."""
    first = found[0].start
    taken = bytearray(max(item.end for item in found) - first)
    kept: list[S] = []
    for item in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        start, end = item.start - first, item.end - first
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            kept.append(item)
    return sorted(kept, key=attrgetter("start"))
