"""The affair before the name, between brackets, behind an amount; and what schools write daily."""

import pytest

from records import notice_gate
from records.notice_gate import Roster

NOBODY = Roster(frozenset(), frozenset())
SCHOOL = Roster(
    frozenset({"张三", "李晓梅", "高峰", "陶艺"}), frozenset({"2024030101", "20240315", "JD25-07"})
)

STOPPED = [
    "助学金已发放给张三",
    "助学金款已打到张三账户",
    "奖学金2000元已转账给李晓梅。",
    "退费已退还给欧阳明月的家长",
    "处分决定已送达赵敏",
    "补助已于10月9日发放给张同学",
    "给予张三记过处分",
    "张三2000元助学金已到账",
    "张三两千元助学金已到账",
    "张三（助学金已发放）",
    "张三【贫困生】",
    "张三——助学金已发放",
    "张三的奖助学金已发放",
    "张三有哮喘",
    "张三患有癫痫",
    "张三骨折请假两周",
    "张三数学只有35分",
    "张三物理仅35分",
    "张三语文才考35分",
    "张三学费未交",
    "李才旷课三天",
    "张同学欠费",
    "欧阳同学旷课三天",
    "我班张同学的成绩下降",
    "姓张的同学欠费",
    "张姓学生被处分",
    "联系人：张三助学金已发放",
    "联系人：张三（补考不及格）",
    "1 3 8 1 2 3 4 5 6 7 8",
    "请加微信1-3-8-1-2-3-4-5-6-7-8",
    "１ ３ ８ １ ２ ３ ４ ５ ６ ７ ８",
]

NUMBERS = [
    "2024 0301 01",
    "请2024 03 01 01同学到教务处",
    "2 0 2 4 0 3 0 1 0 1",
    "学生 2024-0301 01 缺考",
    "jd 25 07 请核对",
]

PASSED = [
    "助学金已发放到学生本人银行卡，请查收。",
    "助学金已于10月9日发放给全体受助学生。",
    "补助已发放到高一学生的校园卡。",
    "国家助学金已拨付至学校账户。",
    "奖学金已发放到位。",
    "助学金申请材料请交给张老师。",
    "成绩单已发给任课老师。",
    "退费已退还给各位家长。",
    "每生每年2000元助学金，分两次发放。",
    "向每生2000元的补助标准不变。",
    "国家奖学金每人6000元，国家助学金平均2000元。",
    "本学期教材费450元，住宿费600元。",
    "满分100分，数学只有基础题。",
    "2026年10月9日（周五）考试，10月12日（周一）补考。",
    "高一（考试安排见附件）",
    "联系人：李明（助学金咨询），电话：0728-6251234。",
    "咨询人：王老师（助学金），电话027-87654321。",
    "负责人：王主任（资助中心）",
    "联系人：李明，助学金咨询电话 0728-6251234。",
    "王老师成绩录入培训定于周三。",
    "张校长、李书记参加了座谈。",
    "刘医生将讲解流感和水痘预防。",
    "预防哮喘、过敏等疾病，请家长留意。",
    "有哮喘、癫痫、心脏病等病史的学生请提前告知校医。",
    "由于骨折等原因不能上体育课的，请交证明。",
    "校医室备有骨折固定夹板。",
    "第1 3 5 7 9 11 13 15周上课",
    "单周：1、3、5、7、9、11、13、15、17",
    "值班电话 0728 625 1234",
    "2024 03 15 家长会",
    "2024-03-15 08:00 家长会",
    "2024.03.01 01 号通知",
    "请把回执交给班主任张老师。",
    "感谢同学们的努力，欠费查询请登录系统。",
    "任何同学欠费均可申请缓缴。",
    "高峰（考试时段）请错峰出行",
    "优秀同学事迹：见校报。",
]


@pytest.mark.parametrize("text", STOPPED)
@pytest.mark.parametrize("known", [NOBODY, SCHOOL], ids=["stranger", "roster"])
def test_the_affair_of_one_person_is_stopped(text: str, known: Roster) -> None:
    found = notice_gate.check(text, known=known)

    assert found, text
    assert all(text[one.start : one.end] == one.words for one in found)


@pytest.mark.parametrize("text", NUMBERS)
def test_a_spread_student_number_is_stopped(text: str) -> None:
    found = notice_gate.check(text, known=SCHOOL)

    assert [one.kind for one in found] == ["number"]


@pytest.mark.parametrize("text", PASSED)
@pytest.mark.parametrize("known", [NOBODY, SCHOOL], ids=["stranger", "roster"])
def test_what_schools_write_daily_passes(text: str, known: Roster) -> None:
    assert notice_gate.check(text, known=known) == []
