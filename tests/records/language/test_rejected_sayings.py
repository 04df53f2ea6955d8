"""Rule 4: a saying that is quoted first and then rejected is talked about, and judges nobody."""

import pytest

from records.language import Author, Level, Moment, check


def level(text: str) -> Level:
    return check(text, moment=Moment.SIGN, author=Author.STAFF).level


@pytest.mark.parametrize(
    "text",
    [
        "“你是笨蛋”这句话不合适。",
        "“你是笨蛋”这句话不合适",
        "老师向孩子说明，“你真是个笨蛋”这样的话不应该说，家长同意。",
        "“他是差生”这种说法不对，双方同意不再这样讲。",
        "“笨蛋”这种话是不对的。",
        "「差生」，这个词不妥。",
        "“你就是个笨蛋”这类话不能再说了！",
        "“他是差生”那样的说法确实不恰当；以后只讲具体的事。",
    ],
)
def test_a_quoted_saying_that_is_rejected_is_a_hint(text: str) -> None:
    assert level(text) == Level.HINT


@pytest.mark.parametrize(
    "text",
    [
        "“你是笨蛋”这句话很合适。",
        "“他是差生”这句话不对吗？",
        "“他是差生”这句话没有不对。",
        "“他是差生”这句话不合适，但是事实。",
        "“他是差生”这句话不好听，可他就是。",
        "“他就是个差生，大家知道”这句话不合适。",
        "他是笨蛋，这句话不合适。",
        "“他是差生”。这句话不合适说给别人。",
        "“认真听讲”这句话不合适，他是笨蛋。",
    ],
)
def test_what_is_not_rejected_stays_forbidden(text: str) -> None:
    assert level(text) == Level.BLOCK
