"""A student whose name is an ordinary word: 康宁患有抑郁症 is about that student, 身体康宁 is not.

Such a name alone says nothing, so it counts beside what befell one person. Only names of the
roster are looked for: at a school where nobody is called 高峰, 高峰 is a time of the day.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

import ahocorasick

from records.notice_facts import HAN, Finding, Folded, affair_after, fold
from records.notice_words import load

#: 昨天高峰旷课, 得知高峰患病: what may stand before a name besides the listed words.
_BEFORE: Final = (
    "昨天", "今天", "昨日", "今日", "上周", "本周", "这周", "日前", "近日", "近期", "本月", "上月",
    "上午", "下午", "晚上", "昨晚", "目前", "学期", "得知", "获悉", "发现", "到", "听说", "知道",
    "孩子", "儿子", "女儿", "我们", "我校", "本校", "专业", "宿舍", "的",
)  # fmt: skip
_KIN: Final = re.compile(r"的?(?:父母|爸妈|家里|家中|妈妈|爸爸|母亲|父亲|爷爷|奶奶|监护人)")
#: What no hour and no subject has.
_BEFELL: Final = re.compile(
    r"患病|患有|得了|确诊|住院|抑郁|焦虑|自闭|怀孕|流产|割腕|自杀|自残|肝炎|肺结核|艾滋|离婚|离异|单亲|孤儿"
    r"|服刑|入狱|继父|继母|去世|旷课|逃课|打架|斗殴|偷窃|抽烟|吸烟|早恋|夜不归宿|通报|开除|劝退|退学"
    r"|哮喘|癫痫|糖尿病|心脏病|白血病|肾病|肾炎|乙肝|甲亢|肿瘤|癌症|骨折|贫血|水痘|梅毒|多动症|强迫症"
    r"|躁郁症|双相|残疾|智力障碍|听力障碍|欠学费|学费未"
    r"|留校察看|欠费|欠缴|未缴|未交|没交|贫困生|困难生|特困|低保|不及格|挂科|缺考|作弊|留级|倒数"
)
#: 陶艺期末考试, 安全与考试: between a subject and what it has, too.
_PLAIN_LINK: Final = re.compile(
    r"(?:数学|语文|英语|专业课|技能|实训|学生|学校|校级|校内|国家|级|期中|期末|月考|申请|通过"
    r"|办理|可以|享受|和|与|是|为|有|不|[，,：:(])*"
)
_HAPPENED: Final = re.compile(
    r"[，,：:]?(?:已|未|没|被|了|到账|发放|下降|退步|[很较最]?差|不及格|作弊|\d|ok"
    r"|[一二三四五六七八九十两几多]+[天次节门分元万])",
    re.IGNORECASE,
)
#: 旷课的学生, 打架者: whoever does it.
_ANYBODY: Final = re.compile(
    r"的(?:各位|所有)?(?:同学|学生|家庭|家长|孩子|人员)|者|人数|预防|防治|防控"
)
_A_RULE: Final = re.compile(
    r"现象|行为|问题|管理|规定|安排|时间|地点|办法|说明|标准|评审|政策|占|另行"
)


def find(folded: Folded, names: Collection[str]) -> Iterator[Finding]:
    """Names of the roster that are ordinary words, beside an affair or the family of a person."""
    searched = _automaton(frozenset(names))
    if searched is None:
        return
    for last, size in searched.iter_long(folded.text):
        start, end = last + 1 - size, last + 1
        if not begins(folded.text, start):
            continue
        kin = _KIN.match(folded.text, end)
        stop = affair(folded.text, end) or (kin.end() if kin else None)
        if stop is not None:
            yield folded.finding("name", start, stop)


def begins(text: str, start: int) -> bool:
    """身体康宁 does not begin a name, 其中康宁 may."""
    before = text[max(0, start - 3) : start]
    return not before or not HAN.match(before[-1]) or before.endswith((*load().before, *_BEFORE))


def affair(text: str, end: int) -> int | None:
    """Where what befell this person ends; None for what hours, places and subjects have."""
    found = affair_after(text, end)
    if found is None or text.startswith("时", end) or _ANYBODY.match(text, found[1]):
        return None
    first, stop = found
    if _BEFELL.search(text, end, stop) or _HAPPENED.match(text, stop):
        return stop
    if _A_RULE.match(text, stop) or _PLAIN_LINK.fullmatch(text, end, first):
        return None
    return stop


@lru_cache(maxsize=8)
def _automaton(names: frozenset[str]) -> "ahocorasick.Automaton | None":
    """Of those that are ordinary words; 家长 and 申请 link a name to its affair, and are none."""
    plain = {fold(name, dense=True).text for name in names}
    made = ahocorasick.Automaton()
    for name in (plain & load().common) - load().inside:
        made.add_word(name, len(name))
    if not len(made):
        return None
    made.make_automaton()
    return made
