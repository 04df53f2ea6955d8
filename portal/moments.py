"""Dates and moments typed into pages: every form reads them with these two fields and no other."""

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from parties import years

#: Says everything that can be wrong with either field.
WRONG: Final = {
    "required": "请填写这一项。",
    "invalid": f"日期或时间不对，请改正：年份在 {years.FIRST} 至 {years.LAST} 之间。",
}


class MomentField(forms.DateTimeField):
    """A moment that a school could mean, in its own time."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{"widget": widget, "error_messages": WRONG, **options})

    def to_python(self, value: Any) -> datetime | None:
        try:
            found = super().to_python(value)
        except ValidationError:  # an hour that the zone has not is as wrong as any other
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        _refuse(self, found)
        return found


class DayField(forms.DateField):
    """A day that a school could mean."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, "error_messages": WRONG, **options})

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        _refuse(self, found)
        return found


def _refuse(field: forms.Field, found: date | None) -> None:
    if found is not None and not years.is_believable(found):
        raise ValidationError(field.error_messages["invalid"], code="invalid")
