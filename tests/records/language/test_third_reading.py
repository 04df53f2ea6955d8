"""Sentences of a third reader: words that nobody had listed, degrees in the middle of a phrase, and
beside them sentences of workshop and classroom in which the same characters mean nothing.

162 were written before any of their words was listed: of the 116 that put somebody down five
were told then. On finished rules 40 more were tried, of which 36 were judged rightly; of 30 others
with no listed word in mind, all put-downs, 4 were told: a list knows what is on it.
"""

import csv
from pathlib import Path
from typing import Final

import pytest

from records.language import Level
from tests.records.language.reading import level, phrases, sign

FILE: Final = Path(__file__).with_name("third_reading.csv")
LABELS: Final = {"pass": Level.OK, "hint": Level.HINT, "block": Level.BLOCK}

with FILE.open(encoding="utf-8", newline="") as file:
    ROWS: Final = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_a_sentence_gets_the_verdict_of_the_third_reader(row: dict[str, str]) -> None:
    assert level(row["text"]) == LABELS[row["label"]]
    assert row["label"] == "pass" or row["note"] in phrases(sign(row["text"]))


def test_none_stands_twice_and_a_third_of_them_is_good() -> None:
    assert len({row["text"] for row in ROWS}) == len(ROWS)
    assert sum(row["label"] == "pass" for row in ROWS) * 4 >= len(ROWS)


@pytest.mark.parametrize(
    "degree", ["不太", "不大", "不怎么", "有点不", "十分不", "极其不", "比较不"]
)
@pytest.mark.parametrize("who", ["家长", "爸爸", "监护人"])
def test_how_much_takes_nothing_back(who: str, degree: str) -> None:
    [found] = sign(f"{who}{degree}配合。").findings

    assert found.phrase == "家长不配合"
    assert (found.start, found.end) == (0, len(who + degree) + 2)
