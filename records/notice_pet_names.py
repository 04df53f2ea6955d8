"""A pupil of the roster by a pet name: 娜娜, 小娜, 阿娜, 娜儿 and 大强 are 李娜 and 张强.

Such a name is a guess, so it counts beside what befell one person, as an ordinary word does; one
before her mother is found without the roster (notice_half_named).
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

from records.notice_facts import HAN, Finding, Folded, fold
from records.notice_namesakes import affair, begins
from records.notice_one import befell
from records.notice_traces import automaton, hits
from records.notice_words import load

#: A name of one letter is called by all of it; a longer one by its last.
_FULL: Final = 2
#: 小学成绩, 大家, 天天迟到, 心儿, 人儿: words, whoever is called so.
_LISTED: Final = """
小学 小心 小时 小康 小组 小型 小班 小家 小孩 小人 小事 小区 小考 小队 小雪 小雨 小暑 小寒
大学 大家 大海 大雨 大雪 大方 大国 大业 大志 大力 大众 大气 大道 大地 大山 大江 大河 大年
大军 大一 大二 大三 大四 小三 大会 大型 大班 大考 大人 大事 大寒 大暑 大部 大连 大庆 大理
大同 大兴 大安 天天 人人 家家 年年 月月 常常 刚刚 时时 处处 事事 个个 班班 生生 双双 多多
明明 安安 平平 强强 欣欣 蒸蒸 洋洋 勃勃 冉冉 彬彬 默默 济济 卓卓 芸芸 莘莘 悠悠 女儿 男儿
花儿 鸟儿 歌儿 心儿 人儿 月儿 风儿 云儿 星儿 今儿 明儿
"""
_WORDS: Final = frozenset(_LISTED.split())


#: 小红花, 大三学生 and 小青年 go on otherwise than a name does.
_THEN: Final = re.compile(
    r"(?:同学|小朋友)?(?:[,，:：和与]|最近|近来|近期|昨|今|前天|上[周月午]|本[周月]|这[周次]|下午|又|已|因"
    r"|被|在|连续|多次|经常|没|未|也|从|跟|把|同学)"
)


def find(folded: Folded, names: Collection[str]) -> Iterator[Finding]:
    """Pet names of these people, beside an affair of one person."""
    for start, end in hits(automaton(_pet_names(frozenset(names))), folded.text):
        if not begins(folded.text, start):
            continue
        stop = affair(folded.text, end)
        if stop is None and _THEN.match(folded.text, end):
            stop = befell(folded.text, end, surely=True)
        if stop is not None:
            yield folded.finding("name", start, stop)


@lru_cache(maxsize=8)
def _pet_names(names: frozenset[str]) -> frozenset[str]:
    last = {plain[-1] for name in names if len(plain := fold(name, dense=True).text) >= _FULL}
    called = {one for letter in last if HAN.match(letter) for one in _called(letter)}
    return frozenset(called - _WORDS - load().common - load().inside)


def _called(letter: str) -> tuple[str, ...]:
    return letter * 2, f"小{letter}", f"阿{letter}", f"大{letter}", f"{letter}儿"
