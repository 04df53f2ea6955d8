"""Sentences of a second reader: labels that went through because their neighbours looked harmless,
and sentences from workshop, kitchen and classroom that were held up. For every pattern beside a
phrase, and for every phrase that came later, three that must pass stand next to the others.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from records.language import Level
from tests.records.language.reading import level

FILE: Final = Path(__file__).with_name("second_reading.csv")
LABELS: Final = {"pass": Level.OK, "hint": Level.HINT, "block": Level.BLOCK}
ENOUGH: Final = 3

with FILE.open(encoding="utf-8", newline="") as file:
    ROWS: Final = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_a_sentence_gets_the_verdict_of_the_second_reader(row: dict[str, str]) -> None:
    assert level(row["text"]) == LABELS[row["label"]]


def test_none_stands_twice_and_every_phrase_has_both_sides() -> None:
    found = Counter(row["note"] for row in ROWS if row["label"] != "pass")
    passed = Counter(row["note"] for row in ROWS if row["label"] == "pass")

    assert len({row["text"] for row in ROWS}) == len(ROWS)
    assert {note: passed[note] for note in found if passed[note] < ENOUGH} == {}
