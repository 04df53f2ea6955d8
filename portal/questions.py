"""A task's form, drawn up from its JSON Schema: choices as radio buttons, texts as boxes.

The schema decides what is accepted (workflow.forms); this only asks the questions on a phone and
brings the answers into the schema's types.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.utils import timezone

from portal.lines import LinesField
from portal.moments import DayField, MomentField

Schema = Mapping[str, Any]
Choices = list[tuple[str, str]]

#: Longer texts get a box of several lines.
_ONE_LINE: Final = 100
_REQUIRED: Final = {"required": "请填写这一项。", "invalid": "格式不对，请改正。"}
#: A label that says itself when there is to be an answer.
_SAYS_WHEN: Final = re.compile("可不填|必填")
PREFIX: Final = "answer"


class Questions(forms.Form):
    """`people` are offered where a form asks for ids of persons, `staff` where it asks for
    colleagues (`x-people: staff`), with the company's `mentors` where it asks for them as well.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        schema: Schema,
        people: Choices,
        staff: Choices | None = None,
        mentors: Choices | None = None,
    ) -> None:
        super().__init__(data, prefix=PREFIX)
        self.rules: Mapping[str, Schema] = schema.get("properties", {})
        required = set(schema.get("required", []))
        for name, rule in self.rules.items():
            asked = (staff or []) if rule.get("x-people") == "staff" else people
            asked = [*asked, *(mentors or [])] if rule.get("x-mentors") else asked
            field = _field(rule, asked)
            field.label = str(rule.get("title", name))
            field.required = name in required
            field.help_text = str(rule.get("description", ""))
            if not isinstance(field, DayField | MomentField):  # they have words of their own
                field.error_messages.update(_REQUIRED)
            if not field.required and not _SAYS_WHEN.search(field.label):
                field.label += "（可不填）"
            self.fields[name] = field

    def answer(self) -> dict[str, Any]:
        """What was answered, in the schema's types; what was left open is left out."""
        given = {name: self.cleaned_data.get(name) for name in self.rules}
        return {
            name: _written(value, self.rules[name])
            for name, value in given.items()
            if value not in (None, "", [])
        }

    def refuse(self, field: str, sentence: str) -> None:
        """Show what the schema found wrong beside the question it is about."""
        top = field.split(".", maxsplit=1)[0]
        self.add_error(top if top in self.fields else None, sentence)

    def said(self) -> list[tuple[str, str]]:
        """Question and answer in words, to be looked at before it is sent; of what was answered it
        is not said again that it may be left out.
        """
        return [
            (str(self.rules[name].get("title", name)), _spoken(value, self.fields[name]))
            for name, value in self.cleaned_data.items()
            if value not in (None, "", [])
        ]


def _field(rule: Schema, people: Choices) -> forms.Field:
    if "enum" in rule:
        return forms.ChoiceField(choices=_choices(rule), widget=forms.RadioSelect)
    kind = rule.get("type")
    if kind == "string" and "x-people" in rule:
        return forms.ChoiceField(choices=people, widget=forms.RadioSelect)
    if kind == "array":
        return _several(rule, people)
    if kind == "boolean":
        return forms.TypedChoiceField(
            choices=[("true", "是"), ("false", "否")],
            coerce=lambda text: text == "true",
            empty_value=None,
            widget=forms.RadioSelect,
        )
    if kind in ("integer", "number"):
        return forms.IntegerField(min_value=rule.get("minimum"), max_value=rule.get("maximum"))
    return _text(rule)


def _several(rule: Schema, people: Choices) -> forms.Field:
    items = rule.get("items", {})
    if "enum" in items:
        labels = rule.get("x-labels") or items.get("x-labels", {})
        choices = _choices({**items, "x-labels": labels})
    else:
        choices = people
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)


def _text(rule: Schema) -> forms.Field:
    length = rule.get("maxLength")
    if rule.get("format") == "date-time":
        return MomentField()
    if rule.get("format") == "date":
        return DayField()
    many_lines = length is None or length > _ONE_LINE
    return (
        LinesField(max_length=length, rows=4) if many_lines else forms.CharField(max_length=length)
    )


def _choices(rule: Schema) -> Choices:
    labels = rule.get("x-labels", {})
    return [(str(value), str(labels.get(str(value), value))) for value in rule["enum"]]


def _written(value: Any, rule: Schema) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if "enum" in rule and rule.get("type") in ("integer", "number"):
        return int(value)
    return value


def _spoken(value: Any, field: forms.Field) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "是" if value else "否"
    labels = dict(getattr(field, "choices", []) or [])
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(str(labels.get(item, item)) for item in value)
    return str(labels.get(value, value))
