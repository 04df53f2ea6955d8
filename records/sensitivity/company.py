"""What a company never reads: no word of the family, the file of conduct, health, home or money.

Wider than the class of a sentence (recognised()), because the school and the family must be able to
say 记过 or 心理辅导 to each other: at a company such words do harm, and nothing at work needs them.
"""

import unicodedata
from typing import Final

from parties.privacy import FieldClass
from records import signs
from records.sensitivity import tables

#: Everybody who reads an item reads these.
_PLAIN: Final = frozenset({FieldClass.COM, FieldClass.PRF})
#: Signs of danger that are about a person; an accident or somebody missing is talked of at work.
_DANGERS: Final = frozenset({"self_harm", "sexual_harm", "violence", "bullying"})
_DIGITS: Final = str.maketrans("〇零一幺二两三四五六七八九", "0011223456789")


def withheld(text: str) -> frozenset[FieldClass]:
    """Classes of what no company may read in this text, however it is spelled; empty for none."""
    plain = tables.without_calm(text)
    classes = tables.found(plain, tables.EVERYWHERE) | tables.found(plain, tables.COMPANY)
    if signs.read(plain).red & _DANGERS:
        classes |= {FieldClass.CRI}
    return classes - _PLAIN | tables.of_numbers(_with_digits(text))


def _with_digits(text: str) -> str:
    """Full width, written and hidden ways to write a number, as digits; marks stay."""
    shown = (letter for letter in unicodedata.normalize("NFKC", text))
    kept = (letter for letter in shown if unicodedata.category(letter) != "Cf")
    return "".join(kept).translate(_DIGITS)
