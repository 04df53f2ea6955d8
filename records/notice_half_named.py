"""One child, half named: 302宿舍靠窗上铺的同学查出肺结核, 小敏妈妈请缴学费, 名单：W伟、李n.

Where somebody sits, sleeps or lives, and what she looks like, single her out beside what befell
her; a pet name does before her mother; an initial or a star in the place of a letter hides nobody
whom the class knows. A group (坐前三排的同学), a thing (B超, A班) and a rule pass.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from records.notice_facts import Finding, Folded, begins, fact_after
from records.notice_initials import LETTERED
from records.notice_one import affairs, befell, is_anybody
from records.notice_traces import TO_KIN
from records.notice_words import load

_IN_CLAUSE: Final = r"[^\n,，。;；:：!！?？]"
_WHO: Final = (
    r"(?:[那这]一?[个名位间家户])?[小胖瘦高矮男女]{0,2}"
    r"(?:同学|学生|孩子|男生|女生|男孩|女孩|学员)(?!们)"
)

# --- by a place, or by what can be seen ---

_BED: Final = (
    r"\d{3,4}(?:宿舍|寝室|室|房间?)?[^\n,，。;:]{0,6}[上下]铺"
    r"|[上下]铺靠[窗门墙]|靠[窗门墙](?:的)?[上下]铺|那间(?:宿舍|寝室|房间?)?"
)
_ROOM: Final = (
    r"住\d{3,4}|[一二三四五六七八九\d]楼[^\n,，。;:]{0,6}(?:旁边|对面|隔壁|尽头)的?(?:那间)?"
    r"|(?:外号|绰号|昵称)(?:叫)?[^\n,，。;:]{1,5}?"
)
_DESK: Final = (
    r"坐(?:在)?(?:第?[一二三四五六七八九\d]{1,2}排|最后一?排|讲台|门口|墙角|饮水机|空调)|(?:挨着|靠近|紧靠)(?:讲台|门口|饮水机|空调|后门)"
    r"|(?:第[一二三四五六七八九\d]|最后一)组(?:第|最后)[^\n,，。;:]{0,4}(?:座位?|个)|后排靠[窗门墙]|第[一二三四五六七八九\d]{1,2}排靠[窗门墙过]"
)
#: The tallest is one; the tall are many.
_PLACE: Final = f"{_BED}|{_ROOM}|{_DESK}|个子最[高矮]|(?<!排)(?<!次)最[高矮胖瘦]"
_LOOK: Final = (
    r"[戴带](?:着)?(?:眼镜|助听器|牙套|口罩|帽子)|扎(?:着)?(?:马尾|辫子|丸子头)|穿(?:着)?[红黄蓝绿白黑灰紫粉橙]"
    rf"{_IN_CLAUSE}{{0,4}}?|头发(?:染|烫|剃){_IN_CLAUSE}{{0,3}}?|染(?:了)?[红黄蓝绿紫]?(?:头)?发|个子[高矮]|左撇子|有纹身"
)
_LIFE: Final = (
    rf"(?:爸爸|妈妈|父亲|母亲|家里|家长){_IN_CLAUSE}{{0,2}}?[开卖跑当做]{_IN_CLAUSE}{{1,6}}?|家住{_IN_CLAUSE}{{2,12}}?"
    rf"|从[\u4e00-\u9fff]{{2,4}}转来|留级下来|走读"
)
#: 的那家，孩子欠费 and 双胞胎里的哥哥.
_KIN_OF: Final = rf"(?:{_LIFE})的那[家户]|双胞胎(?:里|中|的)*[哥姐弟妹][哥姐弟妹]"
_AT_A_PLACE: Final = re.compile(rf"(?:{_PLACE}){_IN_CLAUSE}{{0,10}}?{_WHO}|{_KIN_OF}")
_THAT: Final = r"[那这]一?[个名位]"
_THAT_ONE: Final = re.compile(
    rf"(?:{_LOOK}|{_LIFE}){_IN_CLAUSE}{{0,6}}?{_THAT}{_IN_CLAUSE}{{0,6}}?{_WHO}"
    rf"|{_THAT}(?:{_LOOK}|{_LIFE})(?:的)?{_WHO}|的那[两二三几][个名位]{_WHO}"
    rf"|{_THAT}(?:左撇子|高个子?|小个子|转学生|插班生|黄毛)"
    rf"|{_IN_CLAUSE}{{2,12}}?的{_THAT}(?:妈妈|爸爸|家长|奶奶|爷爷)(?!们)"
)
_SEEN: Final = re.compile(rf"(?:{_LOOK}|{_LIFE})(?:的){_WHO}")
#: 坐前三排的同学, 坐一二排: many.
_MANY: Final = re.compile(
    r"[排组楼一二三四五六七八九\d][至到、和][第一二三四五六七八九\d]|前[一二三四五六几\d]排|各|双数|单数"
)
#: 请家长来校，抽烟被抓: what is asked first says nothing yet.
_CALLED_IN: Final = re.compile(
    r"(?:的)?(?:请)?(?:家长)?(?:请)?(?:今天|明天|周.|下午|上午)?(?:来|到)(?:校|学校|办公室|德育处)?(?:一趟|谈话)?[,，。]?"
)
_MUST_PAY: Final = re.compile(
    rf"[,，]?{_IN_CLAUSE}{{0,5}}?(?:补交|补缴|缴清|交清|缴纳|欠|没交|没缴|未交|未缴){_IN_CLAUSE}{{0,5}}?[费款]"
)
_OWES: Final = re.compile(rf"(?:还|又|一直)?[没未欠]有?[交缴]{_IN_CLAUSE}{{0,5}}?[费款](?!的)")

# --- by a pet name ---

#: 爸爸妈妈, 人人家长, 刚刚家长来电, and verbs said twice (谢谢家长, 问问爸爸): no pet names. 点点,
#: 念念, 笑笑 and 乐乐 are what children are called.
_NO_PET: Final = (
    "爸妈爷奶哥姐弟妹叔伯姑舅姨公婆宝娃家人天个处户代层班组样种条件事次回句声步双对两等"
    "常刚仅大小往每时张偏渐好统单恰稍略早快慢轻纷频屡偷悄匆远紧牢深默慈通足满久暗早迟早"
    "谢问听看陪抱说聊想夸帮亲逗哄劝教学读写唱走转逛玩聚找喊叫拉推揉捏捶敲按洗擦扫理收整做练背"
    "记算猜试尝闻摸拍照瞧瞅望访探讲谈论评商量候歇睡躺坐站动赞敬疼惯宠管顾护让骂求催盯守接送给"
    "替带领约考检查改补修编织缝剪炒煮炖切喂养种浇采晒晾拜祝鞠献捐填交签打搭伸握牵挽搀扶体谅搂挠吻来画爱"
)
_PET: Final = re.compile(
    r"(?:(?P<twice>[\u4e00-\u9fff])(?P=twice)|[小阿大](?P<one>[\u4e00-\u9fff]))"
    r"(?:同学|小朋友)?的?(?:妈妈|爸爸|母亲|父亲|爷爷|奶奶|外婆|外公|家长)"
    r"(?!们|会|课|沙龙|学校|委员|代表|志愿|工作室|讲座|分享|牌|读书|公众号|驿站|食堂|节)"
)
#: 请到校, ，您好，今天下午来一趟
_ADDRESSED: Final = re.compile(
    r"[,，:：]?(?:您好|你好)?[,，:：]?(?:[今明后][天日早晚]|周[一二三四五六日]|下周[一二三四五六日]?|[上下中]午|晚上|务必|麻烦|尽快|立即|马上|一定)*"
    r"(?:请(?!假)|来(?![电自])|到(?!底|处)|去(?!年|世)|速|需要?|须|务必|麻烦|尽快|立即|马上)"
    rf"|[,，:：](?:您?家?的?(?:孩子|小孩|娃)|{_IN_CLAUSE}{{1,6}}?请(?!假))"
    rf"|[,，:：]?{_IN_CLAUSE}{{0,6}}?[没未]有?[交缴签]"
)
#: Given names of one letter besides those that notice_words lists.
_MORE_GIVEN: Final = (
    "明红华梅兰凤云文雅雨梦佳晴乐萌豆米果宝梓子若诗语思心可依安宁然煜彤桐瑞翔健波海林峻志建国东南北"
    "胖壮虎黑"
)

#: Lily妈妈; Python家长课 is about a thing.
_FOREIGN: Final = re.compile(
    r"(?<![A-Za-z])(?!(?:App|Word|Excel|Python|Scratch|Zoom|Office|Java|Linux|Dear|Hello)(?![a-z]))"
    r"[A-Z][a-z]{2,9}(?:同学)?的?(?:妈妈|爸爸|家长)(?!们|会|课|沙龙|学校|委员|代表|志愿|群)"
)

# --- by an initial or a star ---

_THING: Final = (
    r"(?:[班组座栋楼区卷类级场厅馆口门线层页款档型光照歌恤店幢舍厂机证语台盘轴]|考场|语言)"
)
_LISTS: Final = re.compile(rf"({_IN_CLAUSE}{{2,24}})[:：]")
_OF_PEOPLE: Final = re.compile(r"名单|人员|同学|学生|家长|的[人有]?$|者$")
#: A list of two needs no word for people before it.
_LIST: Final = 2
_ITEM: Final = re.compile(r"([^\n、,，。;；和及]{2,8})(?:[、,，和及]|(?=[。;；\n]|$))")
_OWED: Final = re.compile(
    r"体检|异常|阳性|缺[^\n:：]{0,2}[交缴]|[未没欠][^\n:：]{0,4}[交缴]|欠[^\n:：]{0,3}[费款]|[费款][未没]"
)


def find(folded: Folded) -> Iterator[Finding]:
    text = folded.text
    found = (*_by_place(text), *_by_look(text), *_by_pet_name(text), *_masked(text), *_listed(text))
    for start, stop in found:
        if not is_anybody(text, start):
            yield folded.finding("person", start, stop)


def _by_place(text: str) -> Iterator[tuple[int, int]]:
    for match in (*_AT_A_PLACE.finditer(text), *_THAT_ONE.finditer(text)):
        if _MANY.search(match[0]):
            continue
        pays = _MUST_PAY.match(text, match.end())
        stop = pays.end() if pays else _befell(text, match.end(), surely=False)
        if stop is not None:
            yield match.start(), stop


def _by_look(text: str) -> Iterator[tuple[int, int]]:
    """穿红外套的男生昨晚翻墙: many may look so; it has happened to one."""
    for match in _SEEN.finditer(text):
        owes = _OWES.match(text, match.end())
        stop = owes.end() if owes else _befell(text, match.end(), surely=True)
        if stop is not None:
            yield match.start(), stop


def _befell(text: str, place: int, *, surely: bool) -> int | None:
    called = _CALLED_IN.match(text, place)
    return befell(text, called.end() if called else place, surely=surely)


def _by_pet_name(text: str) -> Iterator[tuple[int, int]]:
    for match in _PET.finditer(text):
        twice, one = match["twice"], match["one"]
        named = twice not in _NO_PET if twice else one in _given()
        if named and begins(text, match.start()) and _is_meant(text, match.end()):
            yield match.span()
    for match in _FOREIGN.finditer(text):
        if _is_meant(text, match.end()):
            yield match.span()


def _is_meant(text: str, end: int) -> bool:
    """乐乐妈妈请缴费: asked by herself, or told of her child; not 乐乐妈妈读书会."""
    follows = (_ADDRESSED.match(text, end), _MUST_PAY.match(text, end))
    return any(follows) or befell(text, end) is not None


def _masked(text: str) -> Iterator[tuple[int, int]]:
    """W伟旷课, 李n妈妈: beside an affair, or before who is asked to come."""
    for match in _half_written().finditer(text):
        if not begins(text, match.start()):
            continue
        kin = TO_KIN.match(text, match.end())
        stop = kin.end() if kin else _told(text, match.end())
        if stop is not None:
            yield match.start(), stop


def _told(text: str, end: int) -> int | None:
    return fact_after(text, end) or befell(text, end, surely=True)


def _listed(text: str) -> Iterator[tuple[int, int]]:
    """学费未交名单：W伟、李n; 不及格名单：小明、阿强."""
    for head in _LISTS.finditer(text):
        if not (affairs().search(head[1]) or _OWED.search(head[1])):
            continue
        many, stop = _people_from(text, head.end())
        if many >= _LIST or (many and _OF_PEOPLE.search(head[1])):
            yield head.start(), stop


def _people_from(text: str, place: int) -> tuple[int, int]:
    """How many half-named people stand there in a row, and where the last one ends."""
    many, stop = 0, place
    while item := _ITEM.match(text, place):
        if not _is_half_named(item[1]):
            break
        many, stop, place = many + 1, item.end(1), item.end()
    return many, stop


def _is_half_named(item: str) -> bool:
    person = _person().fullmatch(item)
    return person is not None and (not person["twice"] or person["twice"] not in _NO_PET)


@lru_cache(maxsize=1)
def _given() -> frozenset[str]:
    """Letters of which a pet name is made: 小敏, 小张."""
    return load().given | load().surnames | frozenset(_MORE_GIVEN)


@lru_cache(maxsize=1)
def _half_written() -> re.Pattern[str]:
    return re.compile(_half())


@lru_cache(maxsize=1)
def _person() -> re.Pattern[str]:
    given = "".join(sorted(_given()))
    return re.compile(
        rf"(?:{_half()}|[小阿大][{given}]|[A-Za-z]同学|(?P<twice>[\u4e00-\u9fff])(?P=twice))"
        r"(?:的?(?:妈妈|爸爸|家长))?"
    )


def _half() -> str:
    """W伟, 李n, 王*红, 李某n: one letter of the name stands there."""
    family, given = "".join(sorted(load().surnames)), "".join(sorted(_given()))
    first = rf"(?<![A-Za-z0-9])(?!B超|A超)[A-Za-z][{given}]{{1,2}}"
    masked = (
        rf"[*＊○〇×□]{{1,2}}[\u4e00-\u9fff]?|某[A-Za-z]|[A-Za-z]{{1,2}}(?![A-Za-z0-9]|{_THING})"
    )
    hidden = r"(?<![A-Za-z0-9])[A-Za-z]{1,2}(?:[*＊○〇]{1,2}|某)"
    told = rf"[{family}]同学\([^)\n]{{1,10}}\)"
    letters = f"{LETTERED}|{first}|{hidden}"
    return rf"(?:{letters}|{told}|[{family}](?:{masked})(?:[{given}](?=[、,，。]|$))?)"
