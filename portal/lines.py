"""Words of several lines typed into pages: every form reads them with this field and no other."""

from typing import Any

from django import forms

from parties import legible


def ended(text: str) -> str:
    """A line ends with one letter, as browsers count it; they send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class LinesField(forms.CharField):
    """As many letters as the browser let somebody type fit; `rows` are those of its box."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": rows}), **options})

    def to_python(self, value: Any) -> str:
        """What nobody can read is as if nothing had been written."""
        return legible.said(
            str(super().to_python(ended(value) if isinstance(value, str) else value))
        )
