"""The forms that people type into by hand. Labels and mistakes are in plain Chinese."""

from typing import Any, Final

from django import forms

from portal.lines import LinesField
from portal.words import SUSPECTS
from workflow.models import CrisisReport, Matter

_REQUIRED: Final = {"required": "请填写这一项。", "max_length": "内容太长，请缩短。"}


class PasswordForm(forms.Form):
    login = forms.CharField(
        label="账号",
        max_length=80,
        error_messages=_REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="密码",
        max_length=1024,
        strip=False,
        error_messages=_REQUIRED,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ContactForm(forms.Form):
    contact = forms.CharField(
        label="手机号码或邮箱",
        max_length=254,
        error_messages=_REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "autocapitalize": "none"}),
    )


class ReportForm(forms.Form):
    """`people` are the students the reporter may pick from; describing somebody always works."""

    student = forms.ChoiceField(label="是哪位学生", required=False, widget=forms.RadioSelect)
    who = forms.CharField(
        label="是谁（姓名、班级，或您知道的特征）",
        max_length=200,
        required=False,
        error_messages=_REQUIRED,
    )
    observed = LinesField(
        label="您看到或听到了什么（尽量用原话）",
        max_length=5000,
        error_messages=_REQUIRED,
        rows=5,
    )
    safe_now = forms.ChoiceField(
        label="学生现在安全吗",
        choices=CrisisReport.Safe.choices,
        error_messages={"required": "请选择一项；不确定就选“不清楚”。"},
        widget=forms.RadioSelect,
    )
    place = forms.CharField(label="在哪里（可不填）", max_length=200, required=False)
    with_whom = forms.CharField(label="谁在陪着（可不填）", max_length=200, required=False)
    injuries = forms.CharField(label="有没有受伤（可不填）", max_length=1000, required=False)
    suspects = forms.MultipleChoiceField(
        label="如果与下面的人有关，请勾选（可不填）",
        choices=SUSPECTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    keep_secret = forms.BooleanField(label="请为我保密", required=False, initial=True)
    nonce = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*people, ("", "不在上面，我来描述")]
        self.fields["student"].choices = choices  # type: ignore[attr-defined]
        if not people:
            self.fields["student"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("student") and not given.get("who"):
            self.add_error("who", "请写明是谁；不知道名字，写特征也可以。")
        return given


class MatterForm(forms.Form):
    """`people` are the students that may be spoken about."""

    who = forms.CharField(label="学生姓名或班级", max_length=200, required=False)
    student = forms.ChoiceField(
        label="是哪位学生",
        error_messages={"required": "请选择学生。", "invalid_choice": "请选择学生。"},
        widget=forms.RadioSelect,
    )
    trigger = forms.ChoiceField(
        label="触发原因",
        choices=Matter.Trigger.choices,
        error_messages={"required": "请选择一项。"},
        widget=forms.RadioSelect,
    )
    words = LinesField(
        label="事由（用自己的话写）", max_length=5000, error_messages=_REQUIRED, rows=5
    )
    danger = forms.ChoiceField(
        label="现在有危险吗",
        choices=Matter.Danger.choices,
        error_messages={"required": "请选择一项；不确定就选“不清楚”。"},
        widget=forms.RadioSelect,
    )
    repeated = forms.BooleanField(label="反复出现", required=False)
    needs_family = forms.BooleanField(label="需要家长到场或答复", required=False)
    individual = forms.BooleanField(label="含个人信息", required=False, initial=True)
    recused = forms.BooleanField(label="事情涉及班主任，请班主任回避", required=False)
    nonce = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["student"].choices = people  # type: ignore[attr-defined]
