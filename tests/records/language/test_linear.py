"""Twice the text, twice the work: nobody stops the server with a long line.

Work is counted, not timed: calls, and the characters that slices and patterns are given to read.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from records.language import Author, Moment, People, chance, check, context, cues, denials

SIZES = (2_000, 4_000)
PEOPLE = People.named(own=["王伟强"], others=["王伟"])

UNITS = [
    "·", " ", "a", "。", "，", "“", "“”", "\u200b", "\u0301", "e\u0301", "问题家", "wentijiatin",
    "家长bu", "差生", "家长不配合", "不是差生", "不是一个一个一个差生", "不得使用“差生”", "差生、",
    "他粗心", "他粗心王伟", "王伟", "误差生成", "双相不锈钢", "抑郁症", "诊断证明没有抑郁症",
    "称称为称呼为称为差生", "“差生”", "医院", "医院诊断抑郁症",
    "问体家庭", "问1题家庭", "听说医院诊断抑郁症", "禁用差生", "《", "《小偷》", "差，生，", "差，",
    "是差，", "是个", "是个差，，，", "叫问题，家", "差1生", "差1", "无，可救药", "问，题1家a庭",
    "家长担心就开除", "扮演傻子", "该问题学生交", "不签，就",
    "不能因为一次补考就说他是差生", "不赞成不赞成差生", "担心孩子被当成差生", "“差生”改为",
    "如果医院诊断证明书抑郁症", "谁也不是天生的差生", "除了他没有人是天生的差生，",
    "没有证据他是小偷", "问题家庭问题学生家长", "没有差生，只有他", "除了小王，没有人是差生，就",
    "不是差生，怎么会", "谁是差生还没查清", "大家都不是差生，那才怪",
]  # fmt: skip


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How often each kind of event happens: `call` in Python, `c_call` in C."""
    events: Counter[str] = Counter()

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        events[event] += 1

    sys.setprofile(count)
    try:
        yield events
    finally:
        sys.setprofile(None)


def work(unit: str, size: int) -> int:
    text = (unit * size)[:size]
    check(text, moment=Moment.SIGN, author=Author.STAFF, people=PEOPLE)  # fills caches
    with counted() as events:
        check(text, moment=Moment.SIGN, author=Author.STAFF, people=PEOPLE)
    return events["call"] + events["c_call"]


@pytest.mark.parametrize("unit", UNITS)
def test_calls_grow_with_the_text_and_no_faster(unit: str) -> None:
    short, long = (work(unit, size) for size in SIZES)

    assert long <= 2.1 * short + 100
    assert long <= 40 * SIZES[1]


@pytest.mark.parametrize("unit", [unit for unit in UNITS if len(unit) > 1])
def test_what_is_read_around_a_phrase_is_bounded(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    class Spy:
        def __init__(self, pattern: re.Pattern[str]) -> None:
            self.pattern = pattern

        def search(self, text: str) -> re.Match[str] | None:
            read.append(len(text))
            return self.pattern.search(text)

        def match(self, text: str) -> re.Match[str] | None:
            read.append(len(text))
            return self.pattern.match(text)

        def finditer(self, text: str) -> Iterator[re.Match[str]]:
            read.append(len(text))
            return self.pattern.finditer(text)

    looks = (denials, "_negation"), (denials, "_any_negation"), (context, "_word_about_word")
    for where, name in looks:
        found = getattr(where, name)()
        monkeypatch.setattr(where, name, lambda found=found: Spy(found))
    any_of = cues.any_of
    monkeypatch.setattr(cues, "any_of", lambda name: Spy(any_of(name)))
    each_of = cues.each_of
    monkeypatch.setattr(cues, "each_of", lambda name: tuple(map(Spy, each_of(name))))

    check(unit * 2_000, moment=Moment.SIGN, author=Author.STAFF, people=PEOPLE)

    assert max(read, default=0) <= 200


@pytest.mark.parametrize("unit", ["差生", "不是差生，", "问题家庭"])
def test_what_is_repeated_is_read_once(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: Counter[str] = Counter()
    for where, name in ((chance, "_is_beside"), (denials, "_lead")):
        look = getattr(where, name)

        def count(*words: Any, look: Any = look, name: str = name) -> Any:
            looked[name] += 1
            return look(*words)

        monkeypatch.setattr(where, name, count)

    found = check(unit * 1_000, moment=Moment.SIGN, author=Author.STAFF).findings

    assert len(found) == 1_000
    assert 1 <= looked["_is_beside"] <= 40
    assert 1 <= looked["_lead"] <= 20
