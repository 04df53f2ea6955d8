"""Everyday labels that teachers write of a student or a family and no earlier reader had thought
of, and workshop sentences that only look like them: none of the labels had been found, and the
others pass now as before.
"""

import csv
from pathlib import Path
from typing import Final

import pytest

from records.language import Level
from tests.records.language.reading import level, phrases, sign

FILE: Final = Path(__file__).with_name("seventh_reading.csv")
LABELS: Final = {"pass": Level.OK, "hint": Level.HINT, "block": Level.BLOCK}

with FILE.open(encoding="utf-8", newline="") as file:
    ROWS: Final = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_a_sentence_gets_the_verdict_of_the_seventh_reader(row: dict[str, str]) -> None:
    verdict = sign(row["text"])

    assert level(row["text"]) == LABELS[row["label"]]
    assert verdict.findings == () if not row["phrase"] else row["phrase"] in phrases(verdict)
