"""A student is called like an ordinary word: her affairs are stopped, the word is not."""

import pytest

from records import notice_gate
from records.notice_gate import Roster

SCHOOL = Roster(
    names=frozenset(
        {"康宁", "高峰", "白雪", "江山", "文静", "陶艺", "高兴", "文明", "安全", "向阳", "家长"}
    ),
    numbers=frozenset(),
)

STOPPED = [
    "康宁患有抑郁症",
    "高峰的助学金已发放",
    "白雪本学期获得国家助学金",
    "江山因打架受到处分",
    "文静父母离异",
    "陶艺旷课三天",
    "康 宁 患 有 抑 郁 症",
    "康宁昨天住院了",
    "本周高峰多次旷课，请家长重视。",
    "经查，江山因打架受到严重警告处分。",
    "高峰家里出了事",
    "文静的妈妈请到校",
    "请文静父母到校一趟",
    "陶艺同学请到办公室",
    "白雪因病住院",
    "高峰数学不及格",
    "江山受到处分",
    "得知康宁患有抑郁症，请大家关心。",
    "高峰，贫困生",
    "向阳的成绩下降明显",
    "文静家庭困难",
    "白雪名下补助已到账",
    "机电1班的高峰因打架被记过",
    "高兴经常迟到",
    "康宁得了流感",
    "康宁有哮喘",
    "高峰在校打架",
    "高峰欠学费2000元",
]

PASSED = [
    "祝大家身体康宁",
    "祝各位家长康宁、幸福。",
    "高峰时段请错峰出行",
    "上下学高峰期间请勿在校门口停车。",
    "早高峰迟到的同学请说明原因。",
    "用餐高峰时有困难的同学可找值班老师。",
    "流感高峰住院人数增加，请注意防护。",
    "江山如画",
    "歌咏比赛曲目：《江山》",
    "校园里白雪皑皑，请注意防滑。",
    "图书馆内请保持文静",
    "陶艺课考试安排",
    "陶艺期末考试安排在第十八周",
    "陶艺技能考核安排见附件",
    "高峰时段有哮喘病史的同学请错峰上下楼",
    "陶艺社团招新，有兴趣的同学请报名。",
    "陶艺考核的时间另行通知",
    "安全考试请于周日前完成。",
    "实习安全考核60分以上方可上岗。",
    "文明的校园需要大家共同维护。",
    "高兴地通知大家，我校获得国家奖学金名额。",
    "讲文明，打架将给予处分。",
    "家长申请助学金须知",
    "安全、心理咨询与资助政策宣讲",
]


@pytest.mark.parametrize("text", STOPPED)
def test_the_affairs_of_who_is_called_like_a_word_are_stopped(text: str) -> None:
    found = notice_gate.check(text, known=SCHOOL)

    assert found, text
    assert all(text[one.start : one.end] == one.words for one in found)


@pytest.mark.parametrize("text", PASSED)
def test_the_word_itself_passes(text: str) -> None:
    assert notice_gate.check(text, known=SCHOOL) == []


def test_where_nobody_is_called_so_it_is_a_word() -> None:
    assert notice_gate.check("高峰家里用电请注意安全", known=Roster(frozenset(), frozenset())) == []
