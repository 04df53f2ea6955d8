"""Places and trades whose name holds a listed phrase, and the phrase beside them."""

import pytest

from tests.records.language.reading import level


@pytest.mark.parametrize(
    "text",
    [
        "护理专业11月到市精神病院见习两周。",
        "在精神病院实习的学生每周五返校。",
        "参观市精神病院，学生32人。",
        "课程：精神病人照护，共8课时。",
        "精神病人的护理操作考核定于12月3日。",
        "志愿者到智障儿童康复中心服务3次。",
        "选修课程智障儿童教育，16课时。",
        "村里缺乏家教资源，学校每周三开放自习室。",
    ],
)
def test_a_place_and_a_trade_pass(text: str) -> None:
    assert level(text) == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "他是精神病人。",
        "学生像精神病院里出来的。",
        "应该送他去精神病院。",
        "他该去精神病院参观参观自己。",
        "这孩子是智障儿童。",
        "智障儿童一样，教不了。",
        "缺乏家教，见人不问好。",
        "他就是Ｃｈà　Ｓｈēｎｇ。",
        "他就是chà shēng。",
    ],
)
def test_the_label_is_held(text: str) -> None:
    assert level(text) == "block"
