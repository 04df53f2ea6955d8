"""The form of a notice to many families."""

from typing import Any, Final
from uuid import UUID, uuid4

from django import forms

from parties.errors import InvalidInput
from parties.models import SchoolClass
from portal.lines import LinesField
from portal.moments import MomentField
from portal.overtaken import Marked
from records import notices
from records.models import Notice

_WORDS: Final = {
    "required": "请填写这一项。",
    "invalid": "格式不对，请改正。",
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
}


class NoticeForm(Marked):
    """`classes` are those of the school; who approves depends on the scope, not on this form."""

    stored: UUID | None = None

    title = forms.CharField(label="标题", max_length=notices.LONGEST_TITLE, error_messages=_WORDS)
    body = LinesField(
        label="正文（〔〕里的内容请填写完整）",
        max_length=notices.LONGEST_BODY,
        error_messages=_WORDS,
        rows=10,
    )
    scope = forms.ChoiceField(
        label="发给谁",
        choices=Notice.Scope.choices,
        error_messages=_WORDS,
        widget=forms.RadioSelect,
    )
    school_class = forms.ChoiceField(
        label="班级（发给一个班时选）", required=False, error_messages=_WORDS
    )
    grade = forms.ChoiceField(
        label="年级（发给一个年级时选）", required=False, error_messages=_WORDS
    )
    strength = forms.ChoiceField(
        label="请家长怎样回执", choices=Notice.Strength.choices, error_messages=_WORDS
    )
    needs_answer = forms.BooleanField(label="需要家长用文字答复", required=False)
    deadline = MomentField(label="截止时间（可不填）", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    nonce = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, classes: list[SchoolClass], **more: Any) -> None:
        super().__init__(data, **more)
        rooms = [(str(one.pk), one.name) for one in classes]
        years = sorted({one.grade for one in classes if one.grade})
        self.fields["school_class"].choices = [("", "请选择"), *rooms]  # type: ignore[attr-defined]
        self.fields["grade"].choices = [  # type: ignore[attr-defined]
            ("", "请选择"),
            *((year, f"{year}级") for year in years),
        ]

    def unit_of(self, name: str) -> str:
        """Whom it is for is said as a whole: half of it would be for others."""
        return "scope" if name in ("school_class", "grade") else name

    def given(self) -> dict[str, Any]:
        """Values of records.notices.Draft."""
        given = dict(self.cleaned_data)
        del given["version"], given["nonce"]
        chosen = given["school_class"]
        return {**given, "school_class": UUID(chosen) if chosen else None}

    def keep(self, stored: Notice) -> None:
        """This page made a notice that cannot be changed any more: sent again, it makes another."""
        data: Any = self.data
        self.data = data = data.copy()  # of a request: unlike it, it may be changed
        data["nonce"], self.stored = str(uuid4()), stored.pk
        about = f"这一页先前已经存为通知（{stored.get_state_display()}），不能再修改。"
        self.add_error(None, f"{about}您刚写的还没有存，都在下面；再点一次保存，就另写一份新的。")

    def refuse(self, refused: InvalidInput) -> None:
        known = refused.field if refused.field in self.fields else None
        self.add_error(known, f"{refused}{refused.mend}")
