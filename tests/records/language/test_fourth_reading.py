"""Sentences about two rules: what proves an illness (6) and what takes a word back (4).

123 were written before the patterns were looked at; 28 were judged wrongly. What could be said in
general was mended and tried on 90 others (nine wrong), then on 42 that look for a way through the
mends (three wrong). Four are in nobody's reach and left out: a paper about another illness or seen
as a picture, a doctor's no before a yes, and 不是笨, which is not listed.
"""

import csv
from pathlib import Path
from typing import Final

import pytest

from records.language import Level
from tests.records.language.reading import level, phrases, sign

FILE: Final = Path(__file__).with_name("fourth_reading.csv")
LABELS: Final = {"pass": Level.OK, "hint": Level.HINT, "block": Level.BLOCK}
ENOUGH: Final = 30

with FILE.open(encoding="utf-8", newline="") as file:
    ROWS: Final = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_a_sentence_gets_the_verdict_of_the_fourth_reader(row: dict[str, str]) -> None:
    assert level(row["text"]) == LABELS[row["label"]]
    assert row["label"] == "pass" or row["note"] in phrases(sign(row["text"]))


@pytest.mark.parametrize(
    ("rule", "labels"), [("6", ("pass", "hint")), ("4", ("hint", "block"))], ids=["6", "4"]
)
def test_each_rule_is_read_both_ways(rule: str, labels: tuple[str, str]) -> None:
    found = [row["label"] for row in ROWS if row["rule"] == rule]

    assert len({row["text"] for row in ROWS}) == len(ROWS)
    assert set(found) == set(labels)
    assert min(map(found.count, labels)) >= ENOUGH
