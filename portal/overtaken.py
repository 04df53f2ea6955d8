"""What somebody typed, when it was changed meanwhile: kept on the page, beside what stands now.

Only the fields that differ are named; saving once more is then meant.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from portal.lines import ended


def beside(form: forms.Form, now: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label, and what stands now, of every field of the form in which something else was typed."""
    return [
        (str(one.label), _said(one.field, now[one.name]))
        for one in form.visible_fields()
        if one.name in now and one.field.has_changed(_plain(now[one.name]), _plain(one.data))
    ]


def _plain(value: Any) -> Any:
    """A line ends as a browser ends it, or as a program does: that is no difference."""
    return ended(value).strip() if isinstance(value, str) else value


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(field, forms.MultipleChoiceField):
        names = dict(field.choices)  # type: ignore[arg-type]
        return "、".join(str(names.get(one, one)) for one in value) or "（没有填写）"
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value or "（没有填写）")
