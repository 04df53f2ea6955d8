"""The gate of a mass message: nothing about any one person goes to everybody.

    张三助学金已发放          stopped, whether or not 张三 is on the roster
    2024级全体学生助学金申请通知   passes: it is about everybody

It finds names of students and guardians of the school, a name beside a personal affair, scores,
ranks and illness of a person, mobile numbers, identity and student numbers; also when they are
spread out with spaces, full width, zero width or traditional, and names of three syllables in
Pinyin (two are too many other words). It finds nothing by chance and misses what is
said without a name: the person who approves reads the text as well.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import ahocorasick

from parties.models import GuardianLink, Membership, Person, Student
from records.language import matching, spelling
from records.language.normalise import normalise, simplified
from records.notice_words import load

_MEND: Final = {
    "name": "请删去姓名；只与一位学生有关的事，请单独联系其家长。",
    "person": "请删去这位学生的情况；只与一位学生有关的事，请单独联系其家长。",
    "phone": "请删去个人手机号；可写学校办公电话。",
    "number": "请删去证件号、学号或银行卡号。",
}
_WRONG: Final = {
    "name": "群发通知里出现了学生或家长的姓名。",
    "person": "群发通知里写了某一位学生的情况。",
    "phone": "群发通知里有个人手机号。",
    "number": "群发通知里有个人号码。",
}

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
_RANKED: Final = re.compile(
    r"(?:考了|得了|得分|总分)[^，。；,;]{0,6}?\d{1,3}(?:\.\d)?分|第[一二三四五六七八九十\d]{1,3}名"
)
_SCORE: Final = re.compile(r"\d{1,3}(?:\.\d)?分(?!钟)")
_WORD: Final = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
_LONGEST_LINK: Final = 10
#: Of a name that is looked for in Pinyin: li na and an na are many other things.
_SYLLABLES: Final = 3
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands where it must not: [start, end) in the text as written, why, and the mend."""

    kind: str
    words: str
    start: int
    end: int
    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody whose name or number must not be in a message to all."""

    names: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Folded:
    text: str
    offsets: Sequence[int]
    original: str

    def finding(self, kind: str, start: int, end: int) -> Finding:
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        return Finding(kind, self.original[first:last], first, last, _WRONG[kind], _MEND[kind])


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
    wide, dense = _fold(text, dense=False), _fold(text, dense=True)
    found = [
        *_numbers(wide),
        *_student_numbers(wide, known.numbers),
        *_roster_names(dense, known.names),
        *_romanised_names(text, known.names),
        *_persons(dense),
        *_masked(dense),
    ]
    return _without_overlaps(found)


def _without_overlaps(found: Collection[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _fold(text: str, *, dense: bool) -> _Folded:
    """Plain letters with the way back; `dense` also drops what people put between letters."""
    letters, offsets = [], []
    for place, letter in enumerate(text):
        for plain in unicodedata.normalize("NFKC", letter):
            if unicodedata.category(plain) in {"Cf", "Mn", "Cc"} and plain != "\n":
                continue
            if dense and (plain in " \t·•・-_~|/\\'\"“”‘’" or unicodedata.category(plain) == "Zs"):
                continue
            letters.append(simplified(plain))
            offsets.append(place)
    return _Folded("".join(letters), offsets, text)


# --- numbers --------------------------------------------------------------------------------------


def _numbers(folded: _Folded) -> Iterator[Finding]:
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(folded.text):
            yield folded.finding(kind, match.start(), match.end())


def _student_numbers(folded: _Folded, numbers: Collection[str]) -> Iterator[Finding]:
    known = {number.casefold() for number in numbers}
    for match in _WORD.finditer(folded.text):
        if match.group().casefold() in known:
            yield folded.finding("number", match.start(), match.end())


# --- names of the roster --------------------------------------------------------------------------


def _roster_names(folded: _Folded, names: Collection[str]) -> Iterator[Finding]:
    """Longest first: 王伟强 is not 王伟. An ordinary word is a name only beside a cue."""
    searched = _automaton(frozenset(names))
    if searched is None:
        return
    for end, name in searched.iter_long(folded.text):
        start = end + 1 - len(name)
        if name in load().common and not _is_cued(folded.text, start, end + 1):
            continue
        yield folded.finding("name", start, end + 1)


def _romanised_names(text: str, names: Collection[str]) -> Iterator[Finding]:
    """Wang Weiqiang, wangweiqiang: in Latin, and a word of its own."""
    searched = _latin_automaton(frozenset(names))
    if searched is None:
        return
    normal = normalise(text)
    folded = _Folded(normal.text, normal.offsets, text)
    for last, size in searched.iter(normal.text):
        first = last - size + 1
        if matching.stands_alone(normal, first, last + 1):
            yield folded.finding("name", first, last + 1)


@lru_cache(maxsize=8)
def _latin_automaton(names: frozenset[str]) -> "ahocorasick.Automaton | None":
    made = ahocorasick.Automaton()
    for name in names:
        if len(name) >= _SYLLABLES:
            for written, syllables in spelling.romanised(name):
                if syllables == len(name):
                    made.add_word(written, len(written))
    if not len(made):
        return None
    made.make_automaton()
    return made


@lru_cache(maxsize=8)
def _automaton(names: frozenset[str]) -> "ahocorasick.Automaton | None":
    """Built once per roster; None when there is nobody to look for."""
    usable = {_fold(name, dense=True).text for name in names}
    usable = {name for name in usable if len(name) > 1}
    if not usable:
        return None
    made = ahocorasick.Automaton()
    for name in usable:
        made.add_word(name, name)
    made.make_automaton()
    return made


def _is_cued(text: str, start: int, end: int) -> bool:
    after, before = text[end : end + 4], text[max(0, start - 5) : start]
    return after.startswith(load().titles) or before.endswith(load().labels)


# --- a name beside a personal affair --------------------------------------------------------------


def _persons(folded: _Folded) -> Iterator[Finding]:
    """Family name, given name, and then something that concerns that person alone."""
    text = folded.text
    for start in range(len(text)):
        for length in _lengths(text, start):
            end = start + length
            fact = _fact_after(text, end)
            if fact is None or not _may_be_name(text, start, end):
                continue
            yield folded.finding("person", start, fact)
            break


def _lengths(text: str, start: int) -> Sequence[int]:
    if text[start : start + 2] in load().compound_surnames:
        return (4, 3)
    return (3, 2) if text[start] in load().surnames else ()


def _may_be_name(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if not all(_HAN.match(letter) for letter in name) or _looks_ordinary(name):
        return _is_cued(text, start, end)
    before = text[max(0, start - 2) : start]
    return not before or not _HAN.match(before[-1]) or before.endswith(load().before)


def _looks_ordinary(name: str) -> bool:
    return name in load().common or name[:2] in load().common or name[1:] in load().inside


def _fact_after(text: str, end: int) -> int | None:
    """Where the affair that follows on a name ends, with nothing but links between."""
    place, last = end, min(len(text), end + _LONGEST_LINK)
    while place <= last:
        found = _fact_at(text, place)
        if found is not None:
            return found
        link = next((one for one in load().links if text.startswith(one, place)), "")
        if not link:
            return None
        place += len(link)
    return None


def _fact_at(text: str, place: int) -> int | None:
    for fact in load().facts:
        if text.startswith(fact, place):
            return place + len(fact)
    scored = _RANKED.match(text, place) or _SCORE.match(text, place)
    return scored.end() if scored else None


# --- somebody is meant without a name -------------------------------------------------------------


def _masked(folded: _Folded) -> Iterator[Finding]:
    for match in _MASKED.finditer(folded.text):
        fact = _fact_after(folded.text, match.end())
        if fact is not None:
            yield folded.finding("person", match.start(), fact)
