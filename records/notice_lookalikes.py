"""What only begins like a name of the roster: 王伟大厦 is a house, 李娜娜老师 is another.

Passed only where the text says so plainly; in doubt it is the name, and the notice waits: a longer
name wants a letter that given names end in, and a post or a mark behind it (张三请老师 has none); a
house wants a word of place beside it. What befell somebody is stopped by other rules all the same
(张三丰助学金已发放).
"""

from typing import Final

from records.notice_facts import HAN, affair_after
from records.notice_words import load

#: A name of the roster that may be the beginning of a longer one.
_SHORT: Final = 2


def is_another(text: str, start: int, end: int) -> bool:
    """Whether text[start:end], a name of the roster, is the beginning of something else."""
    return _is_longer_name(text, start, end) or _is_house(text, start, end)


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
    for house in load().houses:
        if text.startswith(house, end):
            stop = end + len(house)
            beside = text.startswith(load().at_house, stop)
            return beside or text.endswith(load().to_house, 0, start)
    return False
