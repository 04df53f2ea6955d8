"""What the gate of a mass message reads in a text: plain letters with the way back, what may be a
name, and what concerns one person alone.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from records.language.normalise import BLANK_LETTERS, simplified
from records.notice_words import load

_MEND: Final = {
    "name": "请删去姓名；只与一位学生有关的事，请单独联系其家长。",
    "person": "请删去这位学生的情况；只与一位学生有关的事，请单独联系其家长。",
    "phone": "请删去个人手机号；可写学校办公电话。",
    "number": "请删去证件号、学号或银行卡号。",
}
_WRONG: Final = {
    "name": "群发通知里出现了学生或家长的姓名。",
    "person": "群发通知里写了某一位学生的情况。",
    "phone": "群发通知里有个人手机号。",
    "number": "群发通知里有个人号码。",
}

_RANKED: Final = re.compile(
    r"(?:考了|得了|得分|总分)[^，。；,;]{0,6}?\d{1,3}(?:\.\d)?分|第[一二三四五六七八九十\d]{1,3}名"
)
_SCORE: Final = re.compile(r"\d{1,3}(?:\.\d)?分(?!钟)")
#: 如何识别抑郁 is about nobody called 何识别.
_NOBODY: Final = frozenset(
    {"如何", "为何", "任何", "若何", "几何", "由于", "对于", "等于", "大于", "小于"}
)
_LONGEST_LINK: Final = 10
#: 张三2000元助学金: an amount links as well.
_AMOUNT: Final = re.compile(r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)万?[元块](?:的)?")
HAN: Final = re.compile(r"[\u4e00-\u9fff]")


#: How to word what only begins like a name of the roster.
A_HOUSE: Final = (
    "如果是地名，请前面写明是地点，后面写楼层或门牌，如“地点：某某大厦三楼”“地址：某某路12号”。"
)
A_LONGER_NAME: Final = "如果写的是校外的另一个人，请在姓名后写明身份，如“某某某教授”。"


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands where it must not: [start, end) in the text as written, why, and the mend."""

    kind: str
    words: str
    start: int
    end: int
    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class Folded:
    text: str
    offsets: Sequence[int]
    original: str

    def finding(self, kind: str, start: int, end: int) -> Finding:
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        return Finding(kind, self.original[first:last], first, last, _WRONG[kind], _MEND[kind])


def fold(text: str, *, dense: bool) -> Folded:
    """Plain letters with the way back; `dense` also drops what people put between letters."""
    letters, offsets = [], []
    for place, letter in enumerate(text):
        for plain in _plain(letter, dense=dense):
            letters.append(plain)
            offsets.append(place)
    return Folded("".join(letters), offsets, text)


@lru_cache(maxsize=1 << 14)
def _plain(letter: str, *, dense: bool) -> str:
    """What is read of one letter: nothing, itself, seldom more (㎏)."""
    if letter in BLANK_LETTERS:
        return ""
    return "".join(
        simplified(plain)
        for plain in unicodedata.normalize("NFKC", letter)
        if plain == "\n" or not _is_nothing(plain, dense=dense)
    )


def _is_nothing(plain: str, *, dense: bool) -> bool:
    category = unicodedata.category(plain)
    if category in {"Cf", "Mn", "Cc"}:
        return True
    return dense and (plain in " \t·•・-_~|/\\'\"“”‘’`´" or category == "Zs")


def is_cued(text: str, start: int, end: int) -> bool:
    after, before = text[end : end + 4], text[max(0, start - 5) : start]
    return after.startswith(load().titles) or before.endswith(load().labels)


def may_be_name(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if name in _NOBODY:
        return False
    if not all(HAN.match(letter) for letter in name) or looks_ordinary(name):
        return is_cued(text, start, end)
    return begins(text, start)


def begins(text: str, start: int) -> bool:
    """A name may begin here: nothing before it that it could belong to."""
    before = text[max(0, start - 2) : start]
    if text[max(0, start - 1) : start + 1] in _NOBODY:
        return False
    return not before or not HAN.match(before[-1]) or before.endswith(load().before)


def looks_ordinary(name: str) -> bool:
    words = load()
    if name.endswith(words.posts):
        return True
    return name in words.common or name[:2] in words.common or name[1:] in words.inside


def fact_after(text: str, end: int) -> int | None:
    """Where the affair that follows on a name ends, with nothing but links between."""
    found = affair_after(text, end)
    return found[1] if found else None


def affair_after(text: str, end: int) -> tuple[int, int] | None:
    """Where that affair begins and ends."""
    place, last = end, min(len(text), end + _LONGEST_LINK)
    while place <= last:
        found = _fact_at(text, place)
        if found is not None:
            return place, found
        size = _link_at(text, place)
        if not size:
            return None
        place += size
    return None


def _link_at(text: str, place: int) -> int:
    amount = _AMOUNT.match(text, place) or _links().match(text, place)
    return amount.end() - place if amount else 0


def _fact_at(text: str, place: int) -> int | None:
    found = _facts().match(text, place) or _RANKED.match(text, place) or _SCORE.match(text, place)
    return found.end() if found else None


@lru_cache(maxsize=1)
def _links() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load().links)))


@lru_cache(maxsize=1)
def _facts() -> re.Pattern[str]:
    """One pattern, the longest first: a text full of names asks at every letter."""
    return re.compile("|".join(map(re.escape, load().facts)))
