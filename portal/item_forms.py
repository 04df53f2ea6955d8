"""The form of an item of a plan. Its limits are the domain's (records.plan_drafts)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms

from parties.errors import InvalidInput
from portal.moments import DayField, MomentField
from portal.overtaken import Marked
from records import plan_drafts
from records.models import ActionItem
from records.plan_drafts import Draft
from records.recurrence import SCHOOL_DAYS
from workflow.case_plans import CasePlan
from workflow.owner_choices import Choice

_WORDS: Final = {
    "required": "请填写这一项。",
    "invalid": "格式不对，请改正。",
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
}
RHYTHMS: Final = (
    ("", "不重复"),
    (f"FREQ=DAILY;{SCHOOL_DAYS}", "每个上学日"),
    ("FREQ=DAILY", "每天"),
    ("FREQ=WEEKLY", "每周（与开始日同一天）"),
)
_KEPT: Final = 60


def _text(label: str, longest: int = plan_drafts.LONGEST_TEXT, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, error_messages=_WORDS, **more)


class AmendForm(Marked):
    """What may change of an item that is agreed on."""

    title = _text("做什么", plan_drafts.LONGEST_TITLE)
    measure = _text("怎样衡量（可不填）", required=False)
    baseline = _text("目前情况（可不填）", required=False)
    target = _text("目标（可不填）", required=False)
    due_at = MomentField(label="到什么时候")
    recurrence = forms.ChoiceField(
        label="重复", choices=RHYTHMS, required=False, error_messages=_WORDS
    )
    owner = forms.ChoiceField(label="负责人", required=False, error_messages=_WORDS)

    def __init__(
        self, data: Any = None, *, rhythm: str = "", owners: Sequence[Choice] = (), **more: Any
    ) -> None:
        super().__init__(data, **more)
        people = ((str(pk), called) for pk, called in owners)
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", "不指定，由该方自己商量"), *people
        ]  # fmt: skip
        if rhythm not in dict(RHYTHMS):  # agreed over the API: it stays as it is
            kept = [*RHYTHMS, (rhythm, "按原来约定的日子")]
            self.fields["recurrence"].choices = kept  # type: ignore[attr-defined]

    def refuse(self, refused: InvalidInput) -> None:
        """Say it beside the field it is about, or above all of them."""
        known = refused.field if refused.field in self.fields else None
        self.add_error(known, f"{refused}{refused.mend}")


class ChangeForm(AmendForm):
    """An item that is agreed on: another deadline or owner is explained."""

    why = _text("为什么改（改期限、换负责人须写）", plan_drafts.LONGEST_WORDS, required=False)


class ItemForm(AmendForm):
    """A new item: who does it as well, and which point of the consensus it comes from."""

    owner_party = forms.ChoiceField(
        label="由哪一方负责",
        choices=ActionItem.Party.choices,
        error_messages=_WORDS,
        widget=forms.RadioSelect,
    )
    starts_on = DayField(label="从哪天开始")
    from_consensus = forms.ChoiceField(
        label="来自哪条共识（可不选）", required=False, error_messages=_WORDS
    )
    kind = forms.ChoiceField(
        label="短期还是长期", choices=ActionItem.Kind.choices, error_messages=_WORDS
    )
    field_class = forms.ChoiceField(
        label="内容的类别（资助、健康只给有关的人看）",
        choices=ActionItem.FieldClass.choices,
        error_messages=_WORDS,
    )
    nonce = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = (
        "title", "owner_party", "owner", "starts_on", "due_at", "recurrence", "target",
        "from_consensus", "measure", "baseline", "kind", "field_class",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, plan: CasePlan, **more: Any) -> None:
        super().__init__(data, owners=plan.owners, **more)
        points = [(str(pk), text[:_KEPT]) for pk, text in plan.points]
        self.fields["from_consensus"].choices = [  # type: ignore[attr-defined]
            ("", "不是来自某一条共识"), *points
        ]  # fmt: skip

    def draft(self) -> Draft:
        given = dict(self.cleaned_data)
        owner, point = given.pop("owner"), given.pop("from_consensus")
        given.pop("nonce")
        return Draft(
            **given,
            owner_id=UUID(owner) if owner else None,
            from_consensus=UUID(point) if point else None,
        )
