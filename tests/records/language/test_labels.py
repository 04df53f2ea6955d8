"""Labels and what only looks like one: the same characters, told apart by what stands beside."""

import pytest

from records.language import Level
from tests.records.language.reading import level, phrases, sign


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
