"""A pupil under a pet name, a number or initials is stopped beside what befell; a word is not."""

import pytest

from records import notice_gate
from records.notice_gate import Roster

KNOWN = Roster(
    names=frozenset(
        {"李娜", "陈佳琪", "林晓东", "张强", "周小雨", "郑天", "王学", "吴欣", "王红", "张三"}
    ),
    numbers=frozenset(),
)


def found(text: str) -> list[str]:
    return [one.words for one in notice_gate.check(text, known=KNOWN)]


@pytest.mark.parametrize(
    "text",
    [
        "娜娜同学的助学金已发放。", "小娜的助学金已发放。", "阿娜住院了。", "小娜旷课三天。",
        "琪琪最近旷课两次。", "东东打架被处分。", "大强打架被处分。", "东東住院了，大家多关心。",
        "娜儿的助学金已发放。", "昨天琪琪旷课。",
    ],
)  # fmt: skip
def test_a_pet_name_of_the_roster_beside_what_befell_is_found(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "请天天坚持阅读。", "天天旷课的同学要注意。", "小学成绩已公布。", "大学考试时间已定。",
        "东东是本校吉祥物。", "校企强强联合，成绩很好。", "周末小雨，请带伞。", "大海成绩展示。",
        "欣欣向荣的校园，考试顺利。", "请小强度锻炼。", "娜娜老师主持考试。",
        "小红花评比：本周旷课三次扣一分。", "大三学生上周旷课三次的较多。",
    ],
)  # fmt: skip
def test_a_word_that_is_made_the_same_way_passes(text: str) -> None:
    assert not found(text)


def test_a_pet_name_of_nobody_here_passes() -> None:
    nobody = Roster(names=frozenset({"赵敏"}), numbers=frozenset())
    assert not notice_gate.check("琪琪最近旷课两次。", known=nobody)


@pytest.mark.parametrize(
    "text",
    ["CJQ 58分", "CJQ58分，请家长督促", "0101号同学助学金已发放", "十五号同学欠费300元"],
)
def test_initials_and_numbers_beside_what_befell_are_found(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "请2号楼同学缴费",
        "十五号同学们考试",
        "12月15号学生体检缺考登记",
        "GJB100号文件",
        "LCD58分辨率",
    ],
)
def test_a_day_a_house_and_a_thing_pass(text: str) -> None:
    assert not found(text)
