"""What somebody typed, when it was changed meanwhile: kept on the page, beside what stands now.

A page carries a mark of each field as it was first given. Saving once more is meant: then it
changes what its reader typed, and nothing that they never touched, which follows what stands now.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from portal.lines import ended

#: The hidden field with the marks; it is nobody's words.
AS_GIVEN: Final = "as_given"
_LETTERS: Final = 12

#: Label, and what stands now.
Named = list[tuple[str, str]]


class Marked(forms.Form):
    """A form whose page says in a hidden field as what it was given."""

    @property
    def as_given(self) -> str:
        """What it was given as goes along, however often the page is shown again."""
        return str(self.data.get(AS_GIVEN, "")) if self.is_bound else _marks(self, self.initial)

    def unit_of(self, name: str) -> str:
        """Fields that only make sense together have one unit: who touched one, meant them all."""
        return name


class Merged(NamedTuple):
    """`data` for the page to be shown again; `both` changed meanwhile, also by its reader; `taken`
    was changed meanwhile, and follows.
    """

    data: QueryDict
    both: Named
    taken: Named


def merged(form: Marked, now: Mapping[str, Any]) -> Merged:
    """What was typed into the form, above what stands there `now`, by field."""
    sent: Any = form.data
    given, whole = _given(form), Merged(sent.copy(), [], [])
    mine = {form.unit_of(name) for name, _ in _fields(form) if _is_touched(form, name, given)}
    for name, field in _fields(form):
        there = _plain(field, now.get(name, field.initial))
        named = (str(field.label), _said(field, there))
        moved = _mark(there) != given.get(name, _blank(field))
        if form.unit_of(name) not in mine or not _is_sent(form, name):
            _put(whole.data, name, there)
            whole.taken.extend([named] if moved else [])
        elif (moved or not given) and _plain(field, form[name].data) != there:
            whole.both.append(named)
    whole.data[AS_GIVEN] = _marks(form, now)
    return whole


def beside(form: forms.Form, now: Mapping[str, Any]) -> Named:
    """Every field in which something else was typed than stands there now."""
    return [
        (str(field.label), _said(field, _plain(field, now[name])))
        for name, field in _fields(form)
        if name in now and _plain(field, form[name].data) != _plain(field, now[name])
    ]


def _fields(form: forms.Form) -> Iterator[tuple[str, forms.Field]]:
    return ((one.name, one.field) for one in form.visible_fields())


def _given(form: Marked) -> dict[str, str]:
    """Marks by field; nothing of a page that has none: there, whatever was sent was meant."""
    pairs = (each.partition("=") for each in form.as_given.split())
    return {name: mark for name, _, mark in pairs}


def _is_touched(form: Marked, name: str, given: Mapping[str, str]) -> bool:
    if not given:
        return name in form.data
    field = form.fields[name]
    typed = _mark(_plain(field, form[name].data))
    return _is_sent(form, name) and typed != given.get(name, _blank(field))


def _is_sent(form: Marked, name: str) -> bool:
    """The page may not have a field that is newer than it; what is not ticked is not sent."""
    widget = form.fields[name].widget
    return not widget.value_omitted_from_data(form.data, form.files, name)


def _marks(form: forms.Form, values: Mapping[str, Any]) -> str:
    each = ((name, _plain(field, values.get(name, field.initial))) for name, field in _fields(form))
    return " ".join(f"{name}={_mark(value)}" for name, value in each)


def _blank(field: forms.Field) -> str:
    return _mark(_plain(field, field.initial))


def _mark(value: Any) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:_LETTERS]


def _plain(field: forms.Field, value: Any) -> Any:
    """As a browser sends it back when nobody touches it; what cannot be read stays as it is."""
    try:
        found = field.to_python(field.prepare_value(value))
    except ValidationError:
        return value
    if isinstance(found, datetime):
        return found.replace(second=0, microsecond=0)
    if isinstance(field, forms.ChoiceField):
        return _chosen(field, found)
    return ended(found).strip() if isinstance(found, str) else found


def _chosen(field: forms.ChoiceField, found: Any) -> Any:
    """Of those on offer; a list that drops down shows its first where there is none."""
    choices: Any = field.choices
    listed = [str(code) for code, _ in choices]
    if isinstance(field, forms.MultipleChoiceField):
        return sorted(one for one in found if one in listed)
    if isinstance(field.widget, forms.Select) and found not in listed:
        return listed[0] if listed else ""
    return found


def _put(data: QueryDict, name: str, value: Any) -> None:
    if isinstance(value, list):
        data.setlist(name, value)
    else:
        data[name] = value


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
