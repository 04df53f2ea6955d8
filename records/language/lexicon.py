"""Which phrases are listed: a value, built from the shipped rows and those of a school.

A school adds and never takes away: an allowed term of its own must be longer than the phrase that
it makes harmless, so no shipped phrase can be switched off.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

from records.language import cues, forms, matching, searching
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
from records.language.searching import Beside, Search
from records.language.spelling import How, Spelling, romanised, sounded

_AMBIGUOUS_SYLLABLES: Final = 2
_LONGEST_PARTED: Final = 6


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Compared by identity; what is searched is built on first use and read by any thread after.

    With a `base` only what its rows add is built here and searched beside the base, which all
    schools share: the shipped list has more than a hundred thousand spellings.
    """

    rows: tuple[Row, ...]
    base: "Lexicon | None" = None

    @property
    def added(self) -> Sequence[Row]:
        """The rows that are not the base's."""
        return self.rows if self.base is None else self.rows[len(self.base.rows) :]

    @cached_property
    def spellings(self) -> Mapping[str, Spelling]:
        """Of the added rows, by normalised text. Of two that are written alike the plainer way
        wins, and of two that are as plain the row that was listed first.
        """
        known = {} if self.base is None else self.base.spellings
        found: dict[str, Spelling] = {}
        for layer in (_exact, _variants, _forms, _sounds):
            for written, spelling in layer(self.added):
                other = known.get(written)
                if other is None or spelling.how < other.how:
                    found.setdefault(written, spelling)
        return found

    @cached_property
    def automaton(self) -> Search:
        made = searching.automaton(self.spellings)
        return made if self.base is None else Beside(self.base.automaton, made)

    @cached_property
    def homophones(self) -> Search:
        """Forbidden phrases of four characters or more by how they sound."""
        found = {}
        for row in self.added:
            folded = normalise(row.phrase).text
            if row.kind == Kind.FORBIDDEN and len(folded) >= matching.SHORTEST_HOMOPHONE:
                found[sounded(folded)] = (folded, row)
        made = searching.automaton(found)
        return made if self.base is None else Beside(self.base.homophones, made)

    @cached_property
    def parted(self) -> MutableMapping[str, Row]:
        """Forbidden phrases that somebody may part by a mark, by how they are written."""
        found = {
            written: spelling.row
            for written, spelling in self.spellings.items()
            if spelling.row.kind == Kind.FORBIDDEN and len(written) <= _LONGEST_PARTED
        }
        return found if self.base is None else ChainMap(found, self.base.parted)

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
    made = Lexicon((*base.rows, *rows), base)
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
        yield folded, Spelling(row, len(folded), How.OUT)


def _variants(rows: Iterable[Row]) -> Iterator[tuple[str, Spelling]]:
    by_phrase = {row.phrase: row for row in rows}
    for written, phrase in shipped_variants():
        folded = normalise(written).text
        if phrase in by_phrase:
            yield folded, Spelling(by_phrase[phrase], len(folded), How.VARIANT)


def _forms(rows: Iterable[Row]) -> Iterator[tuple[str, Spelling]]:
    """妈妈很不配合 for 家长不配合, 态度极其恶劣 for 态度恶劣."""
    variants: dict[str, list[str]] = {}
    for written, phrase in shipped_variants():
        variants.setdefault(phrase, []).append(written)
    for row in rows:
        for form in forms.of(row, variants.get(row.phrase, ())):
            yield form, Spelling(row, len(form), How.FORM)


def _sounds(rows: Iterable[Row]) -> Iterator[tuple[str, Spelling]]:
    for row in rows:
        if row.kind == Kind.ALLOWED:
            continue
        for spelt, syllables in romanised(normalise(row.phrase).text):
            sound = spelt.isascii() and syllables <= _AMBIGUOUS_SYLLABLES
            yield spelt, Spelling(row, len(spelt), How.SOUND, sound)
