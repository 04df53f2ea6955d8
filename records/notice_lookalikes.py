"""What only begins like a name of the roster: 王伟大厦 is a house, 李娜娜老师 is another.

Passed only where the text says so plainly; in doubt it is the name, and the notice waits: a longer
name wants a letter that given names end in, and a post or a mark behind it (张三请老师 has none); a
house stands by itself or beside a word of place, a street between two of them (王伟路上小心 is a
pupil). What befell somebody is stopped by other rules all the same (张三丰助学金已发放).

A false stop costs a click, a false pass a child's privacy: the mend says how to word what it was.
"""

import re
from typing import Final

from records.notice_facts import A_HOUSE, A_LONGER_NAME, HAN, affair_after
from records.notice_words import load

#: Where a sentence or a part of it begins.
_BEGINS: Final = "。!?;:,\n(《【"
#: What may be the name of a place, whatever it turns out to be.
_PLACE: Final = re.compile(
    r"大?[厦道桥楼路街厅馆园院场]|图书馆|体育馆|广场|公园|中心|学院|大学|医院|小区|书店|酒店|影院|球场"
)
#: A name of the roster that may be the beginning of a longer one.
_SHORT: Final = 2


def is_another(text: str, start: int, end: int) -> bool:
    """Whether text[start:end], a name of the roster, is the beginning of something else."""
    return _is_longer_name(text, start, end) or _is_house(text, start, end)


def mend_of(text: str, end: int) -> str:
    """How to word it, where what ends at `end` might be the beginning of something else."""
    if _PLACE.match(text, end):
        return A_HOUSE
    return A_LONGER_NAME if text[end : end + 1] in load().given else ""


def _is_longer_name(text: str, start: int, end: int) -> bool:
    """The third letter repeats the second (娜娜) or is one that given names end in."""
    third = text[end : end + 1]
    if end - start != _SHORT or not third or third not in {text[end - 1]} | load().given:
        return False
    if text.startswith(load().respected, end + 1):
        return True
    alone = not HAN.match(text, end + 1)
    return alone and affair_after(text, end + 1) is None


def _is_house(text: str, start: int, end: int) -> bool:
    before = text.endswith(load().to_house, 0, start)
    first = start == 0 or text[start - 1] in _BEGINS
    for house in load().houses:
        if text.startswith(house, end):
            stop = end + len(house)
            alone = first and _is_over(text, stop)
            beside = before or text.startswith(load().at_house, stop)
            return (alone or beside) and affair_after(text, stop) is None
    for street in load().streets:
        if text.startswith(street, end):
            stop = end + len(street)
            return before and (_is_over(text, stop) or text.startswith(load().at_house, stop))
    return False


def _is_over(text: str, stop: int) -> bool:
    return not HAN.match(text, stop)
