"""Sentences of a mother, a dorm keeper, a mentor and a student: a danger is hinted at, and what
only looks like one stays quiet.

44 and 54 were written before the sayings: 6 and 51 were right then. On finished ones 34 and 40 were
tried (31 and 40 right), then 24 and 24 in harder words (4 and 24), which became sayings in their
turn, then 24 and 24 (23 and 22).
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
SECONDS: Final = 0.15

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
    assert len({row["text"] for row in DANGER}) == len(DANGER) == 126
    assert len(set(QUIET)) == len(QUIET) == 142


@pytest.mark.parametrize(
    "text",
    [
        "公司安排三天没回家，可是手机一直关机", "在外地实习，两天没回宿舍，联系不上了",
        "没请假，三天没回宿舍", "消防演练那天厨房煤气泄漏，两个人晕倒了",
    ],
)  # fmt: skip
def test_what_explains_it_does_not_explain_a_silence(text: str) -> None:
    assert signs.read(text).level == "red"


def test_what_explains_it_stands_in_the_same_sentence() -> None:
    assert signs.read("消防演练很好。宿舍着火了").red
    assert not signs.read("消防演练很好，宿舍着火了要怎么办").red


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
def test_a_long_text_takes_no_time(unit: str) -> None:
    text = (unit * BYTES).encode()[:BYTES].decode(errors="ignore")
    signs.read("")

    began = time.process_time()
    signs.read(text)

    assert time.process_time() - began < SECONDS
