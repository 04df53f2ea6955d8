"""Good sentences that were held up: terms of a trade or a statute, lessons, places and sayings that
hold a listed phrase and call nobody anything; beside them, who is called so with the same words.

Of 39 good ones 25 were held up at the first look. 34 more sentences were written on finished rules,
which judged 29 rightly. 44 more of kitchens, wards, garages and salons ask where a degree binds
across a word's border: 21 were right at the first look.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from records.language import Level
from tests.records.language.reading import level, phrases, sign

FILE: Final = Path(__file__).with_name("trade_terms.csv")
LABELS: Final = {"pass": Level.OK, "hint": Level.HINT, "block": Level.BLOCK}

with FILE.open(encoding="utf-8", newline="") as file:
    ROWS: Final = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_a_term_is_nobody_and_somebody_is_told(row: dict[str, str]) -> None:
    assert level(row["text"]) == LABELS[row["label"]]
    assert row["label"] == "pass" or row["note"] in phrases(sign(row["text"]))


def test_none_stands_twice_and_somebody_is_called_something_in_many() -> None:
    assert len({row["text"] for row in ROWS}) == len(ROWS)
    assert Counter(row["label"] for row in ROWS)["block"] >= 20
