"""Which class a sentence has: what its author declared, raised by what is recognised in it.

A class belongs to the sentence, not to the page it stands on: a word about money inside the minutes
of a meeting stays with those whose task money is. What is recognised can only raise: nobody lowers
a class by leaving a field blank. The words are data (tables.py), also when they are written in
Pinyin; what only two words together say is, too: 爸爸的工资 is income of the family, 实习工资 is
not. What a company may not read is more than that: withheld().
"""

from collections.abc import Mapping
from typing import Final

from parties import privacy
from parties.errors import InvalidInput
from parties.privacy import FieldClass
from records.models import Statement
from records.sensitivity import tables
from records.sensitivity.company import withheld
from records.signs import folded

__all__ = [
    "DECLARABLE", "classify", "declared_classes", "recognised", "refuse_special",
    "special", "withheld",
]  # fmt: skip

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
    return tables.found(folded(text), tables.EVERYWHERE)


def special(text: str) -> frozenset[FieldClass]:
    """As recognised(), but for what everybody reads who reads a record."""
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
