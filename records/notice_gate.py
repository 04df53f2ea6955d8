"""The gate of a mass message: nothing about any one person goes to everybody.

    张三助学金已发放          stopped, whether or not 张三 is on the roster
    2024级全体学生助学金申请通知   passes: it is about everybody

It finds names of students and guardians of the school, a name beside a personal affair, scores,
ranks and illness of a person, mobile numbers, identity and student numbers; also when they are
spread out with spaces, full width, zero width or traditional, names in Pinyin (two syllables only
beside a fact: they are too many other words), and traces of a person (notice_traces). It finds
nothing by chance and misses what is said without a name: who approves reads the text as well.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import ahocorasick

from parties.models import GuardianLink, Membership, Person, Student
from records import notice_traces
from records.language import matching, spelling
from records.language.normalise import normalise
from records.notice_facts import Finding, Folded, fact_after, fold, is_cued, may_be_name
from records.notice_words import load

_DIGITS: Final = r"(?:[\s\-_.·]?\d)"
_NUMBERS: Final = (
    ("number", re.compile(rf"(?<![0-9A-Za-z])[1-9]{_DIGITS}{{16}}[\s\-_.·]?[\dXx](?![0-9A-Za-z])")),
    ("phone", re.compile(rf"(?<!\d)(?:\+?86[\s-]?)?1[3-9]{_DIGITS}{{9}}(?!\d)")),
    ("number", re.compile(rf"(?<![0-9A-Za-z])6[0-9]{_DIGITS}{{14,17}}(?!\d)")),
    ("number", re.compile(r"(?:学号|学籍号|身份证号?|卡号)(?:码)?[为是：:\s]{0,2}[A-Za-z]?\d{4,}")),
)
#: 李某某、小明、某同学: somebody is meant although no name is given.
_MASKED: Final = re.compile(
    r"(?:[\u4e00-\u9fff](?:某{1,2}|[*＊○×xX]{1,2})|某(?:位|名)?(?:同学|学生|男生|女生)"
    r"|小[明红刚强华丽芳军])"
)
_WORD: Final = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
#: 2024-0101 is 20240101; 2024-01-01 is a day.
_SPACED: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z]+(?:[-_.·/—–][0-9A-Za-z]+)*(?![0-9A-Za-z])"
)
_DATE: Final = re.compile(r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])")
_LONG_NUMBER: Final = 6
#: Of a name in Pinyin that needs no fact beside it: li na and an na are many other things.
_SYLLABLES: Final = 3


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody whose name or number must not be in a message to all."""

    names: frozenset[str]
    numbers: frozenset[str]


def roster(*, school_id: int) -> Roster:
    """Names of students and guardians, and student numbers. Three queries. Inside a scope.

    Whoever also works here is left out: a notice may say who signs it.
    """
    staff = Membership.objects.filter(school_id=school_id).values("person")
    family = Person.objects.filter(
        pk__in=GuardianLink.objects.filter(state=GuardianLink.State.LIVE).values("guardian")
    ).exclude(pk__in=staff)
    students = Student.objects.values_list("person__name", "student_no")
    found = list(students)
    names = {name for name, _ in found} | set(family.values_list("name", flat=True))
    return Roster(frozenset(names), frozenset(number for _, number in found))


def check(text: str, *, known: Roster) -> list[Finding]:
    """Everything in `text` that is about one person, in order, without overlaps."""
    wide, dense = fold(text, dense=False), fold(text, dense=True)
    found = [
        *_numbers(wide),
        *_student_numbers(wide, known.numbers),
        *_roster_names(dense, known.names),
        *_romanised_names(text, known.names),
        *_persons(dense),
        *_masked(dense),
        *notice_traces.find(wide, dense, known.names),
    ]
    return _without_overlaps(found)


def _without_overlaps(found: Collection[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


# --- numbers --------------------------------------------------------------------------------------


def _numbers(folded: Folded) -> Iterator[Finding]:
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(folded.text):
            yield folded.finding(kind, match.start(), match.end())


def _student_numbers(folded: Folded, numbers: Collection[str]) -> Iterator[Finding]:
    known = {number.casefold() for number in numbers}
    plain = {_plain(number) for number in known if len(number) >= _LONG_NUMBER}
    for match in _WORD.finditer(folded.text):
        if match.group().casefold() in known:
            yield folded.finding("number", match.start(), match.end())
    for match in _SPACED.finditer(folded.text):
        written = match.group().casefold()
        if _plain(written) in plain and not _DATE.fullmatch(written):
            yield folded.finding("number", match.start(), match.end())


def _plain(number: str) -> str:
    return re.sub(r"[^0-9a-z]", "", number)


# --- names of the roster --------------------------------------------------------------------------


def _roster_names(folded: Folded, names: Collection[str]) -> Iterator[Finding]:
    """Longest first: 王伟强 is not 王伟. An ordinary word is a name only beside a cue."""
    searched = _automaton(frozenset(names))
    if searched is None:
        return
    for end, name in searched.iter_long(folded.text):
        start = end + 1 - len(name)
        if name in load().common and not is_cued(folded.text, start, end + 1):
            continue
        yield folded.finding("name", start, end + 1)


def _romanised_names(text: str, names: Collection[str]) -> Iterator[Finding]:
    """Wang Weiqiang, zhang三: a word of its own; two syllables or a mixture only beside a fact."""
    searched = _latin_automaton(frozenset(names))
    if searched is None:
        return
    normal = normalise(text)
    folded = Folded(normal.text, normal.offsets, text)
    for last, (size, alone) in searched.iter(normal.text):
        first = last - size + 1
        if not matching.stands_alone(normal, first, last + 1):
            continue
        if alone or _is_said_of(text[normal.offsets[last] + 1 :]):
            yield folded.finding("name", first, last + 1)


def _is_said_of(rest: str) -> bool:
    """What follows on a name concerns that person."""
    after = fold(rest, dense=True).text
    return after.startswith(load().titles) or fact_after(after, 0) is not None


@lru_cache(maxsize=8)
def _latin_automaton(names: frozenset[str]) -> "ahocorasick.Automaton | None":
    made = ahocorasick.Automaton()
    for name in names:
        for written, syllables in spelling.romanised(name) if len(name) > 1 else ():
            alone = syllables == len(name) >= _SYLLABLES
            made.add_word(written, (len(written), alone))
    if not len(made):
        return None
    made.make_automaton()
    return made


@lru_cache(maxsize=8)
def _automaton(names: frozenset[str]) -> "ahocorasick.Automaton | None":
    """Built once per roster; None when there is nobody to look for."""
    usable = {fold(name, dense=True).text for name in names}
    usable = {name for name in usable if len(name) > 1}
    if not usable:
        return None
    made = ahocorasick.Automaton()
    for name in usable:
        made.add_word(name, name)
    made.make_automaton()
    return made


# --- a name beside a personal affair --------------------------------------------------------------


def _persons(folded: Folded) -> Iterator[Finding]:
    """Family name, given name, and then something that concerns that person alone."""
    text = folded.text
    for start in range(len(text)):
        for length in _lengths(text, start):
            end = start + length
            fact = fact_after(text, end)
            if fact is None or not may_be_name(text, start, end):
                continue
            yield folded.finding("person", start, fact)
            break


def _lengths(text: str, start: int) -> Sequence[int]:
    if text[start : start + 2] in load().compound_surnames:
        return (4, 3)
    return (3, 2) if text[start] in load().surnames else ()


# --- somebody is meant without a name -------------------------------------------------------------


def _masked(folded: Folded) -> Iterator[Finding]:
    for match in _MASKED.finditer(folded.text):
        fact = fact_after(folded.text, match.end())
        if fact is not None:
            yield folded.finding("person", match.start(), fact)
