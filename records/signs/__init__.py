"""Words in what somebody wrote that a person should look at soon: a hint, never a decision.

    from records import signs
    signs.read("孩子说不想活了").red      # frozenset({"self_harm"})

No word proves anything, and *no word found* proves nothing either: the result may propose a channel
and may never close a matter. The words are data (words.csv), taken from what school hotlines use.
"""

import csv
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import ahocorasick

RED: Final = "red"
AMBER: Final = "amber"
COMPLAINT: Final = "complaint"

_WORDS: Final = Path(__file__).with_name("words.csv")


@dataclass(frozen=True, slots=True)
class Signs:
    """Categories by how soon somebody should look; the words themselves stay in the text."""

    red: frozenset[str] = frozenset()
    amber: frozenset[str] = frozenset()
    complaint: frozenset[str] = frozenset()

    @property
    def level(self) -> str:
        """`red`, `amber` or `none`: what a routing table reads."""
        return RED if self.red else AMBER if self.amber else "none"


def read(*texts: str) -> Signs:
    """Look through texts by one author. Spelling with spaces, signs or wide letters counts too."""
    found: dict[str, set[str]] = {RED: set(), AMBER: set(), COMPLAINT: set()}
    for text in texts:
        for _, (sign, category) in _automaton().iter(folded(text)):
            found[sign].add(category)
    return Signs(frozenset(found[RED]), frozenset(found[AMBER]), frozenset(found[COMPLAINT]))


def folded(text: str) -> str:
    """Letters and digits alone, in their plain form: 不 想·活 is 不想活."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in plain if letter.isalnum())


@lru_cache(maxsize=1)
def _automaton() -> Any:
    words = ahocorasick.Automaton()
    with _WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words.add_word(folded(row["word"]), (row["sign"], row["category"]))
    words.make_automaton()
    return words
