"""The forms about communication records. A section left empty is a section not written."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms

from parties.errors import InvalidInput, LostRace
from records import templates
from records.draft_input import Said
from records.models import CommunicationRecord, Objection, Participant, Statement

Choices = Sequence[tuple[str, str]]

_REQUIRED: Final = {
    "required": "请填写这一项。",
    "invalid": "格式不对，请改正。",
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
}
_LONGEST: Final = 3_000
_SHORT: Final = 300
_PRE: Final = "s_"

Section = Statement.Section
Source = Statement.Source
#: Whose words a section usually holds.
_SOURCES: Final = {
    Section.HOME: Source.GUARDIAN,
    Section.GUARDIAN_OPINION: Source.GUARDIAN,
    Section.STUDENT_OPINION: Source.STUDENT,
    Section.INTERNSHIP: Source.COMPANY,
}


class RecordForm(forms.Form):
    """Sections of the trigger's template, needed ones first; `people` may have been there."""

    started_at = forms.DateTimeField(
        label="沟通时间",
        error_messages=_REQUIRED,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place_kind = forms.ChoiceField(
        label="地点", choices=CommunicationRecord.Place.choices, error_messages=_REQUIRED
    )
    presence = forms.ChoiceField(
        label="家长怎样参加",
        choices=Participant.Presence.choices,
        error_messages=_REQUIRED,
        required=False,
    )
    people = forms.MultipleChoiceField(
        label="谁参加了（可不填）",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_REQUIRED,
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    nonce = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, trigger: str, people: Choices, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        found = templates.of(trigger)
        self.sections = [*found.needed, *(one for one in found.offered if one != Section.EMOTION)]
        for code in self.sections:
            label = str(Section(code).label)
            self.fields[f"{_PRE}{code}"] = forms.CharField(
                label=label if code in found.needed else f"{label}（可不填）",
                required=False,
                max_length=_LONGEST,
                error_messages=_REQUIRED,
                widget=forms.Textarea(attrs={"rows": 4 if code in found.needed else 2}),
            )
        self.fields["next_focus"] = forms.CharField(
            label="下次沟通重点（可不填）", required=False, max_length=_SHORT
        )

    def written(self) -> dict[str, str]:
        """Text by section; an empty one is there as well."""
        return {code: self.cleaned_data.get(f"{_PRE}{code}", "") for code in self.sections}

    def refuse(self, refused: InvalidInput | LostRace) -> None:
        """Say it beside the field it is about, or above all of them."""
        if isinstance(refused, LostRace):
            self.add_error(None, str(refused))
        else:
            known = refused.field if refused.field in self.fields else None
            self.add_error(known, f"{refused}{refused.mend}")


def texts(statements: dict[str, str]) -> dict[str, str]:
    """Texts by section as initial values of the form."""
    return {f"{_PRE}{code}": text for code, text in statements.items()}


def said(code: str, text: str) -> Said:
    """A statement of this section. What stands in “ ” is somebody's own words."""
    source = _SOURCES.get(Section(code), Source.TEACHER)
    return Said(
        section=code, source=source, text=text, is_quote=source != Source.TEACHER and "“" in text
    )


class ObjectionForm(forms.Form):
    """`said` are the statements that this reader sees."""

    ground = forms.ChoiceField(
        label="哪里有问题",
        choices=Objection.Ground.choices,
        widget=forms.RadioSelect,
        error_messages=_REQUIRED,
    )
    about = forms.ChoiceField(label="针对哪一条（可不选）", required=False)
    words = forms.CharField(
        label="实际情况是什么",
        max_length=5_000,
        error_messages=_REQUIRED,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    wish = forms.ChoiceField(
        label="希望怎样处理",
        choices=Objection.Wish.choices,
        widget=forms.RadioSelect,
        error_messages=_REQUIRED,
    )
    new_facts = forms.BooleanField(label="有新情况（记录生效已超过30天时）", required=False)

    def __init__(self, data: Any = None, *, said: Choices) -> None:
        super().__init__(data)
        self.fields["about"].choices = [("", "整份记录"), *said]  # type: ignore[attr-defined]

    def complaint(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["about"] = UUID(given["about"]) if given["about"] else None
        return given
