"""What stands inside a forbidden phrase does not hide it; what only stands between two words does
not make one.
"""

import pytest

from records.language import Row, default
from records.language.gaps import joints
from records.language.normalise import normalise
from records.language.rows import Kind
from tests.records.language.reading import level, only, phrases, sign


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("差1生", "差生"), ("c差h生", "差生"), ("他是差1生，不写作业。", "差生"),
        ("差１２生。", "差生"),
        ("他是差1生不努力", "差生"), ("这个差h生上课睡觉", "差生"), ("差h生又没交作业", "差生"),
        ("废x物", "废物"), ("弱1智。", "弱智"), ("差1，生", "差生"), ("坏a孩子", "坏孩子"),
        ("双1差生", "双差生"), ("该生无，可救药了", "无可救药"), ("无1可，救药", "无可救药"),
        ("屡教，不改了", "屡教不改"), ("他好吃，懒做", "好吃懒做"), ("吊儿、郎当", "吊儿郎当"),
        ("烂。泥扶不上墙", "烂泥扶不上墙"), ("就是问，题家庭出来的", "问题家庭"),
    ],
)  # fmt: skip
def test_a_digit_a_letter_or_a_mark_hides_nothing(text: str, phrase: str) -> None:
    assert phrases(sign(text)) == [phrase]
    assert level(text) == "block"


@pytest.mark.parametrize(
    "text",
    [
        "名额还差1生，已补报。", "二班比一班差3生均用房指标。", "9月14日差5分生效。",
        "由误差e生成的信号。", "安装3病房空调。", "安装A病房空调。", "低E能耗设备两台。",
        "说明了问题，家庭住址不变。", "存在问题（学生）。", "主要是问题、学生。",
        "小心，眼镜别碰。",
        "没家，教他的是奶奶。", "脑子不好，使用工具慢。", "把孩子领回家，去医院检查。",
        "第1组坏2孩子没来。", "联系不上父母，素质拓展改期。", "成绩1差2生源不足。",
    ],
)  # fmt: skip
def test_what_stands_between_two_words_makes_none_of_them(text: str) -> None:
    assert sign(text).findings == ()


def test_the_place_is_that_of_the_whole_with_what_hides_it() -> None:
    found = only(sign("在班上他是差1生。"))

    assert (found.start, found.end) == (5, 8)


@pytest.mark.parametrize("text", ["他不是差1生。", "禁用“无，可救药”。"])
def test_a_denial_and_a_mention_still_weigh_less(text: str) -> None:
    assert level(text) == "hint"


def test_every_long_forbidden_phrase_says_where_its_words_begin() -> None:
    rows = {normalise(row.phrase).text for row in default().rows if row.kind == Kind.FORBIDDEN}

    assert {phrase for phrase in rows if len(phrase) > 2} == set(joints())


def test_in_a_schools_own_phrase_a_letter_hides_nothing_and_a_mark_parts_it() -> None:
    lexicon = default().extended([Row("土包子", Kind.FORBIDDEN, "economic_origin", "不写户籍来源")])

    assert level("他是土a包子", lexicon=lexicon) == "block"
    assert level("一袋土，包子两个", lexicon=lexicon) == "ok"
