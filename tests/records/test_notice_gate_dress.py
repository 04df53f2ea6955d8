"""Names of the roster in another dress, and a teacher who is called like a pupil."""

import pytest

from records import notice_gate, notice_staff
from records.notice_gate import Roster

KNOWN = Roster(
    names=frozenset({"张三", "王伟", "李晓梅", "张子涵", "尤灿", "刘建国", "文静"}),
    numbers=frozenset(),
)


def found(text: str) -> list[str]:
    return [one.words for one in notice_gate.check(text, known=KNOWN)]


@pytest.mark.parametrize(
    "text",
    [
        "张🌸三", "张❤️三的家长请到校", "张★三", "张①三", "张❶三", "张`三", "张→三", "张◆三",
        "李~晓🌸梅",
        "张\n三的家长请到校", "张\n三\n助学金已发放", "张1三的家长请到校",
        "Zhang San: 45", "WangWei 45", "Zihan Zhang 45分", "San Zhang 助学金已发放",
        "zhang san - 45",
        "Wang Wei failed the test", "Zhang San's scholarship has been paid", "Zihan Zhang",
        "Zhang San's parents are divorced", "zhang1 san1 助学金已发放", "zhang1san1 旷课",
        "晓梅 45", "成绩：晓梅45，子涵50", "建国：58.5",
    ],
)  # fmt: skip
def test_a_name_in_another_dress_is_found(text: str) -> None:
    assert found(text)
    assert all(one in text for one in found(text))


@pytest.mark.parametrize(
    "text",
    [
        "每人一张①三寸照片", "一张\n三班的课表", "一张1三寸照片", "王\n伟大的祖国", "张，三人一组",
        "You can get the grade online", "You can: 45", "san zhang 类课程", "Wang Wei Road 12",
        "Zhang San 2026",
        "建国75周年", "晓梅45岁", "子涵12楼", "文静 的环境",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "李晓梅老师主讲《护理礼仪》", "李晓梅老师", "讲座由李晓梅主任主持。",
        "主讲：王伟教授，题目：如何面对考试",
        "李晓梅老师主讲《如何识别抑郁》", "王伟医生周二下午在校医室坐诊。",
        "李晓梅校长致家长的一封信",
        "李晓梅老师的公开课改到周四", "请把回执交到李晓梅老师处。", "王伟警官将介绍防诈骗知识",
    ],
)  # fmt: skip
def test_a_teacher_of_the_same_name_may_be_announced(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        # a teacher speaks of the pupil, or to whoever cares for the pupil
        "李晓梅老师说她上课迟到", "李晓梅老师说她", "李晓梅老师批评了她", "李晓梅老师请到办公室",
        "李晓梅老师找家长谈话", "李晓梅老师反映其经常迟到", "李晓梅班主任请家长到校",
        # others who are meant by the name
        "李晓梅老师的学生", "李晓梅老师的学生成绩不好", "王伟医生的孩子", "李晓梅老师和她",
        # an affair of one person beside it
        "李晓梅老师，旷课三天", "李晓梅老师：助学金已发放", "李晓梅老师负责，她数学45分",
        "李晓梅老师在场，第38名",
        "李晓梅老师到场，父母离异",
        # whom a father and a mother are called, and no title at all
        "王伟先生", "李晓梅女士主讲", "李晓梅和老师到场",
    ],
)  # fmt: skip
def test_in_doubt_it_is_the_pupil(text: str) -> None:
    assert found(text)


def test_the_stop_says_how_to_word_it() -> None:
    one, *_ = notice_gate.check("李晓梅老师说她", known=KNOWN)

    assert one.mend.endswith(notice_staff.A_COLLEAGUE)
    assert "请写" in one.mend or "由某某某老师主讲" in one.mend
