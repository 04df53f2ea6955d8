"""Sentences of a mother, a dorm keeper, a mentor and a student: a danger is hinted at, and what
only looks like one stays quiet.

44 and 54 were written before the sayings: 6 and 51 were right then. On finished ones 34 and 40 were
tried (31 and 40 right), then 24 and 24 in harder words (4 and 24), which became sayings in their
turn, then 24 and 24 (23 and 22). 55 dangers beside harmless words (怎么办, 老师, 早上) and 22
look-alikes were written before what excuses a saying was narrowed: 10 and 17 were right; of 38 and
10 later ones 31 and 10, and what passed changed a rule.
"""

import csv
import time
from pathlib import Path
from typing import Final

import pytest

from records import signs

_SETS: Final = Path(__file__).with_name("sign_sets")
QUIET: Final = (_SETS / "quiet.txt").read_text(encoding="utf-8").splitlines()
#: Ten kilobytes of nothing but what begins a saying; a busy machine gets three times the promise.
BYTES: Final = 10_000

with (_SETS / "danger.csv").open(encoding="utf-8", newline="") as file:
    DANGER: Final = list(csv.DictReader(file))


@pytest.mark.parametrize("row", DANGER, ids=[row["text"] for row in DANGER])
def test_a_danger_is_hinted_at_as_soon_as_it_is(row: dict[str, str]) -> None:
    found = signs.read(row["text"])

    assert found.level == row["level"]
    assert row["category"] in getattr(found, row["level"])


@pytest.mark.parametrize("text", QUIET)
def test_what_only_looks_like_a_danger_stays_quiet(text: str) -> None:
    assert signs.read(text) == signs.Signs()


def test_none_stands_twice() -> None:
    assert len({row["text"] for row in DANGER}) == len(DANGER) == 216
    assert len(set(QUIET)) == len(QUIET) == 191


@pytest.mark.parametrize(
    "text",
    [
        "孩子看电影时被人尾随，怎么办老师", "我手臂上划了好几道，老师别告诉我妈",
        "自救课上学生溺水了",
        "孩子在听讲座时晕倒了", "模拟考试时他晕倒了", "两天没回宿舍，老师说登记本上没写",
        "孩子放学就没回家，在不在图书馆写作业", "消防演习的烟雾弹把教室烧起来了",
        "孩子电话里讲触电了",
        "公司安排三天没回家，可是手机一直关机", "在外地实习，两天没回宿舍，联系不上了",
        "没请假，三天没回宿舍", "消防演练那天厨房煤气泄漏，两个人晕倒了",
    ],
)  # fmt: skip
def test_what_explains_it_does_not_explain_a_silence(text: str) -> None:
    assert signs.read(text).level == "red"


def test_what_explains_it_stands_in_the_same_sentence() -> None:
    assert signs.read("消防演练很好。宿舍着火了怎么办").red
    assert not signs.read("消防演练很好，宿舍着火了怎么办").red


def test_a_lesson_explains_nothing_that_has_happened_to_somebody() -> None:
    assert signs.read("宿舍着火了怎么办").red
    assert signs.read("消防演练时宿舍着火了怎么办").red
    assert signs.read("消防演练很好，可孩子在楼梯上晕倒了怎么办").red
    assert not signs.read("急救课讲孩子晕倒了怎么办").red
    assert signs.read("急救知识都学了，孩子晕倒了怎么办").red
    assert signs.read("安全课讲过宿舍着火怎么办，可有人还在里面").red
    assert signs.read("学了急救知识怎么没用，有学生晕倒了").red


def test_a_saying_that_ends_in_a_later_answer_is_told_once() -> None:
    assert signs.read_on("孩子在天台上", "不下来").level == "red"
    assert signs.read_on("宿舍着火了", "收到").level == "none"
    assert signs.read_on("收到", "宿舍着火了").level == "red"


@pytest.mark.parametrize(
    "unit",
    [
        "吞了",
        "一二三天",
        "被锁",
        "拿着刀",
        "从楼梯",
        "天台的",
        "手被机",
        "视频",
        "桥上",
        "绳子",
        "把她拖",
        "砂轮",
        "拿棍子打",
    ],
)
def test_a_long_text_costs_what_its_length_says(unit: str) -> None:
    """Ten times the text, far from a hundred times the work."""
    signs.read("")

    short, long = (_seconds(unit, size) for size in (BYTES // 10, BYTES))

    assert long < 40 * short + 0.1


def _seconds(unit: str, size: int) -> float:
    text = (unit * size).encode()[:size].decode(errors="ignore")
    began = time.process_time()
    signs.read(text)
    return time.process_time() - began
