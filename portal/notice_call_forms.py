"""The forms of who calls a family about a notice: a try to reach it, and what it answered."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms

from parties.errors import InvalidInput
from portal.lines import LinesField
from portal.moments import MomentField
from records.models import NoticeContact, NoticeReceipt
from records.notice_attempts import Attempt
from records.notice_papers import OnPaper

_WORDS: Final = {
    "required": "请填写这一项。",
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
    "null_characters_not_allowed": "这里有看不见的字符，请删去后再填。",
}
_WITNESS: Final = {**_WORDS, "required": "请选择当时一起听电话的另一位老师。"}


class AttemptForm(forms.Form):
    """三有: when, where, what; a try without an answer as well."""

    channel = forms.ChoiceField(
        label="怎样联系的",
        choices=NoticeContact.Channel.choices,
        error_messages=_WORDS,
        widget=forms.RadioSelect,
    )
    at = MomentField(label="什么时候")
    place = forms.CharField(
        label="在哪里（打电话，写在哪里打的）",
        max_length=100,
        required=False,
        error_messages=_WORDS,
    )
    outcome = forms.ChoiceField(
        label="结果怎样",
        choices=NoticeContact.Outcome.choices,
        error_messages=_WORDS,
        widget=forms.RadioSelect,
    )
    note = LinesField(
        label="说了什么（照实记，可不填）",
        max_length=1000,
        required=False,
        error_messages=_WORDS,
        rows=4,
    )

    def given(self, receipt: NoticeReceipt) -> Attempt:
        said = self.cleaned_data
        return Attempt(
            student_id=receipt.student_id,
            guardian_id=receipt.guardian_id,
            channel=said["channel"],
            outcome=said["outcome"],
            tried_at=said["at"],
            place=said["place"],
            note=said["note"],
        )


class AnswerForm(forms.Form):
    """Read back to the family on the phone while a second colleague listened."""

    witness = forms.ChoiceField(label="一起听电话的老师（您之外的另一位）", error_messages=_WITNESS)
    reply = LinesField(
        label="家长的答复（照家长的话记；没有别的话可不填）",
        max_length=1000,
        required=False,
        error_messages=_WORDS,
        rows=4,
    )

    def __init__(
        self, data: Any = None, *, colleagues: Sequence[tuple[str, str]] = (), **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.fields["witness"].choices = [("", "请选择"), *colleagues]  # type: ignore[attr-defined]

    def given(self, receipt: NoticeReceipt) -> OnPaper:
        return OnPaper(
            student_id=receipt.student_id,
            guardian_id=receipt.guardian_id,
            how=NoticeReceipt.How.PHONE,
            witness_id=UUID(self.cleaned_data["witness"]),
            reply=self.cleaned_data["reply"],
        )


def refuse(form: forms.Form, refused: InvalidInput) -> None:
    """What the service refused is said beside the field that it is about."""
    known = refused.field if refused.field in form.fields else None
    form.add_error(known, f"{refused}{refused.mend}")
