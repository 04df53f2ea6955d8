"""The forms about communication records. A section left empty is a section not written."""

from collections.abc import Mapping, Sequence
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
_SOURCE: Final = "source_"
_STATUS: Final = "status_"
_WHOSE: Final = "whose"

Section = Statement.Section
Source = Statement.Source
Status = Statement.Status
#: Whose words a section usually holds.
_SOURCES: Final = {
    Section.HOME: Source.GUARDIAN,
    Section.GUARDIAN_OPINION: Source.GUARDIAN,
    Section.STUDENT_OPINION: Source.STUDENT,
    Section.INTERNSHIP: Source.COMPANY,
}


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        error_messages=_REQUIRED,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


def _short(label: str, longest: int) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=longest, error_messages=_REQUIRED
    )


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

    ended_at = _moment("结束时间（可不填）")
    place = _short("具体地点（可不填）", 200)
    trigger_note = _short("触发原因的说明（可不填）", _SHORT)
    next_contact_at = _moment("下次沟通时间（可不填）")
    next_focus = _short("下次沟通重点（可不填）", _SHORT)

    def __init__(
        self,
        data: Any = None,
        *,
        trigger: str,
        people: Choices,
        guardians: Choices = (),
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        found = templates.of(trigger)
        self.sections = [*found.needed, *found.offered]
        for code in self.sections:
            self._ask_for(Section(code), needed=code in found.needed)
        self.fields[_WHOSE] = forms.ChoiceField(
            label="是哪位家长的反应",
            choices=[("", "请选择"), *guardians],
            required=False,
            error_messages=_REQUIRED,
        )

    def _ask_for(self, code: Section, *, needed: bool) -> None:
        """The words of a section, whose they are, and whether they are confirmed."""
        label = str(code.label)
        self.fields[f"{_PRE}{code}"] = forms.CharField(
            label=label if needed else f"{label}（可不填）",
            required=False,
            max_length=_LONGEST,
            error_messages=_REQUIRED,
            widget=forms.Textarea(attrs={"rows": 4 if needed else 2}),
        )
        self.fields[f"{_SOURCE}{code}"] = forms.ChoiceField(
            label=f"{label}：来源",
            choices=Source.choices,
            required=False,
            initial=_SOURCES.get(code, Source.TEACHER),
            error_messages=_REQUIRED,
        )
        self.fields[f"{_STATUS}{code}"] = forms.ChoiceField(
            label=f"{label}：是否核实",
            choices=Status.choices,
            required=False,
            initial=Status.ONE_SIDED,
            error_messages=_REQUIRED,
        )

    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in ("started_at", "place_kind", "presence", "people")]

    def groups(self) -> list[dict[str, Any]]:
        """Each section with what belongs to its words, folded away unless it is wrong."""
        return [
            {"words": self[f"{_PRE}{code}"], "about": about, "open": any(x.errors for x in about)}
            for code in self.sections
            for about in [self._about(code)]
        ]

    def _about(self, code: str) -> list[forms.BoundField]:
        whose = [self[_WHOSE]] if code == Section.EMOTION else []
        return [*whose, self[f"{_SOURCE}{code}"], self[f"{_STATUS}{code}"]]

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in ("ended_at", "place", "trigger_note")]

    def after(self) -> list[forms.BoundField]:
        return [self[name] for name in ("next_contact_at", "next_focus")]

    def said(self, code: str) -> Said:
        """The statement of a section. What stands in “ ” is somebody's own words."""
        given, text = self.cleaned_data, self.cleaned_data.get(f"{_PRE}{code}", "")
        source = given.get(f"{_SOURCE}{code}") or _SOURCES.get(Section(code), Source.TEACHER)
        whose = given.get(_WHOSE, "") if code == Section.EMOTION else ""
        return Said(
            section=code,
            source=source,
            status=given.get(f"{_STATUS}{code}") or Status.ONE_SIDED,
            text=text,
            is_quote=source != Source.TEACHER and "“" in text,
            said_by=UUID(whose) if whose else None,
        )

    def written(self) -> dict[str, str]:
        """Text by section; an empty one is there as well."""
        return {code: self.cleaned_data.get(f"{_PRE}{code}", "") for code in self.sections}

    def refuse(self, refused: InvalidInput | LostRace) -> None:
        """Say it beside the field it is about, or above all of them."""
        if isinstance(refused, LostRace):
            self.add_error(None, str(refused))
        else:
            field = _WHOSE if refused.field == "said_by" else refused.field
            self.add_error(field if field in self.fields else None, f"{refused}{refused.mend}")


def typed(statements: Mapping[str, Statement]) -> dict[str, str]:
    """Statements by section as initial values of the form."""
    found: dict[str, str] = {}
    for code, one in statements.items():
        found |= {f"{_PRE}{code}": one.text, f"{_SOURCE}{code}": str(one.source)}
        found[f"{_STATUS}{code}"] = str(one.status)
        if code == Section.EMOTION:
            found[_WHOSE] = str(one.said_by_id)
    return found


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
