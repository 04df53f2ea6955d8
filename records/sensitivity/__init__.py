"""Which class a sentence has: what its author declared, raised by what is recognised in it.

A class belongs to the sentence, not to the page it stands on: a word about money inside the minutes
of a meeting stays with those whose task money is. What is recognised can only raise: nobody lowers
a class by leaving a field blank. The words are data (words.csv), also when they are written in
Pinyin; what only two words together say is, too (patterns.csv): 爸爸的工资 is income of the family,
实习工资 is not.
"""

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import ahocorasick

from parties import privacy
from parties.errors import InvalidInput
from parties.privacy import FieldClass
from records.language.spelling import romanised
from records.models import Statement
from records.signs import folded

Section = Statement.Section

#: What a section holds when nothing else is said or recognised.
_USUAL: Final = {
    Section.SCHOOL: "PRF",
    Section.INTERNSHIP: "PRF",
    Section.EMOTION: "EMO",
}
_PLAIN: Final = frozenset({FieldClass.COM, FieldClass.PRF})
#: What an author may declare; crisis and reporter have places of their own.
DECLARABLE: Final = frozenset(
    FieldClass(code)
    for code in ("COM", "CND", "PRF", "FAM", "ECO", "HLT", "PSY", "TPD", "VOI", "EMO")
)
_WORDS: Final = Path(__file__).with_name("words.csv")
_PATTERNS: Final = Path(__file__).with_name("patterns.csv")
#: Fewer syllables in Latin are too often something else.
_LEAST_SYLLABLES: Final = 3


def classify(text: str, *, section: str, declared: str = "", names_others: bool = False) -> str:
    """Class codes of one statement with its basis, sorted: `"COM"`, `"ECO"`, `"PRF TPD"`.

    `names_others`: it names students the record is not about. A class of its own (money, health)
    takes the place of the plain one, because its readers need not read everything else.

    Raises InvalidInput: a declared code that no statement may have.
    """
    if section == Section.EMOTION:
        return FieldClass.EMO.value
    found = declared_classes(declared) | recognised(text)
    if names_others:
        found |= {FieldClass.TPD}
    special = found - _PLAIN - {FieldClass.TPD}
    plain = found & _PLAIN or {FieldClass(_USUAL.get(Section(section), "COM"))}
    return " ".join(sorted(code.value for code in (special or plain) | (found & {FieldClass.TPD})))


def recognised(text: str) -> frozenset[FieldClass]:
    """Classes whose words stand in the text, however they are spelled."""
    plain = folded(text)
    words = {code for _, code in _automaton().iter(plain)}
    return frozenset(words | {code for pattern, code in _patterns() if pattern.search(plain)})


def special(text: str) -> frozenset[FieldClass]:
    """As recognised(), but for what everybody reads who reads a record, or a company its item."""
    return recognised(text) - _PLAIN


def refuse_special(texts: Mapping[str, str], *, mend: str) -> None:
    """Texts by field that everybody reads hold nothing that only some of them may.

    Raises InvalidInput: names the field, and `mend` says where it belongs.
    """
    for name, text in texts.items():
        found = sorted(special(text), key=lambda code: code.value)
        if found:
            kinds = "、".join(str(code.label) for code in found)
            raise InvalidInput(f"这里涉及“{kinds}”，不该看的人也会看到。", field=name, mend=mend)


def declared_classes(codes: str) -> frozenset[FieldClass]:
    """Classes that somebody declares in writing; empty for nothing. Raises InvalidInput."""
    if not codes.strip():
        return frozenset()
    try:
        found = privacy.parse(codes)
    except ValueError:
        found = frozenset()
    if not found or not found <= DECLARABLE - {FieldClass.EMO}:
        allowed = "、".join(sorted(code.value for code in DECLARABLE - {FieldClass.EMO}))
        raise InvalidInput("字段类别不可用。", field="sensitivity", mend=f"请从 {allowed} 中选择。")
    return found


@lru_cache(maxsize=1)
def _automaton() -> Any:
    words = ahocorasick.Automaton()
    for row in _rows(_WORDS):
        code = FieldClass(row["class"])
        words.add_word(folded(row["word"]), code)
        for spelt, syllables in romanised(row["word"]):
            if syllables == len(row["word"]) >= _LEAST_SYLLABLES:
                words.add_word(spelt, code)
    words.make_automaton()
    return words


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], FieldClass]]:
    return [(re.compile(row["pattern"]), FieldClass(row["class"])) for row in _rows(_PATTERNS)]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
