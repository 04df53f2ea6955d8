"""Who is meant where the affair stands first, or where only a family name stands.

助学金已发放给张三, 张同学欠费.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from records.notice_facts import HAN, Finding, Folded, begins, fact_after, looks_ordinary
from records.notice_one import is_anybody
from records.notice_persons import lengths
from records.notice_words import load

_GIVEN: Final = (
    r"(?:款|资金|决定|通知书?)?(?:已经|已|均|都|现|今[日天]|昨[日天]|全部|全额|共|[于在]?\d+月\d+日"
    r"|\d+(?:\.\d+)?万?元)*(?:发放|补发|发|打款|打|转账|转|汇款|汇|拨付|划拨|拨|划|支付|退还|退|存|送达|下达|到账)"
    r"(?:给予|给了|给|至|到|入)?"
)
#: 发给张三。 and 发给张三的家长, not 发给任课老师.
_AFTER: Final = re.compile(
    r"$|[^\u4e00-\u9fff]|同学|的|家长|本人|名下|账|卡|妈妈|爸爸|父亲|母亲|了|和|及|[两二三]人"
)

_NO_NICKNAMES: Final = frozenset({"小于", "小康", "小段", "小金", "小高", "老龙", "小龙"})


def find(folded: Folded) -> Iterator[Finding]:
    text = folded.text
    for match in _given().finditer(text):
        end = _name_at(text, match.end())
        if end is not None:
            yield folded.finding("person", match.start(), end)
    for match in _family().finditer(text):
        fact = fact_after(text, match.end())
        if fact is not None and begins(text, match.start()):
            yield folded.finding("person", match.start(), fact)


def one_of_the_class(folded: Folded) -> Iterator[Finding]:
    """班里有一名同学父母离异: everybody in that class knows who it is."""
    for match in _one().finditer(folded.text):
        if not is_anybody(folded.text, match.start()):
            yield folded.finding("person", match.start(), match.end())


def nicknamed(folded: Folded) -> Iterator[Finding]:
    """小张的助学金, 老王家的孩子旷课."""
    for match in _nickname().finditer(folded.text):
        fact = fact_after(folded.text, match.end())
        if fact is None or not begins(folded.text, match.start()):
            continue
        if match.group()[:2] not in _NO_NICKNAMES:
            yield folded.finding("person", match.start(), fact)


def _name_at(text: str, start: int) -> int | None:
    """Where a name, or 张同学, that begins here ends."""
    family = _family().match(text, start)
    if family:
        return family.end()
    if start == len(text):
        return None
    for length in sorted(lengths(text, start)):
        name, end = text[start : start + length], start + length
        if len(name) == length and all(map(HAN.match, name)) and _AFTER.match(text, end):
            return None if looks_ordinary(name) else end
    return None


@lru_cache(maxsize=1)
def _given() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(map(re.escape, load().facts))}){_GIVEN}")


@lru_cache(maxsize=1)
def _family() -> re.Pattern[str]:
    one = f"(?:{'|'.join(sorted(load().compound_surnames))}|[{''.join(sorted(load().surnames))}])"
    return re.compile(f"姓{one}的?(?:同学|学生)|{one}姓(?:同学|学生)|{one}同学(?!们)")


@lru_cache(maxsize=1)
def _nickname() -> re.Pattern[str]:
    return re.compile(
        f"[小老阿][{''.join(sorted(load().surnames))}](?:家的?(?:孩子|小孩|儿子|女儿|闺女)?)?"
    )


@lru_cache(maxsize=1)
def _one() -> re.Pattern[str]:
    facts = "|".join(map(re.escape, load().facts))
    who = r"(?:同学|学生|孩子|男生|女生)"
    one = r"(?:有(?:一|1)?[名位个]|那(?:一)?[名位个])"
    return re.compile(
        f"{one}{who}[^\n。；;，,？?]{{0,6}}?(?:{facts})|那(?:一)?[名位个](?:{facts})的?{who}"
    )
