"""Which part of a file is asked for: kind, party and case as links, the days typed.

A link that is not offered counts as none, for nobody types it. A day is typed, so one that cannot
be read is named with its mend.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import QueryDict

from portal.moments import WRONG, DayField
from records import file
from records.file import Filters
from records.models import FileEntry

_MISTAKES: Final = {**WRONG, "invalid": "请选择或写成“年-月-日”，例如 2026-09-01。"}


class PeriodForm(forms.Form):
    """Both days are included; either may be left open."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        for name, label in (("from", "开始日期"), ("to", "结束日期")):
            self.fields[name] = DayField(label=label, required=False, error_messages=_MISTAKES)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        start, end = said.get("from"), said.get("to")
        if start and end and end < start:
            self.add_error("to", "结束日期不能早于开始日期，请改其中一个。")
        return said

    def mistakes(self) -> list[str]:
        """Label and mend of each, for a page without this form."""
        return [f"{field.label}：{field.errors[0]}" for field in self if field.errors]


@dataclass(frozen=True, slots=True)
class Asked:
    """A part as it came in; days that make no period are left out of it."""

    filters: Filters
    period: PeriodForm

    @classmethod
    def of(cls, given: QueryDict) -> "Asked":
        period = PeriodForm(given)
        days = period.cleaned_data if period.is_valid() else {}
        filters = Filters(
            kind=_one_of(file.kinds(), given.get("kind", "")),
            party=_one_of(dict(FileEntry.Party.choices), given.get("party", "")),
            start=days.get("from"),
            end=days.get("to"),
            case_id=_id(given.get("case", "")),
        )
        return cls(filters, period)

    def said(self, *without: str) -> dict[str, str]:
        """What is set, by the names of the address."""
        part = self.filters
        values = {
            "kind": part.kind,
            "party": part.party,
            "from": part.start,
            "to": part.end,
            "case": part.case_id,
        }
        return {name: str(one) for name, one in values.items() if one and name not in without}

    def query(self, **changed: str) -> str:
        asked = {**self.said(), **changed}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    def links(self, name: str, choices: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
        """Label, address and whether it is the one chosen; 全部 takes the filter away."""
        chosen = getattr(self.filters, name)
        return [
            (str(label), self.query(**{name: code}), code == chosen)
            for code, label in {"": "全部", **choices}.items()
        ]


def _one_of(known: Mapping[str, Any], asked: str) -> str:
    return asked if asked in known else ""


def _id(asked: str) -> UUID | None:
    try:
        return UUID(asked)
    except ValueError:
        return None
