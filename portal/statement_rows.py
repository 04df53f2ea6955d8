"""The statements of a section on a form: each its words, their source, and whether confirmed.

The first of a section has plain names (s_FACT), every other carries its place (s_FACT_2). There
is always room for one more.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from django import forms

from parties.errors import InvalidInput
from portal.lines import LinesField
from records import language_gate
from records.draft_input import Said
from records.models import Statement

Choices = Sequence[tuple[str, str]]

Section = Statement.Section
Source = Statement.Source
Status = Statement.Status

#: Statements of one section on a page; further ones stay as they are.
MOST: Final = 12
_LONGEST: Final = 3_000
_WORDS: Final = "s_"
_SOURCE: Final = "source_"
_STATUS: Final = "status_"
_WHOSE: Final = "whose"
_OBSERVED: Final = "observed"
_BASIS: Final = "basis_"
_LONGEST_BASIS: Final = 500
_MISTAKES: Final = {
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
}
#: Whose words a section usually holds.
_SOURCES: Final = {
    Section.HOME: Source.GUARDIAN,
    Section.GUARDIAN_OPINION: Source.GUARDIAN,
    Section.STUDENT_OPINION: Source.STUDENT,
    Section.INTERNSHIP: Source.COMPANY,
}


class Row(NamedTuple):
    """One statement of a section; `place` counts from 1."""

    code: str
    place: int

    @property
    def words(self) -> str:
        return f"{_WORDS}{self.code}{self._ending}"

    @property
    def source(self) -> str:
        return f"{_SOURCE}{self.code}{self._ending}"

    @property
    def status(self) -> str:
        return f"{_STATUS}{self.code}{self._ending}"

    @property
    def whose(self) -> str:
        section = "" if is_reaction(self.code) else f"_{self.code}"
        return f"{_WHOSE}{section}{self._ending}"

    @property
    def observed(self) -> str:
        return f"{_OBSERVED}{self._ending}"

    @property
    def basis(self) -> str:
        return f"{_BASIS}{self.code}{self._ending}"

    @property
    def label(self) -> str:
        name = str(Section(self.code).label)
        return name if self.place == 1 else f"{name}（第{self.place}条）"

    @property
    def about(self) -> list[str]:
        """Names of what is asked about the words: an observed reaction is of one guardian and of
        one kind, and what somebody thinks was the cause rests on something.
        """
        if is_reaction(self.code):
            return [self.whose, self.observed, self.source, self.status]
        basis = [self.basis] if asks_basis(self.code) else []
        return [*basis, self.source, self.whose, self.status]

    @property
    def asks(self) -> str:
        """What they are asked for, in short."""
        if is_reaction(self.code):
            return "哪位家长、什么反应、谁说的、是否核实"
        return "谁说的、哪位家长、是否核实"

    def field_of(self, mistake: str) -> str:
        """The field of the form that a mistake of the domain is about."""
        asked = {"source": self.source, "status": self.status, "said_by": self.whose}
        if asks_basis(self.code):
            asked["basis"] = self.basis
        if is_reaction(self.code):
            asked["observed"] = self.observed
        return asked.get(mistake, self.words)

    @property
    def _ending(self) -> str:
        return "" if self.place == 1 else f"_{self.place}"


def asks_basis(section: str) -> bool:
    return section == Section.CAUSE


def is_reaction(section: str) -> bool:
    return section == Section.EMOTION


def rows_of(sections: Iterable[str], *filled: Mapping[str, Any]) -> list[Row]:
    """A row for each statement that is written in any of `filled`, and an empty one more."""
    found = []
    for code in sections:
        rows = [Row(code, place) for place in range(1, MOST + 1)]
        written = [row.place for row in rows if any(_has(one, row.words) for one in filled)]
        found += rows[: max([1, *written]) + 1]
    return found


def _has(values: Mapping[str, Any], name: str) -> bool:
    return bool(str(values.get(name) or "").strip())


def fields(row: Row, *, needed: bool, guardians: Choices) -> dict[str, forms.Field]:
    """The words, whose they are, and whether they are confirmed."""
    asked: dict[str, forms.Field] = {
        row.words: LinesField(
            label=row.label if needed else f"{row.label}（可不填）",
            required=False,
            max_length=_LONGEST,
            error_messages=_MISTAKES,
            rows=4 if needed else 2,
        ),
        row.source: _choice(f"{row.label}：来源", Source.choices, _usual(row.code)),
        row.status: _choice(f"{row.label}：是否核实", Status.choices, Status.ONE_SIDED),
    }
    if asks_basis(row.code):
        asked[row.basis] = LinesField(
            label=f"{row.label}：依据（次数、日期、出处、证明；可不填）",
            required=False,
            max_length=_LONGEST_BASIS,
            error_messages=_MISTAKES,
            rows=2,
        )
    return asked | _whose(row, guardians)


def _whose(row: Row, guardians: Choices) -> dict[str, forms.Field]:
    """A reaction is of one guardian; of other words, it may be said which of them spoke."""
    if not is_reaction(row.code):
        label = f"{row.label}：哪位家长说的（来源是“{Source.GUARDIAN.label}”时选，可不填）"
        return {row.whose: _choice(label, [("", "不写明"), *guardians])}
    called = "" if row.place == 1 else f"{row.label}："
    first = ("", "请选择")
    kinds = [first, *Statement.Observed.choices]
    return {
        row.whose: _choice(f"{called}是哪位家长的反应", [first, *guardians]),
        row.observed: _choice(f"{called}观察到的是什么反应", kinds),
    }


def _choice(label: str, choices: Choices, initial: str | None = None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, initial=initial, error_messages=_MISTAKES
    )


def _usual(code: str) -> str:
    return _SOURCES.get(Section(code), Source.TEACHER)


def said(row: Row, given: Mapping[str, Any]) -> Said:
    """The statement of a row. What stands in “ ” is somebody's own words."""
    text = given.get(row.words, "")
    source = given.get(row.source) or _usual(row.code)
    whose = given.get(row.whose, "")
    return Said(
        section=row.code,
        source=source,
        status=given.get(row.status) or Status.ONE_SIDED,
        text=text,
        is_quote=source in language_gate.SPOKEN and "“" in text,
        basis=given.get(row.basis, "") if asks_basis(row.code) else "",
        observed=given.get(row.observed, "") if is_reaction(row.code) else "",
        said_by=UUID(whose) if whose else None,
    )


def whole(said: Said, *, is_new: bool) -> Said:
    """A basis is of words, and a reaction has some: to take one back, they alone are emptied.

    Raises InvalidInput: there are none.
    """
    if said.basis and not said.text:
        raise InvalidInput(
            "只写了依据，没有写内容。", field="text", mend="请写下看法，或清空依据。"
        )
    if is_new and said.observed and not said.text:
        raise InvalidInput(
            "只选了反应，没有写内容。", field="text", mend="请写下看到的，或不选反应。"
        )
    return said


def typed(statements: Mapping[Row, Statement]) -> dict[str, str]:
    """Statements by row as initial values of the form."""
    found: dict[str, str] = {}
    for row, one in statements.items():
        found |= {row.words: one.text, row.source: str(one.source), row.status: str(one.status)}
        found[row.whose] = str(one.said_by_id or "")
        if asks_basis(row.code):
            found[row.basis] = one.basis
        if is_reaction(row.code):
            found[row.observed] = one.observed
    return found
