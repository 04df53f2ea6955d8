"""The forms about communication records. A section left empty is a section not written."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms

from parties.errors import InvalidInput, LostRace
from portal import prepared_rows, presences, statement_groups, statement_rows
from portal.lines import LinesField
from portal.moments import MomentField
from portal.overtaken import Marked, Merged, merged
from portal.statement_rows import Choices, Row
from records import templates
from records.draft_input import Prepared, Said
from records.models import CommunicationRecord, Objection, Participant, PreparedItem

_REQUIRED: Final = {
    "required": "请填写这一项。",
    "invalid": "格式不对，请改正。",
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
}
_SHORT: Final = 300
#: How somebody took part is nothing without them.
_OF_LIST: Final = {"presence": "people", "staff_presence": "staff"}


def _short(label: str, longest: int) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=longest, error_messages=_REQUIRED
    )


class RecordForm(Marked):
    """Sections of the trigger's template, needed ones first; `people` may have been there.

    `files` were uploaded for this record; `staff` are colleagues who may have been there.
    """

    started_at = MomentField(label="沟通时间")
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
        label="谁参加了（交双方签字须有一位监护人，未到的也选上）",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_REQUIRED,
    )
    staff = forms.MultipleChoiceField(
        label="还有哪些同事参加了（可不选；选中的同事能看这份记录）",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_REQUIRED,
    )
    staff_presence = forms.ChoiceField(
        label="同事怎样参加",
        choices=Participant.Presence.choices,
        initial=Participant.Presence.IN_PERSON,
        error_messages=_REQUIRED,
        required=False,
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    nonce = forms.UUIDField(required=False, widget=forms.HiddenInput)

    ended_at = MomentField(label="结束时间（可不填）", required=False)
    place = _short("具体地点（可不填）", 200)
    trigger_note = _short("触发原因的说明（可不填）", _SHORT)
    next_contact_at = MomentField(label="下次沟通时间（可不填）", required=False)
    next_focus = _short("下次沟通重点（可不填）", _SHORT)

    def __init__(
        self,
        data: Any = None,
        *,
        trigger: str,
        people: Choices,
        guardians: Choices = (),
        files: Choices = (),
        staff: Choices = (),
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self.asked: Mapping[str, Any] = {
            "trigger": trigger, "people": people, "guardians": guardians, "files": files,
            "staff": staff,
        }  # fmt: skip
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        self.fields.update(presences.fields(people))
        self.fields["staff"].choices = staff  # type: ignore[attr-defined]
        self._lay_rows(trigger, guardians)
        self.places = prepared_rows.places_of(self.data, self.initial)
        for place in self.places:
            drops = prepared_rows.name("kind", place) in self.initial
            self.fields.update(prepared_rows.fields(place, files=files, drops=drops))

    def _lay_rows(self, trigger: str, guardians: Choices) -> None:
        found = templates.of(trigger)
        self.rows = statement_rows.rows_of([*found.needed, *found.offered], self.data, self.initial)
        for row in self.rows:
            needed = row.code in found.needed and row.place == 1
            self.fields.update(statement_rows.fields(row, needed=needed, guardians=guardians))

    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in ("started_at", "place_kind", "presence", "people")]

    def each(self) -> list[forms.BoundField]:
        """How each of the family took part, where there are several."""
        return [self[one] for one in self.fields if presences.is_one(one)]

    def statements(self) -> dict[str, Any]:
        """The sections as the page lays them out."""
        needed = templates.of(self.asked["trigger"]).needed
        return statement_groups.laid_out(self.rows, needed=needed, field=self.__getitem__)

    def papers(self) -> dict[str, Any]:
        """Prepared material by row; unfolded where there is some."""
        rows = [[self[one] for one in self.fields if self._is_of(one, at)] for at in self.places]
        said = any(one.errors or one.value() for row in rows for one in row)
        return {"rows": rows, "open": said}

    @staticmethod
    def _is_of(field: str, place: int) -> bool:
        return field.startswith("prep_") and field.endswith(f"_{place}")

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in ("ended_at", "place", "trigger_note")]

    def after(self) -> list[forms.BoundField]:
        return [self[name] for name in ("next_contact_at", "next_focus")]

    def beside(self) -> list[forms.BoundField]:
        """Of colleagues, where there are any."""
        return [self[name] for name in ("staff", "staff_presence")] if self.listed("staff") else []

    def listed(self, field: str) -> set[str]:
        """Whom a list of people offers."""
        return {pk for pk, _ in self.fields[field].choices}  # type: ignore[attr-defined]

    def asked_staff(self) -> list[str] | None:
        """Colleagues who were ticked; None for a page that did not ask."""
        return self.cleaned_data["staff"] if "staff_presence" in self.data else None

    def said(self, row: Row) -> Said:
        return statement_rows.said(row, self.cleaned_data)

    def asks_whether(self, row: Row, whose: UUID | None) -> bool:
        """Whether the page asked whose words a row holds, and this one could be chosen."""
        return row.whose in self.data and str(whose) in self.listed(row.whose)

    def written(self) -> dict[Row, str]:
        """Text by row; an empty one is there as well, unless the page did not ask for it."""
        asked = [row for row in self.rows if row.place == 1 or row.words in self.data]
        return {row: self.cleaned_data.get(row.words, "") for row in asked}

    def prepared(self) -> dict[int, Prepared] | None:
        """What is on the table, by row; None for a page that did not ask."""
        if prepared_rows.name("kind", 1) not in self.data:
            return None
        return prepared_rows.given(self.cleaned_data, self.places)

    def refuse(self, refused: InvalidInput | LostRace) -> None:
        """Say it beside the field it is about, or above all of them."""
        if isinstance(refused, LostRace):
            self.add_error(None, str(refused))
        else:
            places = {"prepared": self._report(), "participants": "people"}
            field = places.get(refused.field, refused.field)
            self.add_error(field if field in self.fields else None, f"{refused}{refused.mend}")

    def unit_of(self, name: str) -> str:
        """A statement is its words with whose they are, material a row; somebody came somehow."""
        for row in self.rows:
            if name in (row.words, *row.about):
                return row.words
        found = [str(place) for place in self.places if self._is_of(name, place)]
        if presences.is_one(name):
            return _OF_LIST["presence"]
        return found[0] if found else _OF_LIST.get(name, name)

    def above(self, now: Mapping[str, Any]) -> tuple["RecordForm", Merged]:
        """What was typed above a draft of which the form shows all that it says `now`."""
        whole = merged(RecordForm(self.data, initial=now, **self.asked), now)
        whole.data["seen"] = str(now["seen"])
        return RecordForm(whole.data, initial=now, **self.asked), whole

    def anew(self) -> None:
        """What is sent next is another record."""
        data: Any = self.data
        self.data = data = data.copy()  # of a request: unlike it, it may be changed
        data["seen"], data["nonce"] = "", str(uuid4())

    def _report(self) -> str | None:
        """The basis of the psychological report, which may have lapsed."""
        found = self.prepared() or {}
        kinds = {item.kind: place for place, item in found.items()}
        place = kinds.get(PreparedItem.Kind.PSY_REPORT)
        return None if place is None else prepared_rows.name("basis", place)


class ObjectionForm(forms.Form):
    """`said` are the statements that this reader sees."""

    ground = forms.ChoiceField(
        label="哪里有问题",
        choices=Objection.Ground.choices,
        widget=forms.RadioSelect,
        error_messages=_REQUIRED,
    )
    about = forms.ChoiceField(label="针对哪一条（可不选）", required=False)
    words = LinesField(label="实际情况是什么", max_length=5_000, error_messages=_REQUIRED, rows=5)
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
