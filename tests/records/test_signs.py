"""Words that a person should look at: found however they are spelled, and only ever a hint."""

import csv
from pathlib import Path

import pytest

from records import signs

ROWS = list(csv.DictReader(Path(signs.__file__).with_name("words.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["word"])
def test_every_word_is_found_in_a_sentence(row: dict[str, str]) -> None:
    found = signs.read(f"家长回复：{row['word']}，请尽快联系我。")

    assert row["category"] in getattr(found, row["sign"])


@pytest.mark.parametrize("text", ["不 想 活", "不·想·活", "不\u200b想活", "（不）想活"])
def test_signs_between_the_letters_hide_nothing(text: str) -> None:
    assert signs.read(text).level == "red"


def test_red_outweighs_amber() -> None:
    assert signs.read("一直哭", "说想死").level == "red"


def test_an_ordinary_answer_gives_none() -> None:
    assert signs.read("收到，周五下午三点到校。") == signs.Signs()
    assert signs.read("收到").level == "none"
