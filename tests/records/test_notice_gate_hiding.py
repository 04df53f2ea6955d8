"""Ways around the gate of a mass message: each is stopped, and what only looks like it passes."""

import pytest

from records import notice_gate
from records.language import normalise
from records.notice_gate import Roster

KNOWN = Roster(
    names=frozenset({"张三", "李娜", "艾力·买买提", "欧阳明月"}), numbers=frozenset({"2024030101"})
)


def found(text: str) -> list[str]:
    return [one.kind for one in notice_gate.check(text, known=KNOWN)]


@pytest.mark.parametrize("blank", sorted(normalise.BLANK_LETTERS))
def test_a_letter_that_shows_nothing_parts_no_name(blank: str) -> None:
    assert found(f"李{blank}娜助学金已发放。")


@pytest.mark.parametrize(
    "text",
    [
        "张—三助学金已发放。", "张–三的家长请来校", "张!三助学金已发放。", "张！三助学金已发放。",
        "张？三的家长请来校", "张…三助学金已发放", "张<三>的家长请来校", "张#三助学金已发放",
        "艾力的助学金已发放。", "艾力同学请到办公室", "张３助学金已发放。", "张3的家长请来校",
        "张叁助学金已发放",
    ],
)  # fmt: skip
def test_a_name_in_another_dress_is_found(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("有事请打(138)12345678。", "phone"),
        ("有事请打（138）1234-5678", "phone"),
        ("有事请打138。1234。5678", "phone"),
        ("有事请打一三八一二三四五六七八。", "phone"),
        ("有事请打幺三八 1234 5678", "phone"),
        ("二〇二四〇三〇一〇一请补交材料", "number"),
        ("学号尾号0101的同学请补交学费", "number"),
        ("身份证后四位为0036的同学请来", "number"),
        ("2024年0301班01号同学请补交材料", "number"),
        ("24030101同学的资料请到教务处领取", "number"),
    ],
)
def test_a_number_in_another_dress_is_found(text: str, kind: str) -> None:
    assert kind in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "小张的助学金已到账。", "老王家的孩子旷课", "本班有一名同学父母离异，请大家关心。",
        "班里有一位学生患有抑郁症", "我班有1个孩子家里欠费", "我班那位住院的同学需要捐款",
        "那名同学被记过",
    ],
)  # fmt: skip
def test_somebody_without_a_full_name_is_found(text: str) -> None:
    assert found(text) == ["person"]


@pytest.mark.parametrize(
    "text",
    [
        "每个班有一名同学获奖学金名额", "如有一名学生患病，全班停课", "各班至少有一名学生参加考核",
        "作业每页小于60分贝", "小康家庭也可申请", "一张3寸照片", "每张3元", "请带张3寸照片",
        "考场在3号楼，301班12号窗口报名", "周一三五七节上课", "二〇二六年十一月二十六日放假",
        "咨询热线：027-12345678", "电话400-820-8820", "上课15:30-17:30，第1-18周",
        "张开三指，注意安全！三班先走", "请大家艾力支持", "身份证尾号单双号错峰领取",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert found(text) == []
