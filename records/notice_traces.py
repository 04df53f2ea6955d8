"""Where a person is meant in a mass message although no full name of the roster stands there.

A given name, a name beside a mark or a datum, split or masked characters, whose family it is.
Each wants something beside it that concerns one person, or the words would be anybody's.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

import ahocorasick

from records.notice_facts import (
    HAN,
    Finding,
    Folded,
    begins,
    fact_after,
    looks_ordinary,
    may_be_name,
)
from records.notice_words import load

_FULL: Final = 3
_KIN: Final = r"(?:的?(?:妈妈|爸爸|母亲|父亲)|的家长|家长(?=[请您到来速尽,，:：]))"
TO_KIN: Final = re.compile(_KIN)
_LISTED: Final = re.compile(
    r"(?:未缴费|未交费|没交学费|未缴清|欠费|欠缴|旷课|迟到|早退|逃课|缺考|不及格|挂科|补考|处分|记过|警告"
    r"|开除|劝退|打架|斗殴|抽烟|吸烟|早恋|违纪|通报批评|夜不归宿|贫困生|特困生?|低保|助学金|奖学金|单亲|离异)"
    r"(?:的?(?:名单|学生|同学|人员))?[:：]"
)
_NEXT: Final = re.compile(r"[、,，和及]?([\u4e00-\u9fff]{2,4})(?=$|[、,，。;；\n(（])")
_MASK: Final = re.compile(r"([\u4e00-\u9fff])[*＊○〇◯×xX□●_]{1,2}([\u4e00-\u9fff])")
_DATUM: Final = re.compile(r"[\s:：,，|/]{0,3}\d{1,3}(?:\.\d)?(?![\d年月日号时点周个级班人元%天])")
_MARK: Final = re.compile(
    r"[:：,，|/=]{0,2}\d{2,3}(?:\.\d)?(?=分|[、,，。;；!?|)）\n\u4e00-\u9fff]|$)"
    r"(?![年月日号时点周个级班人元%天岁楼层栋室路米名位首本份张套次期届章页节至条]|分钟)"
)
#: After a money word: something happened to one person, nobody explains a rule.
_HAPPENED: Final = re.compile(r"(?:已|未|没|被|到账|发放|[:：]?\d|OK|ok)")
_SUFFERED: Final = re.compile(r"[ \t\u3000]*[被因]?")
_SPLIT: Final = {
    "张": ("弓长",), "李": ("木子",), "陈": ("耳东",), "胡": ("古月",), "吴": ("口天",),
    "林": ("双木", "木木"), "章": ("立早",), "赵": ("走肖",), "许": ("言午",), "杨": ("木易",),
    "何": ("人可",), "程": ("禾呈",), "郑": ("关耳",), "刘": ("文刀",), "朱": ("牛八",),
    "谢": ("言身寸",), "贾": ("西贝",), "魏": ("委鬼",), "伍": ("人五",),
}  # fmt: skip


#: The same numeral as a figure, and as it stands on a cheque.
_FIGURES: Final = (
    str.maketrans("一二三四五六七八九", "123456789"),
    str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾"),
)


def find(wide: Folded, dense: Folded, names: Collection[str]) -> Iterator[Finding]:
    """Every trace of a person; `names` are those of the roster."""
    known = frozenset(names)
    yield from _given_names(dense, known)
    yield from _common_names(wide, known)
    yield from _split_names(dense, known)
    yield from _masked_names(dense, known)
    yield from _listed(dense, known)
    yield from _families(dense)


def _given_names(folded: Folded, names: frozenset[str]) -> Iterator[Finding]:
    """晓梅的妈妈, 艾力的, 张3: a part of a name or its other spelling, before kin or a fact."""
    searched = automaton(_given(names) | _first_parts(names) | _in_figures(names))
    for start, end in hits(searched, folded.text):
        if not begins(folded.text, start):
            continue
        kin = TO_KIN.match(folded.text, end)
        fact = None if folded.text[start:end] in load().common else _told(folded.text, end)
        stop = kin.end() if kin else fact
        if stop is not None or folded.text.startswith("同学", end):
            yield folded.finding("name", start, stop or end)


def _told(text: str, end: int) -> int | None:
    """Where a fact or a mark ends: 晓梅 45, but not 晓梅45岁."""
    mark = _MARK.match(text, end)
    return mark.end() if mark else fact_after(text, end)


def _given(names: frozenset[str]) -> frozenset[str]:
    double = load().compound_surnames
    found = {name[2:] if name[:2] in double else name[1:] for name in names if len(name) >= _FULL}
    return frozenset(name for name in found if len(name) == 2)  # noqa: PLR2004 - 两个字


@lru_cache(maxsize=8)
def _first_parts(names: frozenset[str]) -> frozenset[str]:
    """艾力 of 艾力·买买提: how everybody calls him."""
    parts = {re.split("[·•・]", name)[0] for name in names if re.search("[·•・]", name)}
    return frozenset(part for part in parts if len(part) > 1)


@lru_cache(maxsize=8)
def _in_figures(names: frozenset[str]) -> frozenset[str]:
    """张3 and 张叁 are 张三."""
    written = {name[0] + name[1:].translate(one) for name in names if name for one in _FIGURES}
    return frozenset(written - names)


def _common_names(folded: Folded, names: frozenset[str]) -> Iterator[Finding]:
    """高兴 59, 高兴助学金已发放, 张三、高兴: a word and a name, beside a datum or a name."""
    common = frozenset(name for name in names if name in load().common)
    for start, end in hits(automaton(common), folded.text):
        if start and HAN.match(folded.text[start - 1]):
            continue
        datum = _DATUM.match(folded.text, end)
        fact = _happened(folded.text, end)
        stop = datum.end() if datum else fact
        if stop is not None or _is_listed(folded.text, start, end, names):
            yield folded.finding("name", start, stop or end)


def _happened(text: str, end: int) -> int | None:
    link = _SUFFERED.match(text, end)
    place = link.end() if link else end
    for fact in load().facts:
        if text.startswith(fact, place):
            stop = place + len(fact)
            return stop if "被" in text[end:place] or _HAPPENED.match(text, stop) else None
    return None


def _is_listed(text: str, start: int, end: int, names: frozenset[str]) -> bool:
    """Between 、 beside a name that is no ordinary word."""
    before = re.search(r"([\u4e00-\u9fff]{2,4})[、/]$", text[:start])
    after = re.match(r"[、/]([\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff])", text[end:])
    beside = {one.group(1) for one in (before, after) if one}
    return any(one in names and one not in load().common for one in beside)


def _split_names(folded: Folded, names: frozenset[str]) -> Iterator[Finding]:
    """弓长三 is 张三."""
    for start, end in hits(automaton(_split(names)), folded.text):
        yield folded.finding("name", start, end)


@lru_cache(maxsize=8)
def _split(names: frozenset[str]) -> frozenset[str]:
    return frozenset(
        parts + name[1:] for name in names if len(name) > 1 for parts in _SPLIT.get(name[0], ())
    )


def _masked_names(folded: Folded, names: frozenset[str]) -> Iterator[Finding]:
    """李○梅: the outline of a name of the roster, or any with a fact behind it."""
    outlines = {(name[0], name[-1]) for name in names if len(name) >= _FULL}
    for match in _MASK.finditer(folded.text):
        if match.groups() in outlines:
            yield folded.finding("name", match.start(), match.end())
        elif match.group(1) in load().surnames:
            fact = fact_after(folded.text, match.end())
            if fact is not None:
                yield folded.finding("person", match.start(), fact)


def _listed(folded: Folded, names: frozenset[str]) -> Iterator[Finding]:
    """未缴费：赵敏、晓梅: names after what they have in common; of the roster the given ones."""
    given = _given(names) - frozenset(load().common)
    for match in _LISTED.finditer(folded.text):
        place = match.end()
        while listed := _NEXT.match(folded.text, place):
            if listed.group(1) in given or _is_like_a_name(listed.group(1)):
                yield folded.finding("person", match.start(), listed.end())
            place = listed.end()


def _families(folded: Folded) -> Iterator[Finding]:
    """赵敏妈妈，请来校: a family name, a given name, and who is asked to come."""
    for match in TO_KIN.finditer(folded.text):
        for size in (4, 3, 2):
            start = match.start() - size
            if start < 0 or not _is_like_a_name(folded.text[start : match.start()]):
                continue
            if may_be_name(folded.text, start, match.start()):
                yield folded.finding("person", start, match.end())
                break


def _is_like_a_name(word: str) -> bool:
    if not all(HAN.match(letter) for letter in word) or looks_ordinary(word):
        return False
    if word[:2] in load().compound_surnames:
        return len(word) >= _FULL
    return word[0] in load().surnames and len(word) <= _FULL


def hits(searched: "ahocorasick.Automaton | None", text: str) -> Iterator[tuple[int, int]]:
    if searched is not None:
        for last, size in searched.iter_long(text):
            yield last + 1 - size, last + 1


@lru_cache(maxsize=64)
def automaton(words: frozenset[str]) -> "ahocorasick.Automaton | None":
    if not words:
        return None
    made = ahocorasick.Automaton()
    for word in words:
        made.add_word(word, len(word))
    made.make_automaton()
    return made
