"""Rule 4: a denial makes a phrase lighter; what only sounds like one does not."""

import pytest

from tests.records.language.reading import level

SAYS_IT_ALL_THE_SAME = [
    "不用说他是差生。",
    "不用说他无可救药。",
    "不必说他是差生。",
    "不能不说他是差生。",
    "没人不说他是差生。",
    "没有人不说他无可救药。",
    "谁不说他是差生。",
    "谁不知道他是差生。",
    "没有一个老师不叫他差生。",
    "没有哪个老师不觉得他是差生。",
    "别跟我说他不是差生。",
    "不要和我讲他不是差生。",
    "说他不是差生我不信。",
    "说他不是差生，骗谁。",
    "他不是差生才怪。",
    "他不就是差生。",
    "谁会不觉得他是差生。",
]
DENIES = [
    "我不认为他是差生。",
    "老师从不认为他是差生。",
    "我不觉得该生是差生。",
    "没有老师认为他是差生。",
    "没有一个老师说他是差生。",
    "没有哪位同学叫他差生。",
    "谁也不说他是差生。",
    "不要认为他是差生。",
    "不要说他是差生。",
    "任课老师不认为自己的学生是差生。",
    "别人说他不是差生。",
    "家长说他不是差生。",
    "我不相信他是差生。",
]


@pytest.mark.parametrize("text", SAYS_IT_ALL_THE_SAME)
def test_two_denials_say_it_all_the_same(text: str) -> None:
    assert level(text) == "block"


@pytest.mark.parametrize("text", DENIES)
def test_what_is_denied_is_pointed_out(text: str) -> None:
    assert level(text) == "hint"
