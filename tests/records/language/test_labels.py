"""Labels and what only looks like one: the same characters, told apart by what stands beside."""

import pytest

from records.language import Effect, Level, Moment
from tests.records.language.reading import level, only, phrases, sign


@pytest.mark.parametrize(
    "text",
    [
        "机床主轴没救了，须更换", "这台旧电脑已经没救了，数据已备份。", "3号电机恐怕没救了。",
        "该问题学生已自行解决", "这个问题学生没有回答。", "第二个问题学生都答对了，第三个没有。",
        "这个问题家庭成员都知道", "此问题家庭和学校已协商好。",
        "本班有问题学生可以举手", "有问题学生请先问组长。", "有问题学生随时在群里留言。",
    ],
)  # fmt: skip
def test_words_that_only_touch_pass(text: str) -> None:
    assert sign(text).findings == ()


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("这个学生没救了，机床也不会用", "没救了"), ("玩手机玩得没救了", "没救了"),
        ("该问题学生屡次违纪", "问题学生"), ("该问题学生已被约谈", "问题学生"),
        ("这个问题学生知道错了却不改", "问题学生"), ("本班有问题学生三名", "问题学生"),
        ("有问题学生可能打架", "问题学生"), ("有问题学生要盯紧", "问题学生"),
        ("这个问题家庭成员复杂", "问题家庭"), ("这个问题家庭的孩子都知道", "问题家庭"),
    ],
)  # fmt: skip
def test_a_label_that_touches_the_same_words_is_blocked(text: str, phrase: str) -> None:
    assert phrase in phrases(sign(text))
    assert level(text) == Level.BLOCK


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("脑残一个，图纸拿反。", "脑残"), ("又是一个学渣。", "学渣"),
        ("傻子都会的题他不会。", "傻子"),
        ("该生顽劣。", "顽劣"), ("整天不学无术。", "不学无术"),
        ("油盐不进，谈了三次。", "油盐不进"),
        ("真不要脸。", "不要脸"), ("宿舍里的惯偷。", "惯偷"),
        ("他爸坐过牢，难怪这样", "家长坐过牢"),
        ("父亲曾坐过牢。", "家长坐过牢"), ("家长没文化。", "家长没文化"),
        ("爸妈都没文化。", "家长没文化"), ("家长是文盲。", "家长是文盲"),
        ("母亲也是文盲。", "家长是文盲"),
        ("家长不讲理。", "家长不讲理"), ("奶奶很不讲理。", "家长不讲理"),
        ("没爹没妈。", "没爹没妈"),
        ("没爸没妈，野惯了。", "没爹没妈"), ("穷鬼一个。", "穷鬼"), ("妈妈是哑巴。", "哑巴"),
        ("瞎子一样，看不见板书。", "瞎子"),
    ],
)  # fmt: skip
def test_who_calls_somebody_so_is_stopped(text: str, phrase: str) -> None:
    assert phrase in phrases(sign(text))
    assert level(text) == Level.BLOCK


@pytest.mark.parametrize(
    "text",
    [
        "电脑残值已评估。", "大脑残留信号见图2。", "科学渣土车路线图已交。", "过滤化学渣料并称重。",
        "傻子瓜子两包。", "实训用傻瓜相机拍摄。", "洗手间不要脸盆。", "不要脸朝下。",
        "不要脸上涂油。",
        "改掉习惯偷懒的做法。", "不要习惯偷看邻桌。", "家长没文化课资料，已补发。",
        "家长不讲理由也可请假。",
        "请家长坐牢固的椅子。", "改掉哑巴英语。", "嗓子沙哑巴望早日康复。",
        "二胡曲瞎子阿炳的故事。",
        "他不学武术，改学篮球。", "油烟不进教室。", "食堂新出穷鬼套餐。",
    ],
)  # fmt: skip
def test_what_only_holds_the_characters_passes(text: str) -> None:
    assert sign(text).findings == ()


@pytest.mark.parametrize(
    "text", ["读后感写《傻子与白痴》一书。", "他不是学渣。", "禁用“穷鬼”一词。", "家里有人坐过牢。"]
)
def test_a_title_a_denial_and_what_was_told_are_asked_about(text: str) -> None:
    assert level(text) == Level.HINT


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("疑似抑郁。", "抑郁"), ("有抑郁倾向", "抑郁"), ("该生轻度抑郁。", "抑郁"),
        ("他可能抑郁了。", "抑郁"),
        ("抑郁量表得分偏高。", "抑郁"), ("抑郁症筛查结果为阳性。", "抑郁症"),
        ("精神不正常", "精神不正常"), ("母亲精神不太正常。", "精神不正常"),
        ("她神经质。", "神经质"),
    ],
)  # fmt: skip
def test_a_suspected_illness_is_asked_for_its_certificate(text: str, phrase: str) -> None:
    found = only(sign(text))

    assert (found.phrase, found.effect) == (phrase, Effect.CONFIRM)
    assert "是否有医疗机构诊断？" in found.note
    assert level(text, moment=Moment.SHARE) == Level.BLOCK


@pytest.mark.parametrize(
    "text",
    [
        "10月20日举行抑郁症预防讲座。", "班会主题：如何识别抑郁。", "护理课：产后抑郁的护理。",
        "学习抑郁自评量表的用法。", "抑郁症、焦虑症知识手册已发。",
        "双相情感障碍患者的护理考核88分。",
        "市一医院诊断证明：抑郁状态。", "视神经质量检查用具已归还。",
    ],
)  # fmt: skip
def test_a_lesson_and_a_certificate_are_not_asked(text: str) -> None:
    assert sign(text).findings == ()


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("再不来学校就劝退", "就劝退"), ("不签字就开除", "就开除"),
        ("再旷课就直接开除！", "就开除"),
        ("不能按时到校就劝退。", "就劝退"), ("没有假条就开除学籍。", "就开除"),
    ],
)  # fmt: skip
def test_a_threat_to_send_somebody_away_is_stopped(text: str, phrase: str) -> None:
    found = only(sign(text))

    assert (found.phrase, found.effect) == (phrase, Effect.BLOCK)


@pytest.mark.parametrize(
    "text",
    [
        "根据学籍管理规定第21条，可给予开除学籍处分。", "学校不会因一次违纪就开除学生。",
        "家长询问是否旷课三次就开除。", "学校就劝退一事听取了家长意见。",
        "就开除学籍处分召开听证会。",
    ],
)  # fmt: skip
def test_a_rule_and_a_question_are_no_threat(text: str) -> None:
    assert sign(text).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "据同学说，他在外面欠钱。",
        "据室友讲，他欠网贷。",
        "听别人说她家出事了。",
        "有人说他偷拿工具。",
    ],
)
def test_what_others_say_is_asked_for_its_source(text: str) -> None:
    found = only(sign(text))

    assert found.effect == Effect.CONFIRM
    assert "来源" in found.note


@pytest.mark.parametrize("text", ["听同学说完后，老师请其写下经过。", "根据同学说明，机床已停。"])
def test_whom_somebody_listened_to_is_no_hearsay(text: str) -> None:
    assert sign(text).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "轴承裂了，师傅说没救了。", "此类问题学生查手册解决。", "如有问题学生应先停机。",
        "材料费二百五十元。", "历史课讲扫除文盲。", "习惯偷工减料的做法已改。", "海报：关注抑郁。",
        "发热的同学就别来上学，在家休息。", "听同学讲题后改正了2处。",
    ],
)  # fmt: skip
def test_neighbours_of_what_was_listed_later_pass(text: str) -> None:
    assert sign(text).findings == ()


@pytest.mark.parametrize("text", ["没人说他是差生。", "没有人叫他傻子。"])
def test_what_nobody_says_is_denied(text: str) -> None:
    assert level(text) == Level.HINT
