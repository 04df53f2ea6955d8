"""A name written as addresses, letters of machines and programs write it: each is stopped."""

import time

import pytest

from records import notice_gate, notice_markup
from records.notice_gate import Roster

KNOWN = Roster(names=frozenset({"张三", "王伟强", "欧阳明月"}), numbers=frozenset({"2024030101"}))


def found(text: str) -> list[str]:
    return [one.words for one in notice_gate.check(text, known=KNOWN)]


@pytest.mark.parametrize(
    "hidden",
    [
        # between the letters
        "张%20三", "张％20三", "张%E2%80%8B三", "张%C2%A0三", "张%u200b三", "张=20三", "张+三",
        "张&nbsp;三", "张&nbsp三", "张&#x200b;三", "张&#8203三", "张&ZeroWidthSpace;三",
        "张&amp;nbsp;三", "张&amp;amp;nbsp;三", "张%2520三", "张＆nbsp；三", "张&NoBreak;三",
        r"张\u200b三", r"张\u{200b}三", r"张\x20三", r"张\U0000200b三", r"张\n三", "张U+200B三",
        "张`三", r"张\三", "欧%20阳+明`月",
        # the letters themselves
        "%E5%BC%A0%E4%B8%89", "张%E4%B8%89", "%D5%C5%C8%FD", r"\u5f20\u4e09", r"张\u4e09",
        "=E5=BC=A0=E4=B8=89", "&#24352;%E4%B8%89", "%u5F20%u4E09", "wang%20wei%20qiang",
        "wang+wei+qiang",
    ],
)  # fmt: skip
def test_an_escape_parts_no_name(hidden: str) -> None:
    text = f"请{hidden}到校。"

    assert any(one in hidden and len(one) > 1 for one in found(text)), found(text)
    for one in notice_gate.check(text, known=KNOWN):
        assert text[one.start : one.end] == one.words


@pytest.mark.parametrize(
    "hidden", ["138%201234%205678", r"138\u00201234\u00205678", "20240301%2001", "2024%2D030101"]
)
def test_nor_a_number(hidden: str) -> None:
    assert found(f"请打{hidden}。") == [hidden]


@pytest.mark.parametrize(
    "text",
    [
        "今年增长20%，三班最多。", "1+1=2，采用3+2课程", "占比20%20分为满分", r"文件在C:\new\u盘里",
        "详见 https://school.test/a%20b?x=1+2&y=%E5%AE%B6%E9%95%BF", "A&B两组；每组=20人",
        "U+课堂 & Q&A", "满分=100，及格=60", "参数%zz和\\uzzzz",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "broken",
    ["%FF%FE", r"\ud83d", "&#1114112;", r"\U00110000", r"\u{110000}", "%", "=E5", "U+D800"],
)
def test_what_is_no_letter_breaks_nothing(broken: str) -> None:
    assert found(f"各位家长{broken}您好") == []
    assert found(f"请张{broken}三到校") == [f"张{broken}三"]


@pytest.mark.parametrize("unit", ["%20", "=20", r"\u200b", r"\u{", "&amp;", "U+200B", "%E5", "&a"])
def test_a_long_line_of_it_costs_what_its_length_says(unit: str) -> None:
    short, long = (_seconds(unit * many) for many in (2_000, 20_000))

    assert long < 40 * short + 0.05


def _seconds(text: str) -> float:
    began = time.process_time()
    for _ in notice_markup.layers(text):
        pass
    return time.process_time() - began


def test_one_escape_far_from_another_and_a_name_at_every_distance() -> None:
    """Only what lies near an escape is read again, and nothing near it is lost."""
    for far in (0, 1, 79, 80, 81, 159, 160, 161, 400):
        plain = "请按时到校上课，" * (far // 8) + "好" * (far % 8)
        text = f"周五&nbsp;三点{plain}。张%20三到校。{plain}王%20伟强"

        assert found(text) == ["张%20三", "王%20伟强"], far


def test_the_edge_of_what_is_read_again_begins_no_name() -> None:
    for far in range(60, 180):
        assert found("一" * 200 + "每人一张三寸照片，" + "好" * far + "&nbsp;。") == found(
            "一" * 200 + "每人一张三寸照片，" + "好" * far
        )
