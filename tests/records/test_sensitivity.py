"""Sentences as they stand in records and plans, and the classes that are recognised in them."""

import pytest

from parties.privacy import FieldClass
from records import sensitivity

MONEY = """
家里收入低，请安排双休
爸爸每月工资只有两千元
妈妈一个月挣一千八
父亲上个月丢了工作
家里欠了三十万
向亲戚借了两万元
家庭困难，想多排晚班
全家靠奶奶的退休金，手头紧
交不上这学期的费用
已申请zhuxuejin
已申请zhu xue jin
已申请困难补助
父母打工，家里负担重
学 费 减 免 已批
監護人月薪三千
奶奶吃低保
家境一般，请照顾
""".strip()
HEALTH = """
因其父亲患癌需陪护
孩子抑郁，请少排夜班
乙肝携带者，不安排食堂
查出了肝炎
每天吃两次药
右腿骨折，坐着干活
母亲生病住院
上周动了手术
请注意他有心脏病
她患有糖尿病
孩子得了肺炎
yiyuzheng，请留意
近期要复诊
他妈妈瘫在床上
色弱，不安排电工
""".strip()
FAMILY = """
父亲坐过牢
爸爸妈妈分开了
父母正在闹离婚
爷爷上月去世
由养母照料
母亲改嫁外地
父亲被拘留
父母打官司争抚养费
""".strip()
PLAIN = """
每周二、四18:30后不排班
按月足额发放实习工资
实习报酬不低于试用期工资标准的80%
每天进步一点
请家长每晚签到监督作业
钳工实训考核58分，差2分
今天请病假一天，假条已交
约定每周五晚八点联系
企业师傅每周反馈一次
请提前十分钟到岗
完成外圆车削练习三件
手机21:30前交给家长
学生希望换到装配线
参加周三的补考
下周家长会请准时参加
实习工资卡已发放到本人
上下班注意交通安全
三件工件全部合格
打饭排队时与同学发生争执
工作服需自备两套
""".strip()


def lines(text: str) -> list[str]:
    return text.splitlines()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, FieldClass.ECO) for text in lines(MONEY)),
        *((text, FieldClass.HLT) for text in lines(HEALTH)),
        *((text, FieldClass.FAM) for text in lines(FAMILY)),
    ],
)
def test_what_a_sentence_tells(text: str, code: FieldClass) -> None:
    assert code in sensitivity.special(text)


@pytest.mark.parametrize("text", lines(PLAIN))
def test_what_everybody_may_read_stays_so(text: str) -> None:
    assert not sensitivity.special(text)
