"""Material for a talk on the form of its record: what it is, and by what right it is used.

As many rows as there are, and one more. A psychological report needs a consent that holds or a duty
by name (records/bases.py); what is wrong is said beside its row.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms

from portal.statement_rows import Choices
from records.draft_input import Prepared
from records.models import PreparedItem

#: Rows of a page, as many as the API takes.
MOST: Final = 20
_PRE: Final = "prep_"
_DROP: Final = "drop"
_KIND: Final = "kind"
_TEXTS: Final = ("kind", "note", "basis", "duty", "basis_note")
_MISTAKES: Final = {
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
}
_CHOOSE: Final = ("", "请选择")


def name(what: str, place: int) -> str:
    """The field of a row; `place` counts from 1, as people do."""
    return f"{_PRE}{what}_{place}"


def places_of(*filled: Mapping[str, Any]) -> range:
    """A place for each row that is filled in, and an empty one more."""
    found = [
        place
        for place in range(1, MOST + 1)
        if any(_has(one, name(what, place)) for one in filled for what in (*_TEXTS, "attachment"))
    ]
    return range(1, min(max([0, *found]) + 1, MOST) + 1)


def _has(values: Mapping[str, Any], field: str) -> bool:
    return bool(str(values.get(field) or "").strip())


def fields(place: int, *, files: Choices, drops: bool) -> dict[str, forms.Field]:
    """`files` may lie on the table; `drops`: the row is of the draft already."""
    called, kinds = f"材料{place}", PreparedItem.Kind.choices
    asked: dict[str, forms.Field] = {
        "kind": _choice(f"{called}：是哪一种", [_CHOOSE, *kinds]),
        "note": _text(f"{called}：说明（可不填）", 1_000),
        "basis": _choice(f"{called}：使用依据（心理评估报告必填）", _named(PreparedItem.Basis)),
        "duty": _choice(f"{called}：哪一项职责", _named(PreparedItem.Duty)),
        "basis_note": _text(f"{called}：同意书编号，或为什么须用到", 500),
    }
    if files:
        asked["attachment"] = _choice(f"{called}：附件", [("", "没有"), *files])
    if drops:
        asked[_DROP] = forms.BooleanField(label=f"不再带材料{place}", required=False)
    return {name(what, place): field for what, field in asked.items()}


def _named(kinds: type[PreparedItem.Basis] | type[PreparedItem.Duty]) -> Choices:
    return [_CHOOSE, *((code, str(label)) for code, label in kinds.choices if code)]


def _choice(label: str, choices: Choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, error_messages=_MISTAKES)


def _text(label: str, longest: int) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=longest, error_messages=_MISTAKES
    )


def typed(items: Sequence[Prepared]) -> dict[str, str]:
    """What lies there already, as initial values of the form."""
    return {
        name(what, place): str(getattr(item, what) or "")
        for place, item in enumerate(items[:MOST], start=1)
        for what in (*_TEXTS, "attachment")
    }


def given(cleaned: Mapping[str, Any], places: range) -> dict[int, Prepared]:
    """Rows that say something, by place. A kind that nobody chose is the domain's to refuse."""
    kept = [place for place in places if not cleaned.get(name(_DROP, place))]
    found = {place: _prepared(cleaned, place) for place in kept}
    return {place: item for place, item in found.items() if item != Prepared(kind="")}


def _prepared(cleaned: Mapping[str, Any], place: int) -> Prepared:
    file = cleaned.get(name("attachment", place)) or None
    return Prepared(
        **{what: cleaned.get(name(what, place)) or "" for what in _TEXTS},
        attachment=UUID(file) if file else None,
    )


def of(item: PreparedItem) -> Prepared:
    return Prepared(
        kind=item.kind,
        note=item.note,
        attachment=item.attachment_id,
        basis=item.basis,
        basis_note=item.basis_note,
        duty=item.duty,
    )
