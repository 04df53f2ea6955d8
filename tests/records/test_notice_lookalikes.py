"""What only begins like a name of the roster passes, and a name in markup does not."""

import time

import pytest

from records import notice_gate, notice_markup
from records.notice_gate import Roster

KNOWN = Roster(
    names=frozenset({"王伟", "李娜", "张三", "欧阳明月"}), numbers=frozenset({"2024030101"})
)


def found(text: str) -> list[str]:
    return [one.words for one in notice_gate.check(text, known=KNOWN)]


@pytest.mark.parametrize(
    "text",
    [
        "请到王伟大厦集合。", "活动地点：王伟大厦三楼报告厅。", "校车停靠王伟大道南侧。",
        "讲座由李娜娜老师主持。", "李娜娜老师，电话0728-6251234。", "请张三丰教授作报告。",
        "主讲：张三丰", "获奖作品作者：张三丰。", "感谢王伟强先生捐赠图书。",
        # a house by itself, at the beginning or behind a word of place
        "王伟大厦", "王伟大厦，周五下午讲座。", "周五讲座。王伟大厦（三楼）",
        "王伟大桥施工，请绕行。", "请去王伟大厦领书", "在王伟大道集合",
        # a street between two words of place
        "地点：王伟路12号。", "请在王伟路集合。", "地址：王伟大街南侧", "位于王伟广场东门",
    ],
)  # fmt: skip
def test_a_house_and_a_longer_name_are_nobody_of_the_school(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        # the name itself, and a verb or a link behind it
        "请王伟到校。", "李娜老师说她", "张三请老师签字", "李娜和老师到场", "张三与王伟",
        "张三，李娜。",
        # a longer name that might be a pupil's, or whom something befell
        "张三丰同学到校", "请张三丰的家长到校", "张三丰助学金已发放", "王伟强：不及格",
        "王伟强：旷课三天。",
        # no place beside it, and houses in which somebody may be
        "班里王伟大厦", "王伟大学录取", "王伟医院检查", "王伟家在三楼", "王伟大道歉",
        "请到王伟学校接人", "在王伟家集合",
        # the word of a place that is one of its own
        "王伟大家注意", "王伟大道理讲完了", "王伟大桥上打架", "请王伟路上小心", "王伟路过办公室",
        "在王伟路上碰到", "王伟楼道打闹", "王伟楼梯上推人", "王伟楼", "王伟路",
        # a house, and what befell somebody
        "王伟大厦助学金已发放", "王伟大厦，欠费未缴", "王伟大厦因欠费停课",
    ],
)  # fmt: skip
def test_in_doubt_it_is_the_name(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("王伟大厦将举行讲座", "地点：某某大厦三楼"),
        ("王伟路上有积水", "地址：某某路12号"),
        ("王伟图书馆周末开放", "地点：某某大厦三楼"),
        ("张三丰来校演讲", "某某某教授"),
    ],
)
def test_a_stop_says_how_to_word_what_it_was(text: str, how: str) -> None:
    (one,) = notice_gate.check(text, known=KNOWN)

    assert how in one.mend
    assert one.mend.startswith("请删去姓名")


def test_and_says_nothing_of_places_where_there_is_none() -> None:
    (one,) = notice_gate.check("请王伟到校。", known=KNOWN)

    assert one.mend == "请删去姓名；只与一位学生有关的事，请单独联系其家长。"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("张<b>三</b>请到校", "张<b>三"),
        ("张&nbsp;三请到校", "张&nbsp;三"),
        ("请<span style='x'>张</span><span>三</span>到校", "张</span><span>三"),
        ("&#24352;三请到校", "&#24352;三"),
        ("&#x5F20;&#x4e09;请到校", "&#x5F20;&#x4e09;"),
        ("张&#8203;三请到校", "张&#8203;三"),
        ("张<!-- 空 -->三请到校", "张<!-- 空 -->三"),
        ("张[b]三[/b]请到校", "张[b]三"),
        ("张<br>三请到校", "张<br>三"),
        ("<i title='张三'>请到校</i>", "张三"),  # in the tag itself
        ("请2024<b>030101</b>到校", "2024<b>030101"),
        ("有事请打138<b>1234</b>5678", "138<b>1234</b>5678"),
    ],
)
def test_markup_parts_no_name_and_no_number(text: str, words: str) -> None:
    assert words in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "<p>各位家长：周五<b>三点</b>开会。</p>",
        "温度&lt;30，湿度&gt;60%。",
        "A&B两组；x<y",
        "[1]见附件[a]",
    ],
)
def test_markup_of_a_text_about_everybody_passes(text: str) -> None:
    assert found(text) == []


def test_a_text_without_markup_is_looked_at_once() -> None:
    assert notice_markup.shown("张<三>，3<5，Q&A") is None


@pytest.mark.parametrize("unit", ["<b>", "<b", "<!--", "&#1", "[b=", "张<b>"])
def test_a_long_line_of_it_costs_what_its_length_says(unit: str) -> None:
    """Ten times the text, far from a hundred times the work."""
    short, long = (_seconds(unit * many) for many in (2_000, 20_000))

    assert long < 40 * short + 0.05


def _seconds(text: str) -> float:
    began = time.process_time()
    notice_markup.shown(text)
    return time.process_time() - began
