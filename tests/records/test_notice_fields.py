"""Title and body are one text to the gate; each finding stands in the field it was written in."""

import pytest

from parties import tenancy
from records import notice_fields, notices
from records.models import Notice
from records.notice_gate import Roster
from tests.factories import World

KNOWN = Roster(names=frozenset({"李晓梅", "高峰"}), numbers=frozenset())


def found(title: str, body: str) -> list[tuple[str, str]]:
    findings = notice_fields.findings(title, body, known=KNOWN)
    for one in findings:
        text = title if one.field == "title" else body
        assert text[one.finding.start : one.finding.end] == one.finding.words
    return [(one.field, one.finding.words) for one in findings]


@pytest.mark.parametrize(
    ("title", "body", "where"),
    [
        ("赵敏同学", "助学金已发放", [("title", "赵敏同学"), ("body", "助学金")]),
        ("关于赵敏的通知", "各位家长：\n旷课三天", [("title", "赵敏"), ("body", "旷课")]),
        ("班长", "本周旷课三次", [("title", "班长"), ("body", "本周旷课")]),
        ("欠费名单", "赵敏、钱进", [("title", "欠费名单"), ("body", "赵敏、钱进")]),
        ("晓梅", "45", [("title", "晓梅"), ("body", "45")]),
        ("高峰", "尊敬的家长：您好！父母离异", [("title", "高峰"), ("body", "父母离异")]),
    ],
)
def test_what_the_title_begins_and_the_body_ends(
    title: str, body: str, where: list[tuple[str, str]]
) -> None:
    assert found(title, body) == where


def test_what_stands_in_one_field_is_found_there_once() -> None:
    assert found("李晓梅", "助学金已发放") == [("title", "李晓梅"), ("body", "助学金")]
    assert found("通知", "李晓梅的助学金已发放") == [("body", "李晓梅的助学金")]
    assert found("李晓梅的助学金", "已发放") == [("title", "李晓梅的助学金")]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("家长会通知", "各位家长：周五14:30在志远楼召开家长会。"),
        ("补考安排", "高一学生，周五下午补考。"),
        ("助学金申请通知", "各位家长：助学金申请材料请于10月20日前交到资助中心。"),
        ("班长会议", "请各班班长带迟到名单参加。"),
        ("张老师讲座", "心理咨询与考试焦虑"),
        ("致同学们", "考试顺利"),
        ("高峰时段提醒", "考试期间请错峰出行。"),
        ("", "各位家长好"),
        ("期中考试", ""),
    ],
)
def test_an_ordinary_notice_passes(title: str, body: str) -> None:
    assert found(title, body) == []


@pytest.mark.django_db
def test_a_notice_is_held_against_the_roster_of_its_school_in_both_fields(world: World) -> None:
    with tenancy.scope(world.id):
        notice = Notice(school_id=world.id, title="赵敏同学", body="助学金已发放")

        assert [one.field for one in notices.findings(notice)] == ["title", "body"]
