"""Who is named or meant in a mass message: names of the roster, a name beside a personal affair,
and 某同学.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import ahocorasick

from records import notice_lookalikes, notice_staff
from records.notice_facts import (
    Finding,
    Folded,
    affair_after,
    fact_after,
    fold,
    is_cued,
    may_be_name,
)
from records.notice_words import load

#: 李某某、小明、某同学: somebody is meant although no name is given.
_MASKED: Final = re.compile(
    r"(?:[\u4e00-\u9fff](?:某{1,2}|[*＊○×xX]{1,2})|某(?:位|名)?(?:同学|学生|男生|女生)"
    r"|小[明红刚强华丽芳军])"
)
_OFFICE: Final = re.compile(
    r"助学金|奖学金|奖助学金|助学贷款|补助|资助|减免|学费减免|免学费|退费|成绩|考试|补考|考核|心理咨询"
)
_DESK: Final = re.compile(
    r"(?:咨询|工作|事务|事宜|业务|办理|[处科组室]|中心|办公室|方面|[)）】\]]|$|\n|[,，。;；:：]?(?:电话|0\d{2,3}))"
)


def roster_names(folded: Folded, names: Collection[str]) -> Iterator[Finding]:
    """Longest first: 王伟强 is not 王伟. An ordinary word is a name only beside a cue."""
    searched = _automaton(frozenset(names))
    if searched is None:
        return
    for end, name in searched.iter_long(folded.text):
        start = end + 1 - len(name)
        if name in load().common and not is_cued(folded.text, start, end + 1):
            continue
        if notice_lookalikes.is_another(folded.text, start, end + 1):
            continue
        if not notice_staff.is_teacher(folded.text, start, end + 1):
            found = folded.finding("name", start, end + 1)
            yield replace(found, mend=f"{found.mend}{_wording(folded.text, end + 1)}")


def _wording(text: str, end: int) -> str:
    """How to word what only looks like a name of the roster."""
    return notice_staff.mend_of(text, end) or notice_lookalikes.mend_of(text, end)


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


def beside_an_affair(folded: Folded) -> Iterator[Finding]:
    """Family name, given name, and then something that concerns that person alone."""
    text = folded.text
    for start in range(len(text)):
        for length in lengths(text, start):
            end = start + length
            found = affair_after(text, end)
            if found is None or not may_be_name(text, start, end):
                continue
            if not _is_asked(text, start, *found):
                yield folded.finding("person", start, found[1])
            break


def _is_asked(text: str, start: int, first: int, stop: int) -> bool:
    """联系人：李明（助学金咨询）: whom anybody may ask, about an affair of the office."""
    labelled = text[:start].rstrip(":： ").endswith(load().contacts)
    return bool(labelled and _OFFICE.fullmatch(text, first, stop) and _DESK.match(text, stop))


def lengths(text: str, start: int) -> Sequence[int]:
    if text[start : start + 2] in load().compound_surnames:
        return (4, 3)
    return (3, 2) if text[start] in load().surnames else ()


def unnamed(folded: Folded) -> Iterator[Finding]:
    for match in _MASKED.finditer(folded.text):
        fact = fact_after(folded.text, match.end())
        if fact is not None:
            yield folded.finding("person", match.start(), fact)
