"""Nothing about one person goes to everybody, and what is about everybody is not held up."""

import pytest

from parties import tenancy
from parties.models import GuardianLink
from parties.roles import Role
from records import notice_gate
from records.notice_gate import Roster
from tests.factories import World

KNOWN = Roster(
    names=frozenset(
        {"王伟", "王伟强", "姚天佑", "高兴", "文明", "家长", "欧阳明月", "艾力·买买提"}
    ),
    numbers=frozenset({"2024030101", "JD25-07", "S0042"}),
)

STOPPED = [
    # a name that the school knows
    "请姚天佑的家长到校。",
    "王伟强同学被评为校级三好学生。",
    "本周值日：王伟、李娜。",
    "感谢欧阳明月妈妈的支持",
    "艾力买买提同学的家长请联系班主任",
    "请王 伟的家长缴费",
    "请王\u200b伟的家长缴费",
    "请姚·天·佑家长查收",
    "请姚-天-佑家长查收",
    "請王偉強的家長繳費",
    "歐陽明月同學請到辦公室",
    "wang wei qiang 的家长请到校",
    "请Wangweiqiang同学的家长缴费",
    "请Yáo Tiānyòu的家长到校",
    # an ordinary word that is a name here, with a cue
    "高兴同学请到办公室领取书籍。",
    "文明的家长请于周五到校。",
    "学生姓名：高兴，请家长签字。",
    # nobody on the roster, but a person's affair
    "张三助学金已发放",
    "张三同学的助学金已发放",
    "张 三 助 学 金 已 发 放",
    "张\u200b三助\u200d学金已发放",
    "张三助学金ＯＫ",
    "李四同学期末成绩不及格，请家长督促。",
    "張三助學金已發放",
    "陳小明因打架受到處分。",
    "恭喜赵六获得国家奖学金",
    "欧阳娜娜的成绩下降明显",
    "王五低保已批准，请查收。",
    "通报批评：孙七打架，给予处分。",
    "周杰旷课三天，请家长重视。",
    "经查，陈小明因打架受到处分。",
    "刘洋因抑郁住院，请大家关心。",
    "吴磊同学确诊肺结核，密切接触者请体检。",
    "本班郑爽数学考了58分",
    "郑爽58分，全班最低",
    "钱多多欠费未缴，请尽快缴清。",
    "孙悟空家庭贫困，请大家捐款。",
    "朱小丽父母离异，请多关心。",
    "马冬梅的爸爸欠缴学费",
    "唐伟技能考核第三名",
    "罗翔总分286分，排名第二",
    "经研究，对许强记过处分。",
    "魏来被开除学籍",
    "钟灵同学患有焦虑症",
    "李某某因打架被处分",
    "张某助学金未到账",
    "某同学成绩倒数，请家长配合",
    "李**成绩不及格",
    "小明同学旷课两天",
    # numbers
    "有问题请打13812345678",
    "有问题请打138 1234 5678",
    "有问题请打１３８１２３４５６７８",
    "有问题请打138-1234-5678，微信同号",
    "有问题请打+8613812345678",
    "证件号429900201006220036的学生请核对",
    "证件号429900 20100622 003X的学生请核对",
    "学号2024030101请到教务处",
    "请 JD25-07 的家长到校",
    "s0042 未交作业",
    "学号：20251234 的同学补交材料",
    "助学金打入6222021234567890123",
]

PASSED = [
    "请发邮件到 wangweiqiangong@school.test",
    "家長會繳費說明",
    "GAOXING 牌校服今日起可以领取",
    "2024级全体学生助学金申请通知",
    "家长会缴费说明",
    "各位家长：本周五下午两点召开家长会，请准时参加。",
    "请家长督促孩子注意安全，平安回家。",
    "争做文明学生，共建文明校园。",
    "高兴地通知大家，我校技能大赛获得团体一等奖。",
    "高一学生成绩将于下周公布，请家长登录查看。",
    "周五成绩公布，请登录查看本人成绩。",
    "国家助学金申请材料请于10月20日前交到资助中心。",
    "申请助学金的学生请准备家庭经济困难证明。",
    "关于助学金发放的说明",
    "方案：助学金评审分三步进行。",
    "江苏省助学金政策有变化，请留意。",
    "高职奖学金评审办法见附件。",
    "期中考试安排如下：语文、数学、英语各120分钟。",
    "满分100分，60分及格。",
    "程序设计成绩占总评的40%。",
    "应用文成绩占30%。",
    "流感高发，如孩子发烧请及时就医并请病假。",
    "请勿迟到早退，旷课将按校规处分。",
    "打架、吸烟等行为将给予警告或记过处分。",
    "学校办公电话：027-87654321。",
    "家长如有疑问，请拨打学校值班电话 0728-6251234 或 12345。",
    "2026年10月09日至2026年10月12日放假，10月10日补课。",
    "本学期学费1200元，请于10月15日前缴清。",
    "欠费学生可申请缓缴，办法见附件。",
    "任课教师将公布成绩。",
    "严格考试纪律，作弊按零分处理。",
    "心理咨询室每周二、周四下午开放。",
    "安全教育考试请于周日前完成。",
    "实习安全考核60分以上方可上岗。",
    "文明班级评比成绩每月公示。",
    "向贫困学生提供补助，名额有限。",
    "毕业生成绩单请到教务处领取。",
    "曾经获得助学金的学生今年需要重新申请。",
    "谢谢各位家长的理解和支持！",
    "请监护人签字后于周三前交回回执。",
    "夏季校服尺码请按身高选择：160、165、170。",
    "全校学生体检合格率98.5%，贫血者另行通知本人。",
    "2025级机电技术应用1班家长会",
    "请各班班主任汇总后报年级组。",
    "高年级学生补考时间另行通知。",
    "方便申请助学金的家庭，请提前准备银行卡。",
    "温馨提示：低保家庭学生可申请减免。",
    "石油化工专业技能考核安排",
    "本次月考后召开家长会，家长可单独查看孩子成绩。",
    "常见传染病预防：勤洗手、多通风。",
    "学生打架，双方家长都应当到校处理。",
]


@pytest.mark.parametrize("text", STOPPED)
def test_what_is_about_one_person_is_stopped(text: str) -> None:
    found = notice_gate.check(text, known=KNOWN)

    assert found, text
    assert all(text[one.start : one.end] == one.words for one in found)
    assert all(one.why and one.mend for one in found)


@pytest.mark.parametrize("text", PASSED)
def test_what_is_about_everybody_passes(text: str) -> None:
    assert notice_gate.check(text, known=KNOWN) == []


def test_a_longer_name_is_not_the_shorter_one_inside_it() -> None:
    assert [one.words for one in notice_gate.check("请王伟强到校", known=KNOWN)] == ["王伟强"]


def test_a_finding_points_into_the_text_as_it_was_written() -> None:
    text = "通知：\u200b王 伟，电话１３８１２３４５６７８"

    found = notice_gate.check(text, known=KNOWN)

    assert [(one.kind, one.words) for one in found] == [
        ("name", "王 伟"),
        ("phone", "１３８１２３４５６７８"),
    ]


@pytest.mark.django_db
def test_the_roster_is_the_families_of_the_school_and_not_who_signs_the_notice(
    world: World,
) -> None:
    with tenancy.scope(world.id):
        teacher = world.staff("teacher_and_mother", Role.ST)
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=teacher, relation="MOTHER"
        )

        known = notice_gate.roster(school_id=world.id)

    assert known.names == {"student", "classmate", "father", "mother"}
    assert world.student.student_no in known.numbers
