"""One child, or few, pointed at without a name: 欠费名单：3号、7号, 倒数第一名的家长请留下.

A number, a family name, a rank or an only one says nothing by itself (3号窗口, 最后一名离开的同学);
it does beside money, marks, illness or conduct. A rule for whoever it may be passes, as in
notice_one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from records.notice_facts import Finding, Folded
from records.notice_one import ANYBODY, befell, is_anybody
from records.notice_words import load

_WHO: Final = r"(?:同学|学生|孩子|小孩|[男女][生孩]|学员|娃|(?:实习|住校|住宿|走读|转学|插班)生)"
_WHOSE: Final = rf"(?:{_WHO}(?!们)|家长(?!会(?!后))|家庭)"
_IN_CLAUSE: Final = r"[^\n,。;:!?]"
#: 未交学费, 还没有缴清住宿费, 没有交班费: of a family, whatever it is for.
_OWES: Final = rf"(?:未|没有?|欠)(?:按时|及时)?(?:[交缴]纳?清?)?{_IN_CLAUSE}{{0,4}}?[费款]"
_UNWELL: Final = r"体检(?:结果)?(?:异常|不合格|阳性)|检测(?:结果)?阳性|结果异常"

_BEHIND: Final = r"排名(?:最后|倒数)|垫底"

# --- a list behind what they have in common ---

#: 处分办法：1、 is a paragraph, 补助时间：3号 a day.
_NO_LIST: Final = re.compile(
    r"时间|日期|地点|安排|窗口|电话|办法|流程|材料|考场|方式|标准|规定|条件|等级|种类|如下|内容|步骤"
)
_OF_PEOPLE: Final = re.compile(rf"名单|{_WHO}|家长|家庭|人员")
_HEAD: Final = re.compile(rf"({_IN_CLAUSE}{{2,24}}):")
#: 7号, 18号6节, 302室2号床
_NUMBER: Final = r"(?:\d{3,4}(?:宿舍|寝室|室)?的?\d{1,2}号?床|\d{1,2}号?)(?:\d{1,3}[节次分元天])?"
_NUMBERED: Final = re.compile(
    rf"{_NUMBER}(?:[、,，和及]{_NUMBER})*"
    r"(?![\d月日楼栋车线]|号楼|[\u4e00-\u9fff]*(?:窗口|考场|教室|实训室))"
)

# --- a rank that one person has ---

_LAST: Final = (
    r"倒数(?:第|[第前]?(?=[一二三四五六\d]{1,2}名))[一二三四五六\d]{1,2}名?|排名(?:最后|倒数)"
    r"|(?:全班|全年级|年级|班里|班级|月考|期[中末]|考试|考了?)最后一名"
    r"|最后一名(?=的?家长|[是为:])|(?:全班|年级)垫底"
    r"|(?:成绩|总分|排名|月考|期[中末]|考试)(?:在?全?[班校年]级?)?(?:最后|后)[两二三四五六七八九十\d]{1,2}[名位]"
)
_RANKED: Final = re.compile(
    rf"(?:{_LAST})(?:的?(?:[那这]?[一二两三四五\d]?[个名位])?的?{_WHOSE}|[是为:](?![每谁]))"
)

# --- an only one ---

_ONLY: Final = re.compile(
    rf"唯一(?:一?[个名位])?(?:还?没有?|还?未|不|欠){_IN_CLAUSE}{{1,10}}?的{_WHOSE}"
    rf"|(?:还有|只剩|仅剩|就差|只有|还剩|剩下?)(?:最后)?一[个名位]{_WHOSE}{_IN_CLAUSE}{{0,4}}?"
    rf"(?:{_OWES}|{_UNWELL})"
    rf"|[费款]{_IN_CLAUSE}{{0,3}}?[差剩]一?[个名位]{_WHOSE}"
)

# --- an illness that is nobody's to know, in a class that knows who it is ---

#: 我班出现水痘病例 warns everybody; 我班有艾滋病感染者 points at one.
_CARRIER: Final = re.compile(
    rf"(?:[我本]班|我们班|班[里上内]|宿舍里)(?:现?(?<!没)有|出[现了]|发现)了?{_IN_CLAUSE}{{0,4}}?"
    rf"(?:艾滋|HIV|乙肝|梅毒|性病|结核|精神|抑郁){_IN_CLAUSE}{{0,4}}?(?:感染者|携带者|病人|患者|阳性)"
)


# --- somebody who can be seen, or a deed that was ---

_AT_A_GLANCE: Final = r"新转[来学入]|插班|坐轮椅|拄拐|[戴带]助听器"
_SEEN: Final = r"转[来学入]|复学|休学|出院|个子最?[高矮]|最?[胖瘦高矮]|染发|有纹身"
_OF_HERE: Final = rf"(?:[我本]班|我们班|班[里上内])(?:那[个名位])?{_IN_CLAUSE}{{0,3}}?"
_TO_SEE: Final = re.compile(rf"(?:{_AT_A_GLANCE}|{_OF_HERE}(?:{_SEEN}))(?:了|过)?的{_WHO}(?!们)")
_MANY: Final = "[一两二三四五六七八九几1-9]"
_FEW: Final = (
    rf"(?:(?:那{_MANY}?|(?<!\d){_MANY})[个名位]{_WHO}(?!们)|那[一两二三四五几][个名位]?人)"
)
_WHEN: Final = re.compile(
    r"昨[天日晚]|前[天晚]|今[天早晨]|上?周[一二三四五六日末]|上个?月|刚才|那天|上次|日前"
)
#: 制止打架的两名同学 have done well, and 宣讲防打架知识的 as well; 被查出抽烟的 have not.
_AGAINST_IT: Final = re.compile(
    r"(?<!被)(?:制止|劝[阻开]|预?防|宣[讲传]|讲解|检查(?![出到])|巡查|帮助|救助|护送|举报|服务)[^\n,，。;；:!?]{0,3}$"
)
_REACH: Final = 10
_ABOUT_IT: Final = re.compile("培训|听证|知识|讲座|宣传|志愿")


def find(folded: Folded) -> Iterator[Finding]:
    text = folded.text
    found = (
        *_listed(text), *_ranked(text), *_only(text), *_to_see(text), *_few_who_did(text),
        *_family_names(text), *_carriers(text),
    )  # fmt: skip
    for start, stop in found:
        if not is_anybody(text, start):
            yield folded.finding("person", start, stop)


def _listed(text: str) -> Iterator[tuple[int, int]]:
    """未交学费：6号、14号; 因打架被处分：张、李、王."""
    for head in _HEAD.finditer(text):
        said = head[1]
        told = _in_common().search(said)
        if told is None or _NO_LIST.search(said):
            continue
        people = _OF_PEOPLE.search(said) is not None
        if told["mild"] and not people:
            continue
        numbers = _NUMBERED.match(text, head.end())
        named = _surnames().match(text, head.end())
        if named or (numbers and _is_list(numbers, people=people)):
            yield head.start(), (named or numbers).end()  # type: ignore[union-attr]


def _is_list(numbers: re.Match[str], *, people: bool) -> bool:
    """1、 alone begins a paragraph; 5、8、21号 behind 名单 does not."""
    return re.search("[号床]", numbers[0]) is not None or (
        people and re.search(r"\d[、,，和及]\d", numbers[0]) is not None
    )


def _ranked(text: str) -> Iterator[tuple[int, int]]:
    for match in _RANKED.finditer(text):
        yield match.span()


def _only(text: str) -> Iterator[tuple[int, int]]:
    for match in _ONLY.finditer(text):
        yield match.span()


def _carriers(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARRIER.finditer(text):
        yield match.span()


def _to_see(text: str) -> Iterator[tuple[int, int]]:
    for match in _TO_SEE.finditer(text):
        stop = befell(text, match.end())
        if stop is not None:
            yield match.start(), stop


def _few_who_did(text: str) -> Iterator[tuple[int, int]]:
    """上周五在宿舍抽烟的两名男生, 两名昨晚翻墙的同学, 单亲的那几位同学; 昨天迟到的 may be many."""
    for match in _deeds().finditer(text):
        start, stop = match.span()
        before = text[max(0, start - _REACH) : start]
        if _AGAINST_IT.search(before) or _ABOUT_IT.search(match[0]):
            continue
        some_day = _WHEN.search(before + match[0]) is not None
        if some_day or ("的那" in match[0] and not ANYBODY.match(text, stop)):
            yield start, stop


def _family_names(text: str) -> Iterator[tuple[int, int]]:
    """某张姓同学低保已批, 李某昨天偷东西, 刚做完手术的李同学."""
    for match in _of_family().finditer(text):
        stop = befell(text, match.end())
        if stop is not None:
            yield match.start(), stop
    for match in _done_by_family().finditer(text):
        yield match.span()


def _one_name() -> str:
    return f"(?:{'|'.join(sorted(load().compound_surnames))}|[{''.join(sorted(load().surnames))}])"


def _hard() -> str:
    """What is said of one person alone, wherever it stands."""
    words = load()
    mild = set(words.tests) | set(words.everyday)
    hard = sorted({*words.facts, *words.befell} - mild, key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, hard))


@lru_cache(maxsize=1)
def _in_common() -> re.Pattern[str]:
    mild = "|".join(map(re.escape, load().everyday))
    return re.compile(f"(?P<hard>{_hard()}|{_OWES}|{_UNWELL}|{_BEHIND})|(?P<mild>{mild})")


@lru_cache(maxsize=1)
def _surnames() -> re.Pattern[str]:
    one = f"{_one_name()}(?:某{{1,2}}|[*○xX]{{1,2}})?"
    return re.compile(rf"{one}(?:[、,，和及]{one})+(?![\u4e00-\u9fff])")


@lru_cache(maxsize=1)
def _deeds() -> re.Pattern[str]:
    before = rf"(?<!\d){_MANY}[个名位]{_IN_CLAUSE}{{0,8}}?"
    deed = rf"(?:{_hard()}){_IN_CLAUSE}{{0,4}}?的"
    return re.compile(rf"{deed}{_FEW}|{before}{deed}{_WHO}(?!们)")


@lru_cache(maxsize=1)
def _of_family() -> re.Pattern[str]:
    one = _one_name()
    return re.compile(
        rf"(?:某|一[个名位])?{one}姓的?{_WHO}(?!们)|{one}(?:某{{1,2}}|[*○xX]{{2}})(?:同学)?"
    )


@lru_cache(maxsize=1)
def _done_by_family() -> re.Pattern[str]:
    every = f"{_hard()}|{'|'.join(map(re.escape, load().everyday))}"
    return re.compile(rf"(?:{every}){_IN_CLAUSE}{{0,2}}?的{_one_name()}(?:某{{0,2}})?同学(?!们)")
