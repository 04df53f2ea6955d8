"""The one check, for pages, API, command line and services alike: a pure function of its input.

What a finding does depends on the moment (rule 10) and on who wrote (rule 11). Whether somebody
may share in spite of a block is a service's question; see `overrides`.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from records.language import chance, context, matching, proof, wording
from records.language.lexicon import Lexicon, default
from records.language.matching import Hit, Named
from records.language.normalise import Normal, normalise
from records.language.rows import ABSOLUTE, SPECULATION, THIRD_PARTY, TRAIT, Kind
from records.language.values import (
    Author,
    Effect,
    Field,
    Finding,
    Moment,
    People,
    Severity,
    Verdict,
)
from records.language.wording import Reason

NOBODY: Final = People()

_NEVER_BLOCKED: Final = frozenset({Moment.DRAFT, Moment.CRISIS})
#: None of them asks for a tap: the writer has done nothing that must be answered for.
_ONLY_HINTS: Final = frozenset({Reason.TRAIT, Reason.HARMLESS, Reason.NAME_OR_WORD})


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is said of every finding of one row for one reason, in one text."""

    severity: Severity
    effect: Effect
    note: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """The text and everything about it that a single finding is judged by."""

    normal: Normal
    moment: Moment
    author: Author
    field: Field
    lexicon: Lexicon
    names: Sequence[Named]
    #: Said once per reason and weight: a text may hold thousands of findings.
    judged: dict[tuple[Kind, Reason], _Judged] = dataclasses.field(default_factory=dict)


def check(
    text: str,
    *,
    moment: Moment,
    author: Author,
    field: Field = Field.NARRATIVE,
    people: People = NOBODY,
    lexicon: Lexicon | None = None,
) -> Verdict:
    """Findings in `text`, each with a suggestion, and what they ask of the author now.

    Linear in the length of the text. Same input, same verdict; nothing is read or written.
    """
    normal = normalise(text)
    names = matching.find_names(normal, people.own | people.others)
    reading = _Reading(normal, moment, author, field, lexicon or default(), names)
    findings = [*_phrases(reading), *_strangers(reading, people)]
    return Verdict(moment, author, tuple(sorted(findings, key=attrgetter("start", "end"))))


def others_in(text: str, people: People) -> list[str]:
    """Names of other students that stand in the text, in its order, for whoever must take them out.

    A classmate's always; of the rest of the school none that is a word as well.
    """
    found = matching.find_names(normalise(text), people.own | people.others, people.distant)
    return [
        one.name
        for one in found
        if people.are_others(one.name)
        and (one.name in people.others or not context.is_a_word(one.name))
    ]


def _phrases(reading: _Reading) -> Iterator[Finding]:
    normal = reading.normal
    words = reading.lexicon
    found = matching.find(normal, words.automaton, reading.names, words.homophones, words.parted)
    beside = chance.Neighbours(normal.text)
    hits = [hit for hit in found if not beside.meet(hit)]
    held = context.quoted_in(normal, hits, context.quotes(normal.original))
    harmless = context.harmless(normal, hits, held)
    for hit, quote, free in zip(hits, held, harmless, strict=True):
        if reading.field == Field.QUOTE and quote is not None:
            yield _finding(reading, hit, Reason.QUOTED)
            continue
        told = free or beside.tell_of(hit)
        reason = _reason(reading, hit, harmless=told)
        if reason is not None:
            yield _finding(reading, hit, reason)


def _reason(reading: _Reading, hit: Hit, *, harmless: bool) -> Reason | None:
    """Why this is shown; None when it need not be."""
    text = reading.normal.text
    if hit.row.category == TRAIT:
        judged = not harmless and context.judges_a_person(text, hit, reading.names)
        return Reason.TRAIT if judged else None
    diagnosis = hit.row.phrase in reading.lexicon.diagnoses
    if diagnosis and (reading.field == Field.CERTIFICATE or proof.certified(text, hit)):
        return None
    if hit.row.category == SPECULATION and proof.found_out(text, hit):
        return None
    if harmless:
        return Reason.HARMLESS
    if diagnosis:
        return Reason.DIAGNOSIS
    return _BY_CATEGORY.get(hit.row.category) or _BY_KIND[hit.row.kind]


_BY_CATEGORY: Final = {ABSOLUTE: Reason.ABSOLUTE, SPECULATION: Reason.SPECULATION}
_BY_KIND: Final = {Kind.FORBIDDEN: Reason.FORBIDDEN, Kind.DISCOURAGED: Reason.DISCOURAGED}


def _finding(reading: _Reading, hit: Hit, reason: Reason) -> Finding:
    row = hit.row
    judged = reading.judged.get((row.kind, reason))
    if judged is None:
        judged = reading.judged[row.kind, reason] = _judged(reading, row.kind, reason)
    start, end = reading.normal.span(hit.start, hit.end)
    suggestion, effect, note = row.suggestion, judged.effect, judged.note
    return Finding(row.phrase, judged.severity, row.category, start, end, suggestion, effect, note)


def _judged(reading: _Reading, kind: Kind, reason: Reason) -> _Judged:
    # What is denied or only mentioned weighs less, whatever the phrase weighs (rule 4).
    lighter = reason == Reason.HARMLESS
    severity = Severity.DISCOURAGED if lighter else Severity(kind.value)
    note = wording.note(reason, author=reading.author)
    return _Judged(severity, _effect(reading, severity, reason), note)


def _strangers(reading: _Reading, people: People) -> Iterator[Finding]:
    """Other students' names (rule 9); one that is a word as well is only pointed out."""
    if not (people.others or people.distant):
        return
    near = people.own | people.others
    names = matching.find_names(reading.normal, near, people.distant)
    for found in names:
        if not people.are_others(found.name):
            continue
        word = context.is_a_word(found.name)
        reason = Reason.NAME_OR_WORD if word else Reason.THIRD_PARTY
        start, end = reading.normal.span(found.start, found.end)
        yield Finding(
            phrase=found.name,
            severity=Severity.DISCOURAGED,
            category=THIRD_PARTY,
            start=start,
            end=end,
            suggestion=wording.OTHER_STUDENT,
            effect=_effect(reading, Severity.DISCOURAGED, reason),
            note=wording.note(reason, author=reading.author),
        )


def _effect(reading: _Reading, severity: Severity, reason: Reason) -> Effect:
    if reason == Reason.QUOTED:
        return Effect.QUOTE
    if reason in _ONLY_HINTS or reading.author == Author.PARENT or reading.moment in _NEVER_BLOCKED:
        return Effect.HINT
    if reading.moment == Moment.SHARE or severity == Severity.FORBIDDEN:
        return Effect.BLOCK
    return Effect.CONFIRM
