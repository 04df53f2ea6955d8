"""One child of the class is meant without a name; statistics and rules are about everybody."""

import pytest

from records import notice_gate
from records.notice_gate import Roster

NOBODY = Roster(frozenset(), frozenset())

STOPPED = [
    # one of the class
    "本班一名学生确诊肺结核", "我班一名学生因父母离婚情绪低落", "一名女生怀孕退学",
    "三班一学生确诊肺结核",
    "班里一位同学助学金已发放", "各位家长：我班一名学生确诊水痘",
    "各位家长，班里有一名同学患有癫痫",
    "班上某女生怀孕了", "一名来自单亲家庭的学生申请了助学金", "三班唯一的贫困生已获补助",
    # an office is held by one
    "班长本周旷课三次", "学委父母离异", "团支书数学不及格", "课代表昨天打架被处分",
    "副班长本次考试45分",
    "班长的助学金已到账", "体育委员成绩下降",
    # a number, a letter, a seat
    "23号旷课三次", "15号：45分", "15号同学被记过", "3号床的同学被处分", "学号15的同学旷课",
    "L同学确诊抑郁症",
    "坐在最后一排的男生偷东西", "第三排靠窗的女生患有癫痫",
    # whose family is called in
    "15号同学请家长来校", "402宿舍3号床同学请家长到校一趟", "班长的家长请来校",
    "ZS的家长请联系班主任", "12号的家长请到学校来", "学习委员，请你的妈妈联系我",
    # everybody reads it of her own child
    "您的孩子本次考试45分", "您的孩子本次考试45分，排名第38", "贵子女成绩为45分", "您孩子旷课三次",
]  # fmt: skip

PASSED = [
    "本班有3名学生获奖名单另行公布", "一名学生只能领取一份", "一名学生只能领取一份助学金",
    "每名学生旷课都会记录",
    "如有学生确诊请及时告知班主任", "如有一名学生确诊，全班停课", "全班平均45分", "满分45分",
    "您的孩子满60分即可通过",
    "请各班派一名学生领取成绩单", "各班推荐一名同学参加技能考核", "某校一名学生被骗，请注意防范",
    # offices and their tasks
    "请班长统计缺考名单", "班长例会讨论考试纪律", "课代表收齐补考报名表",
    "每位班长负责检查迟到情况",
    "一名学生如作弊，取消评优资格", "班长每天检查迟到", "一名学生只能领取一份补助，不得多领",
    "年级组长考核安排", "各组组长公布成绩",
    "各班班长的家长请到校参加表彰会", "请班长通知家长到校参加家长会", "15号同学们请家长到校接回",
    "15号学生返校，请家长送到校门口", "12号家长会，请家长到校参加", "班长收齐家长联系方式",
    "3号学生公寓请家长到校后登记", "15号请家长来校领取成绩单",
    # days, groups, and everybody's child
    "15号考试，23号补考", "12号迟到的同学请说明原因", "3号床位已检修", "坐校车的同学迟到不候",
    "您的孩子的成绩可单独查看", "如您的孩子旷课，班主任会联系您", "请告知您的孩子是否患有传染病",
    "您的孩子迟到15分钟不得入场", "您的孩子的考试时间为8点45分",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPPED)
def test_one_child_of_the_class_is_stopped(text: str) -> None:
    found = notice_gate.check(text, known=NOBODY)

    assert [one.kind for one in found] == ["person"] * len(found) != []
    assert all(text[one.start : one.end] == one.words for one in found)


@pytest.mark.parametrize("text", PASSED)
def test_statistics_rules_and_tasks_pass(text: str) -> None:
    assert notice_gate.check(text, known=NOBODY) == []


def test_news_from_elsewhere_passes_but_not_of_this_school() -> None:
    assert notice_gate.check("据报道，外省一名学生离家出走。", known=NOBODY) == []
    assert notice_gate.check("据报道，我校一名学生离家出走。", known=NOBODY)
