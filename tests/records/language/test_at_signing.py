"""What slipped through when somebody signed, and what was held up for nothing."""

import pytest

from records.language import Author, Effect, Moment, check
from tests.records.language.reading import only, phrases, sign


@pytest.mark.parametrize("text", ["他并非不是差生", "他不可能不是差生", "他并不是不是差生"])
def test_a_denial_denied_denies_nothing(text: str) -> None:
    assert only(sign(text)).effect == Effect.BLOCK


@pytest.mark.parametrize("text", ["他并非差生", "他不是不努力，不是差生"])
def test_a_plain_denial_still_counts(text: str) -> None:
    assert only(sign(text)).effect == Effect.HINT


@pytest.mark.parametrize(
    "text",
    [
        "回答问题学生共12人", "上课主动回答问题学生共3人", "废物料箱已清空", "不良少年法庭参观",
        "神经病房参观",
    ],
)  # fmt: skip
def test_part_of_another_word_is_no_phrase(text: str) -> None:
    assert phrases(sign(text)) == []


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("肯定是零件松动，经11月3日检测确认", False),
        ("肯定是零件松动", True),
        ("肯定是零件松动，11月3日未检测", True),
        ("肯定是零件松动，听说经11月3日检测确认", True),
        ("肯定是零件松动。经11月3日检测确认，刀架完好", True),
        ("肯定是他弄坏的，11月3日上课", True),
    ],
)
def test_a_dated_finding_answers_a_guess(text: str, blocked: bool) -> None:
    found = check(text, moment=Moment.SHARE, author=Author.STAFF).findings

    assert any(one.effect == Effect.BLOCK for one in found) is blocked
