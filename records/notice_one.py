"""One child without a name: 本班一名学生确诊肺结核, 班长本周旷课三次, 坐在最后一排的男生.

Everybody in that class knows who it is. Who is meant stands first; then, in the same sentence and
not far, what befell that person. What may befall anybody passes: 如有学生确诊请告知.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from records.notice_facts import Finding, Folded
from records.notice_words import load

_WHO: Final = (
    r"(?:[男女]?同学|[男女]?学生|孩子|小朋友|[男女][生孩]|学员"
    r"|(?:住校|住宿|走读|寄宿|借读|实习|转学|插班|新)生)"
)
_SEAT: Final = (
    r"(?:坐在?[^\n，。；,;]{0,6}?[排窗门角边桌旁]|最后一?排|第[一二三四五六七八九十\d]{1,2}排"
    r"|靠[窗门墙]|\d{1,2}(?:号[床座]|床)位?)"
)
#: 05、19、32号
_SOME: Final = r"\d{1,4}号?(?:[、,，和及]\d{1,4}号?)*"
#: ZZH as a name is written in haste; CNC and PPT are things.
_INITIALS: Final = (
    r"(?<![A-Za-z0-9])(?!(?:PPT|PDF|APP|ATM|CNC|CAD|PLC|KTV|NBA|CBA|HPV|AED|CPR|VIP|WPS|CET|BMI|MRI|DNA"
    r"|SIM|USB|GPS|SOS|ICU|HIV|TCP|PVC|LED|NFC|PSC|IOS|CPU|GDP|SUV|POS|ETC)(?![A-Za-z]))[A-Z]{3}"
    r"(?![A-Za-z]|\d(?!\d{0,2}分(?!辨)))"
)
_PERSONS: Final = (
    rf"(?:[一1有那这]|某)(?:[名位]|个(?!人)){_WHO}|某{_WHO}|(?<=[班校里中])一{_WHO}",
    rf"(?:[学座考床尾编]号)(?:后?[两三四]位|尾号)?[为是:：]?\d{{1,4}}号?的?{_WHO}",
    rf"{_SEAT}(?:的|那|[个名位]|一)*{_WHO}(?!们)",
    # 0101号同学, 十五号同学
    rf"(?<![\d月.\-/一二三四五六七八九十])(?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}})号{_WHO}(?!们)",
    r"(?<![\d月.\-/])\d{1,2}号的?(?:同学|学生)?的?家长(?!会)",
    rf"(?:[学座考床尾编]号|尾数)(?:[后末]?[两三四]位|尾[号数]|末[尾位])?[为是:：]?{_SOME}的?{_WHO}",
    rf"\d{{3,4}}(?:宿舍|寝室|室|房间?)(?:(?:的?\d{{1,2}}号?床位?)(?:的?{_WHO})?|的{_WHO})(?!们)",
    rf"{_INITIALS}(?:[和与、]{_INITIALS})*(?:[两二三四]人|同学|的家长)?",
    # Z同学, W.家长, ZS的家长, Maria同学
    r"(?<![A-Za-z0-9])[A-Za-z](?:[.·。]?[A-Za-z]){0,14}[.·。]?(?:同学(?![们会])|的?家长(?![们会]))",
    r"同学[A-Z](?![A-Za-z])|[甲乙丙丁]同学",
    # 唯一一名藏族学生, 仅有的两名女生; not a place for them, nor what is made for them.
    rf"(?:唯一|仅有)(?:的|那|[一两二三123]|[个名位])*(?![面针]|[供为给由让向]|少数|部分|个别)[^\n，。；,;:：]{{0,6}}?"
    rf"{_WHO}(?!们|宿舍|公寓|楼|[会部组队]|厕所|浴室|通道)",
    r"(?:副?班长|学委|体委|副?团支书|团支部书记|(?:宿舍|寝室)长|[室舍]长|(?<![级研课])组长|课代表"
    r"|(?:学习|体育|纪律|劳动|生活|文艺|宣传|组织|心理|卫生)委员|学生会主席)(?!们)",
)
_PERSON: Final = re.compile("|".join(_PERSONS))
#: 一名来自单亲家庭的学生: what befell that person stands inside.
_DESCRIBED: Final = re.compile(
    rf"(?:[一1有那这])(?:[名位]|个(?!人))(?P<how>[^\n，。；,;:：]{{2,12}}?)的{_WHO}(?!们)"
)
#: To everybody who reads it, it says something of her own child.
_YOUR_CHILD: Final = re.compile(
    r"[您你](?:家)?的?(?:孩子|小孩|子女|儿子|女儿)|贵(?:子女|子弟)|令[郎爱嫒]"
)
#: Whose family is called in, something has befallen: 班长的家长请来校, 15号同学请家长到校.
_CALLED_IN: Final = re.compile(
    r"(?:(?<=家长)|[，,：:的请让]*(?:[你其他她]的?)?(?:家长|家人|父母|爸爸|妈妈|父亲|母亲))"
    r"[^\n。；;，,会]{0,6}?(?:[来到][学本]?校(?!园)|来一趟|过来|联系|回电|来电)"
)
_NUMBER: Final = re.compile(r"(?<![\d月.\-/])\d{1,2}号[:：的]?")
_THE_ONLY: Final = re.compile(
    r"唯一的?(?:一?[个名位])?(?:贫困|困难|特困|低保|单亲|残疾|孤儿|留守|建档立卡|不及格|挂科|缺考)"
)

#: 患病三天, but not 8点45分 and not 45分钟; 满分 and 平均 are nobody's.
_MARK: Final = (
    r"(?<!\d[点时:：])(?<![\d满.])\d{1,3}(?:\.\d)?分(?![钟贝之制米])(?!及?以[上下])"
    r"|(?:排名|名次)[为是:：]?(?:全[班校级])?第?\d{1,3}|第[一二三四五六七八九十\d]{1,3}名|倒数第"
)
_REACH: Final = 16
_SENTENCE: Final = re.compile(r"[\n。;；!?！？]")
_CLAUSE: Final = re.compile(r"[\n。;；!?！？，,、:：]")

#: Before who is meant, in the same clause: whoever it may be.
_ANY: Final = re.compile(
    r"[每各如若凡]|只要|假设|万一|哪怕|是否|可能|至少|最多|[选委]?派|推荐|推选|抽取|限|任[一何意]|需要|安排|选(?!修)|评|做(?![完过了])|争当|成为"
)
_ELSEWHERE: Final = re.compile(r"外[省地市校县]|某[省地市校县]|报道|新闻|媒体|网传|别的学校")
_HERE: Final = re.compile(r"[我本][班校级]|班[里上内]|\d班|[一二三四五六七八九十]班")
#: Between that person and the affair: a rule, a wish or a task.
_A_RULE: Final = re.compile(
    r"只能|可(?!能)|必须|须|应(?!激)|限|最多|不得|不能|[如若]|请(?!假|了)|需(?!手术|住院)|凭|每|一旦|是否|勿|不要|避免"
    r"|防止|预防|统计|上报|检查|登记|收[集齐]|领取(?!了)|负责|汇总|记录|通知|提醒|核对|协助|监督|例?会议?|培训"
    r"|竞选|公布|名单|推荐|陪同|查看|了解|签字|填写|宣传|讲解|方可|才能|满分|平均|达到|达标|评选|将"
)
#: Behind it: whoever does so, or a heading.
ANYBODY: Final = re.compile(
    r"的(?:[，,]|各位|所有|(?:同学|学生|家庭|家长|孩子|人员)(?!因|已|被|患|得))|者|人数|名单|情况|记录|登记|统计|现象|行为"
    r"|问题|管理|规定|安排|时间|地点|办法|说明|标准|评审|政策|须知|材料|申请|名额|资格|[怎如]|吗|讲座|知识|宣传|教育"
)
_HAPPENED: Final = re.compile(
    r"[，,：:]?(?:已|未|没|被|了|到账|发放|获批|批准|批下来|下来了|没批|[:：为是]?\d|[一二两三四五六七八九十几多]+[天次节门元])"
)
#: Behind it, of everybody's child: 迟到15分钟不得入场.
_WOULD: Final = re.compile(r"[^\n，。；,;]{0,6}?(?:不得|不予|将|须|应当|请)")
_BEFORE_IT: Final = re.compile(
    r"已|被|因|未|没|确诊|多次|连续|又|再次|昨|今|本周|上周|日前|了(?!解)"
)
_POOR: Final = re.compile(
    r"[为是:：仅只有才得在]*\d|[明显有所大幅]*(?:下降|退步|下滑)|[很较最]?差|不理想|垫底|倒数"
)


def find(folded: Folded) -> Iterator[Finding]:
    """Whoever is one person by a word, a place or an office, beside what befell that person."""
    text = folded.text
    found = (
        *_told_of(text, _PERSON),
        *_told_of(text, _YOUR_CHILD, surely=True),
        *_described(text),
        *_in_one_word(text),
        *_called_in(text),
    )
    for start, stop in found:
        if not is_anybody(text, start):
            yield folded.finding("person", start, stop)


def _told_of(text: str, who: re.Pattern[str], *, surely: bool = False) -> Iterator[tuple[int, int]]:
    for match in who.finditer(text):
        stop = befell(text, match.end(), surely=surely)
        if stop is not None:
            yield match.start(), stop


def _described(text: str) -> Iterator[tuple[int, int]]:
    for match in _DESCRIBED.finditer(text):
        told = affairs().search(match["how"])
        if told and told["hard"] and not _A_RULE.search(match["how"]):
            yield match.span()


def _in_one_word(text: str) -> Iterator[tuple[int, int]]:
    for match in (*_numbered().finditer(text), *_THE_ONLY.finditer(text)):
        if not ANYBODY.match(text, match.end()):
            yield match.span()


def _called_in(text: str) -> Iterator[tuple[int, int]]:
    for match in _PERSON.finditer(text):
        called = _CALLED_IN.match(text, match.end())
        if called:
            yield match.start(), called.end()


def is_anybody(text: str, start: int) -> bool:
    """Whether the clause speaks of whichever pupil there may be, or of one somewhere else."""
    before = text[max(0, start - _REACH) : start]
    clause = _CLAUSE.split(before)[-1]
    if _ANY.search(clause):
        return True
    sentence = _SENTENCE.split(before)[-1]
    return bool(_ELSEWHERE.search(sentence)) and not _HERE.search(sentence)


def befell(text: str, place: int, *, surely: bool = False) -> int | None:
    """Where what befell whoever ends at `place` ends; `surely`: only what has happened."""
    ends = _SENTENCE.search(text, place, place + _REACH)
    limit = ends.start() if ends else min(len(text), place + _REACH)
    for fact in affairs().finditer(text, place, limit):
        gap = text[place : fact.start()]
        if _A_RULE.search(gap):
            return None
        if not ANYBODY.match(text, fact.end()) and _is_told(text, gap, fact, surely=surely):
            return fact.end()
    return None


def _is_told(text: str, gap: str, fact: re.Match[str], *, surely: bool) -> bool:
    """An everyday word wants a sign that something happened, a mark how good or bad it is."""
    if fact["mark"]:
        return True
    if fact["test"]:
        return _POOR.match(text, fact.end()) is not None
    if fact["everyday"] or surely:
        if surely and _WOULD.match(text, fact.end()):
            return False
        return bool(_HAPPENED.match(text, fact.end()) or _BEFORE_IT.search(gap))
    return True


@lru_cache(maxsize=1)
def affairs() -> re.Pattern[str]:
    words = load()
    plain = set(words.tests) | set(words.everyday)
    hard = [one for one in (*words.facts, *words.befell) if one not in plain]
    hard.sort(key=lambda word: (-len(word), word))
    return re.compile(
        f"(?P<mark>{_MARK})|(?P<hard>{'|'.join(map(re.escape, hard))})"
        f"|(?P<everyday>{'|'.join(words.everyday)})|(?P<test>{'|'.join(words.tests)})"
    )


@lru_cache(maxsize=1)
def _numbered() -> re.Pattern[str]:
    """23号旷课三次, 23号：45分; 15号考试 is a day."""
    deeds = (
        "旷课|逃课|不及格|挂科|作弊|打架|斗殴|抽烟|吸烟|被处分|被记过|被开除|住院|确诊|抑郁|怀孕"
        "|欠费|未缴费"
    )
    return re.compile(
        rf"{_NUMBER.pattern}(?:{deeds}|(?:语文|数学|英语|成绩|考了|得了|得分|为|[:：])*(?:{_MARK}))"
    )
