"""Which phrases are listed: a value, built from the shipped rows and those of a school.

A school adds and never takes away: an allowed term of its own must be longer than the phrase that
it makes harmless, so no shipped phrase can be switched off.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Final

import ahocorasick

from records.language import cues, forms, matching
from records.language.normalise import normalise
from records.language.rows import (
    DIAGNOSIS,
    Fault,
    Kind,
    LexiconInvalid,
    Row,
    faults_of,
    shipped,
    shipped_terms,
    shipped_variants,
)
from records.language.spelling import Spelling, romanised, sounded

_AMBIGUOUS_SYLLABLES: Final = 2
_LONGEST_PARTED: Final = 6


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Compared by identity; the automaton is built on first use and read by any thread after."""

    rows: tuple[Row, ...]

    @cached_property
    def spellings(self) -> Mapping[str, Spelling]:
        """By normalised text. What is written out wins over a variant, that over a sound."""
        found: dict[str, Spelling] = {}
        for layer in (_exact, _variants, _forms, _sounds):
            for written, spelling in layer(self.rows):
                found.setdefault(written, spelling)
        return found

    @cached_property
    def automaton(self) -> Any:
        made = ahocorasick.Automaton()
        for written, spelling in self.spellings.items():
            made.add_word(written, spelling)
        made.make_automaton()
        return made

    @cached_property
    def homophones(self) -> Any:
        """Forbidden phrases of four characters or more by how they sound."""
        made = ahocorasick.Automaton()
        for row in self.rows:
            folded = normalise(row.phrase).text
            if row.kind == Kind.FORBIDDEN and len(folded) >= matching.SHORTEST_HOMOPHONE:
                made.add_word(sounded(folded), (folded, row))
        made.make_automaton()
        return made

    @cached_property
    def parted(self) -> Mapping[str, Row]:
        """Forbidden phrases that somebody may part by a mark, by how they are written."""
        return {
            written: spelling.row
            for written, spelling in self.spellings.items()
            if spelling.row.kind == Kind.FORBIDDEN and len(written) <= _LONGEST_PARTED
        }

    @cached_property
    def diagnoses(self) -> frozenset[str]:
        """Phrases that name an illness."""
        own = {row.phrase for row in self.rows if row.category == DIAGNOSIS}
        return frozenset(own.union(cues.words("diagnoses")))

    def extended(self, rows: Sequence[Row]) -> "Lexicon":
        """This lexicon and a school's own rows. Cached: the same rows cost nothing again.

        Raises LexiconInvalid for rows that are malformed or repeated, or that suggest what is
        listed; each is named. Rows count from 2, as in a file with a heading.
        """
        return _extended(self, tuple(rows))


@cache
def default() -> Lexicon:
    """What every school begins with."""
    return Lexicon((*shipped(), *shipped_terms()))


@lru_cache(maxsize=64)
def _extended(base: Lexicon, rows: tuple[Row, ...]) -> Lexicon:
    faults = [fault for number, row in enumerate(rows, 2) for fault in faults_of(number, row)]
    faults += _repeated(base, rows)
    made = Lexicon((*base.rows, *rows))
    faults += _unkind(made, rows)
    if faults:
        raise LexiconInvalid(sorted(faults, key=lambda fault: fault.row))
    return made


def _repeated(base: Lexicon, rows: Sequence[Row]) -> Iterator[Fault]:
    known = {normalise(row.phrase).text for row in base.rows}
    for number, row in enumerate(rows, 2):
        folded = normalise(row.phrase).text
        if folded in known:
            yield Fault(number, "phrase", f"“{row.phrase}”已在词表中。", "请删除这一行。")
        known.add(folded)


def _unkind(made: Lexicon, rows: Sequence[Row]) -> Iterator[Fault]:
    for number, row in enumerate(rows, 2):
        for hit in matching.find(normalise(row.suggestion), made.automaton):
            wrong = f"改写中含有词表中的“{hit.row.phrase}”。"
            yield Fault(number, "neutral_wording", wrong, "请换成时间、地点、行为和次数。")


def _exact(rows: Iterable[Row]) -> Iterator[tuple[str, Spelling]]:
    for row in rows:
        folded = normalise(row.phrase).text
        yield folded, Spelling(row, len(folded))


def _variants(rows: Iterable[Row]) -> Iterator[tuple[str, Spelling]]:
    by_phrase = {row.phrase: row for row in rows}
    for written, phrase in shipped_variants():
        folded = normalise(written).text
        if phrase in by_phrase:
            yield folded, Spelling(by_phrase[phrase], len(folded))


def _forms(rows: Iterable[Row]) -> Iterator[tuple[str, Spelling]]:
    """妈妈很不配合 for 家长不配合, 态度极其恶劣 for 态度恶劣."""
    variants: dict[str, list[str]] = {}
    for written, phrase in shipped_variants():
        variants.setdefault(phrase, []).append(written)
    for row in rows:
        for form in forms.of(row, variants.get(row.phrase, ())):
            yield form, Spelling(row, len(form))


def _sounds(rows: Iterable[Row]) -> Iterator[tuple[str, Spelling]]:
    for row in rows:
        if row.kind == Kind.ALLOWED:
            continue
        for spelt, syllables in romanised(normalise(row.phrase).text):
            sound = spelt.isascii() and syllables <= _AMBIGUOUS_SYLLABLES
            yield spelt, Spelling(row, len(spelt), sound)
