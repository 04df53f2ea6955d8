"""The gate of a mass message: nothing about any one person goes to everybody.

    张三助学金已发放          stopped, whether or not 张三 is on the roster
    2024级全体学生助学金申请通知   passes: it is about everybody

It finds names of students and guardians of the school, a name beside a personal affair, scores,
ranks and illness of a person, mobile numbers, identity and student numbers; also when they are
spread out with spaces, markup, escapes, full width, zero width or traditional, names in Pinyin (two
syllables only beside a fact: they are too many other words), and traces of a person
(notice_traces). It finds nothing by chance and misses what is said without a name: who approves
reads the text as well.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from parties.models import GuardianLink, Membership, Person, Student
from records import (
    notice_dress,
    notice_half_named,
    notice_indirect,
    notice_markup,
    notice_mentions,
    notice_namesakes,
    notice_one,
    notice_persons,
    notice_pet_names,
    notice_traces,
)
from records.notice_facts import Finding, Folded, fold

_DIGITS: Final = r"(?:[\s\-_.·]?\d)"
#: (138)1234。5678: what stands between the digits of a telephone number.
_DIALLED: Final = r"(?:[\s\-_.·。()\[\]—–]{0,2}\d)"
_NUMBERS: Final = (
    ("number", re.compile(rf"(?<![0-9A-Za-z])[1-9]{_DIGITS}{{16}}[\s\-_.·]?[\dXx](?![0-9A-Za-z])")),
    ("phone", re.compile(rf"(?<!\d)(?:\+?86[\s-]?)?1[3-9]{_DIALLED}{{9}}(?!\d)")),
    ("number", re.compile(rf"(?<![0-9A-Za-z])6[0-9]{_DIGITS}{{14,17}}(?!\d)")),
    ("number", re.compile(r"(?:学号|学籍号|身份证号?|卡号)(?:码)?[为是：:\s]{0,2}[A-Za-z]?\d{4,}")),
    ("number", re.compile(r"(?:尾号|[后末][三四五六七八3-8]位)(?:数字?)?[为是：:\s]{0,2}\d{3,}")),
    ("number", re.compile(r"班级?\s?\d{1,3}\s?号(?=同学|学生|的?家长|的?孩子)")),
    # 1 3 8 1 2 …: every digit by itself; 1 3 5 … 11 is a list of weeks
    ("phone", re.compile(r"(?<![0-9])1[\s\-_.·,，、]{1,2}[3-9](?:[\s\-_.·,，、]{1,2}\d){9}(?!\d)")),
)
_WORD: Final = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
#: 2024-0101 and 2024 0301 01 are one number; 2024-01-01 is a day.
_BETWEEN: Final = re.compile(r"[ \t\-_.·/—–]{1,2}")
_PART: Final = re.compile(r"[0-9A-Za-z]+")
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE: Final = re.compile(
    rf"(?:19|20)\d\d(?:[-./]{_MONTH}[-./]{_DAY}(?: \d{{1,2}})?| {_MONTH} {_DAY})"
)
_LONG_NUMBER: Final = 6
#: Who has 2024030101 is called 24030101 as well.
_OF_A_YEAR: Final = re.compile(r"20[0-9]{2}[0-9a-z]{6}")
#: Letters read on either side of what a page shows otherwise, and how many of them only as context.
_MARGIN: Final = 160
_EDGE: Final = 80
#: 一三八一二三四五六七八 is dialled as well.
_WRITTEN_OUT: Final = str.maketrans("零〇○一幺二三四五六七八九", "0001123456789")


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
    return _without_overlaps([*_found(text, known), *_behind_markup(text, known)])


def _behind_markup(text: str, known: Roster) -> Iterator[Finding]:
    """What stands there once a page has shown it, near what it shows otherwise."""
    for read in notice_markup.layers(text):
        for first, last in notice_markup.changed(read, margin=_MARGIN):
            for one in _found(read.text[first:last], known):
                if _is_whole(one, last - first, len(read.text), first):
                    start = read.spans[first + one.start][0]
                    end = read.spans[first + one.end - 1][1]
                    yield replace(one, words=text[start:end], start=start, end=end)


def _is_whole(one: Finding, size: int, whole: int, first: int) -> bool:
    """Not at a cut edge, where half a sentence reads otherwise; what is there was read before."""
    begins = one.start >= _EDGE or first == 0
    return begins and (one.end <= size - _EDGE or first + size == whole)


def _found(text: str, known: Roster) -> list[Finding]:
    wide, dense = fold(text, dense=False), fold(text, dense=True)
    return [
        *_all_numbers(wide, known.numbers),
        *notice_persons.roster_names(dense, known.names),
        *notice_persons.beside_an_affair(dense),
        *notice_persons.unnamed(dense),
        *notice_one.find(dense),
        *notice_indirect.find(dense),
        *notice_half_named.find(dense),
        *notice_mentions.find(dense),
        *notice_mentions.one_of_the_class(dense),
        *notice_mentions.nicknamed(dense),
        *notice_namesakes.find(dense, known.names),
        *notice_pet_names.find(dense, known.names),
        *notice_traces.find(wide, dense, known.names),
        *notice_dress.find(text, dense, known.names),
    ]


def _all_numbers(wide: Folded, known: frozenset[str]) -> Iterator[Finding]:
    """As written, and with the words of figures read as figures where there are any."""
    spelt = wide.text.translate(_WRITTEN_OUT)
    dialled = Folded(spelt, wide.offsets, wide.original)
    for read in (wide,) if spelt == wide.text else (wide, dialled):
        yield from _numbers(read)
        yield from _student_numbers(read, known)


def _without_overlaps(found: Collection[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _numbers(folded: Folded) -> Iterator[Finding]:
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(folded.text):
            yield folded.finding(kind, match.start(), match.end())


def _student_numbers(folded: Folded, numbers: frozenset[str]) -> Iterator[Finding]:
    known, plain = _spellings(numbers)
    for match in _WORD.finditer(folded.text):
        if match.group().casefold() in known:
            yield folded.finding("number", match.start(), match.end())
    for start, end in _spread(folded.text, plain):
        if not _DATE.fullmatch(folded.text[start:end]):
            yield folded.finding("number", start, end)


@lru_cache(maxsize=8)
def _spellings(numbers: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """In small letters, also without the century; and of the long ones letters and digits alone."""
    known = frozenset(number.casefold() for number in numbers)
    long = {re.sub(r"[^0-9a-z]", "", one) for one in known if len(one) >= _LONG_NUMBER}
    short = {one[2:] for one in long if _OF_A_YEAR.match(one)}
    return known | short, frozenset(long | short)


def _spread(text: str, numbers: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where neighbouring parts make one of `numbers`: 2024 0301 01."""
    longest = max(map(len, numbers), default=0)
    for run in _runs(text):
        for place, (start, _) in enumerate(run):
            written = ""
            for first, last in run[place : place + longest]:
                written += text[first:last].casefold()
                if written in numbers:
                    yield start, last
                if len(written) >= longest:
                    break


def _runs(text: str) -> Iterator[Sequence[tuple[int, int]]]:
    """Parts that only a space or a mark parts from each other."""
    run: list[tuple[int, int]] = []
    for part in _PART.finditer(text):
        if run and not _BETWEEN.fullmatch(text, run[-1][1], part.start()):
            yield run
            run = []
        run.append(part.span())
    yield run
