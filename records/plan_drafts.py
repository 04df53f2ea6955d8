"""What somebody wants to be done, before it becomes an item: every limit in one place."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from parties import legible
from parties.calendar import CalendarView
from parties.errors import InvalidInput
from records import recurrence
from records.models import ActionItem

_APART: Final = frozenset({"owner_id", "from_consensus"})
LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 500
LONGEST_WORDS: Final = 1000

_LABELS: Final[Mapping[str, str]] = {
    "measure": "衡量办法",
    "baseline": "目前情况",
    "target": "目标",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One item as a meeting agrees on it. `owner_id` is empty where the party as such owns it."""

    title: str
    owner_party: str
    starts_on: date
    due_at: datetime
    owner_id: UUID | None = None
    kind: str = ActionItem.Kind.SHORT.value
    field_class: str = ActionItem.FieldClass.COM.value
    measure: str = ""
    baseline: str = ""
    target: str = ""
    recurrence: str = ""
    from_consensus: UUID | None = None

    def values(self) -> dict[str, Any]:
        """Columns and values; who owns it and what it comes from are settled apart."""
        return {name: value for name, value in asdict(self).items() if name not in _APART}


def of(item: ActionItem, **changed: Any) -> Draft:
    """The item as a draft again, with what somebody wants changed."""
    names = Draft.__dataclass_fields__.keys() - _APART
    now = Draft(**{name: getattr(item, name) for name in names})
    return replace(now, **changed)


def check(draft: Draft, *, at: datetime, calendar: CalendarView | None) -> None:
    """Refuse what cannot be a plan. Without a `calendar` its days stay as they were agreed: the
    school may have closed on them since.

    Raises:
        InvalidInput: names the field and the mend.
    """
    if not legible.said(draft.title):
        raise InvalidInput("没有写做什么。", field="title", mend="请用一句话写明。")
    _limit("title", "事项", draft.title, LONGEST_TITLE)
    for name, label in _LABELS.items():
        _limit(name, label, getattr(draft, name), LONGEST_TEXT)
    _choice("owner_party", draft.owner_party, ActionItem.Party.values)
    _choice("kind", draft.kind, ActionItem.Kind.values)
    _choice("field_class", draft.field_class, ActionItem.FieldClass.values)
    if draft.owner_party == ActionItem.Party.COMPANY and draft.field_class != "COM":
        raise InvalidInput(
            "资助、健康方面的事项不能交给企业。", field="field_class", mend="请改由学校或家庭负责。"
        )
    _times(draft, at=at)
    if draft.recurrence and calendar is not None:
        rule = recurrence.parse(draft.recurrence)
        rule.check(first=draft.starts_on, last=_local(draft.due_at), calendar=calendar)


def check_start(draft: Draft, *, today: date) -> None:
    """Days that are over before anybody heard of them would all be missed.

    Raises:
        InvalidInput: the item begins before today.
    """
    if draft.starts_on < today:
        raise InvalidInput("开始日期早于今天。", field="starts_on", mend="请从今天或以后开始。")


def check_words(text: str, *, field: str, mend: str) -> None:
    """A reason or a note: somebody's own words, not empty and of a length that can be read."""
    if not legible.said(text):
        raise InvalidInput("还没有填写。", field=field, mend=mend)
    _limit(field, "内容", text, LONGEST_WORDS)


def _times(draft: Draft, *, at: datetime) -> None:
    due = _local(draft.due_at)
    if due < draft.starts_on:
        raise InvalidInput("期限早于开始日期。", field="due_at", mend="请把期限改到开始之后。")
    if due - draft.starts_on > timedelta(days=recurrence.LONGEST_PLAN):
        raise InvalidInput("计划超过两年。", field="due_at", mend="请分成几个较短的事项。")
    if draft.due_at <= at:
        raise InvalidInput("期限已经过去。", field="due_at", mend="请选择今后的时间。")


def _local(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _limit(field: str, label: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise InvalidInput(f"{label}超过 {longest} 字。", field=field, mend="请写得短一些。")


def _choice(field: str, value: str, known: list[str]) -> None:
    if value not in known:
        raise InvalidInput("不在可选范围内。", field=field, mend=f"请选择 {'、'.join(known)}。")
