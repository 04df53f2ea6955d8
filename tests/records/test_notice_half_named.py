"""One child by a bed, a pet name or an initial: stopped; beside them groups, places and things.

40 and 47 were written before the rules: 7 were stopped and none of the 47 held up. On finished ones
20 and 37 were tried (15 stopped, none held up), then 20 and 20 that were harder (7 and none), then
15 and 15 (all and none); what passed changed a rule. 40 with a verb said twice (谢谢家长) and 13
pet names were written when 30 of the 40 were held up; of 31 and 14 later ones 27 and 11 were right.
"""

import time
from pathlib import Path
from typing import Final

import pytest

from records import notice_gate
from records.notice_gate import Roster

_SETS: Final = Path(__file__).with_name("notice_sets")
NOBODY: Final = Roster(frozenset(), frozenset())
#: 10 kB; the promise is 50 ms, a busy machine gets three times.
BYTES: Final = 10_000


def lines(name: str) -> list[str]:
    return (_SETS / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", lines("half_named.txt"))
def test_one_child_half_named_is_stopped_with_the_mend(text: str) -> None:
    found = notice_gate.check(text, known=NOBODY)

    assert found
    for one in found:
        assert one.words == text[one.start : one.end]
        assert "单独联系" in one.mend


@pytest.mark.parametrize("text", lines("groups.txt"))
def test_a_group_a_place_or_a_thing_passes(text: str) -> None:
    assert notice_gate.check(text, known=NOBODY) == []


def test_none_stands_twice() -> None:
    for name, many in (("half_named.txt", 127), ("groups.txt", 193)):
        assert len(set(lines(name))) == len(lines(name)) == many


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("小敏妈妈请缴学费", True), ("小班妈妈请缴学费", False),
        ("朵朵家长请到校", True), ("人人家长请到校", False), ("刚刚家长来电", False),
        ("不及格名单：小明", True), ("不及格名单：见附件", False), ("小组名单：小明", False),
        ("302靠窗上铺的同学送医院了", True), ("坐最后一排靠窗的男生昨天被送医院", True),
        ("坐最后一排靠窗的同学请关窗", False), ("受伤的同学由老师陪同送往医院", False),
        ("302靠窗上铺的同学确诊水痘", True), ("302靠窗上铺的同学请关窗", False),
        ("W伟旷课三节", True), ("W伟负责签到", False), ("B超检查费用已缴清", False),
        ("穿红外套的同学旷课要登记", False), ("穿红外套的同学昨天旷课", True),
        ("坐第三排戴眼镜同学，请补交学费", True), ("坐前三排的同学，请补交学费", False),
        ("坐第一排的同学，请补交水费", True), ("坐第一排至第三排的同学，请补交水费", False),
        ("高n旷课三节", True), ("高A班旷课三节", False),
        ("欠费的：小敏、朵朵", True), ("欠费的：小敏", True), ("欠费：小敏", False),
        ("欠费名单：多多保重、年年有余", False),
        ("乐乐妈妈请尽快缴费", True), ("乐乐妈妈读书会", False), ("谢谢妈妈请客", False),
        ("问问妈妈，孩子没交作业", False), ("圆圆妈妈，孩子没交作业", True),
        ("Lucky家长开放日", False), ("Lucky家长，孩子旷课", True),
        ("Lily妈妈请缴费", True), ("Python家长课请缴费", False),
        ("捡到钥匙的那位妈妈请到门卫处", False), ("骑红车的那位妈妈，请补缴学费", True),
        ("如住502的同学确诊，请报告", False),
    ],
)  # fmt: skip
def test_each_feature_wants_something_that_concerns_one(text: str, stopped: bool) -> None:
    assert bool(notice_gate.check(text, known=NOBODY)) is stopped


@pytest.mark.parametrize(
    "unit",
    [
        "坐第一排",
        "穿红",
        "小敏",
        "W伟",
        "名单：",
        "戴眼镜那个",
        "302靠窗",
        "家住",
        "王n、",
        "的那位妈妈",
        "欠费：小敏、",
        "朵朵",
        "下铺",
        "乐乐妈妈",
        "Lily妈妈，",
    ],
)
def test_a_long_text_costs_what_its_length_says(unit: str) -> None:
    """Ten times the text, far from a hundred times the work."""
    notice_gate.check("", known=NOBODY)

    short, long = (_seconds(unit, size) for size in (BYTES // 10, BYTES))

    assert long < 40 * short + 0.1


def _seconds(unit: str, size: int) -> float:
    text = (unit * size).encode()[:size].decode(errors="ignore")
    began = time.process_time()
    notice_gate.check(text, known=NOBODY)
    return time.process_time() - began
