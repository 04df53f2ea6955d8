"""Sentences about what nothing proves (没有证据他是小偷) and what nobody is (谁也不是天生的差生).

156 were written, 33 of them to look for a way through the patterns once they stood. Those that
are in nobody's reach are left out: 就怪了 and a question behind it, 只有 and 除了 that name a way
and no person, and 笨, 懒 and 骗子, which are not listed alone.
"""

import csv
from pathlib import Path
from typing import Final

import pytest

from tests.records.language.reading import level, phrases, sign

FILE: Final = Path(__file__).with_name("fifth_reading.csv")
ENOUGH: Final = 30

with FILE.open(encoding="utf-8", newline="") as file:
    ROWS: Final = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_a_sentence_gets_the_verdict_of_the_fifth_reader(row: dict[str, str]) -> None:
    assert level(row["text"]) == row["label"]
    assert row["phrase"] in phrases(sign(row["text"]))


def test_it_is_read_both_ways() -> None:
    labels = [row["label"] for row in ROWS]

    assert len({row["text"] for row in ROWS}) == len(ROWS)
    assert min(labels.count("hint"), labels.count("block")) >= ENOUGH
