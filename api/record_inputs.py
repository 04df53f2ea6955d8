"""What may be sent about a record. Choices and lengths stand here, meaning is the domain's."""

from typing import Any, Final

from rest_framework import serializers

from api.moments import Moment
from api.views import Id, Strict, text
from parties.models import GuardianLink
from records import destroying
from records.keeping import Why
from records.models import CommunicationRecord, Participant, PreparedItem, Statement
from records.signatures import Method

#: Characters of one statement: a page of A4.
LONGEST: Final = 3_000
_SHORT: Final = 200
_MOST_PEOPLE: Final = 40
_MOST_ITEMS: Final = 20


def optional(longest: int = _SHORT) -> serializers.CharField:
    return text(longest=longest, required=False, allow_blank=True)


class HeaderInput(Strict):
    trigger = serializers.ChoiceField(CommunicationRecord.Trigger.choices)
    started_at = Moment(help_text="不带时区则为学校所在地时间")
    place_kind = serializers.ChoiceField(CommunicationRecord.Place.choices)
    ended_at = Moment(required=False, allow_null=True)
    place = optional()
    trigger_note = optional(1_000)
    next_contact_at = Moment(required=False, allow_null=True)
    next_focus = optional(1_000)


class NewRecordInput(HeaderInput):
    case = Id(required=False, allow_null=True, help_text="所属事项")


class HeaderChange(HeaderInput):
    """What is left out stays as it is."""

    trigger = serializers.ChoiceField(CommunicationRecord.Trigger.choices, required=False)
    started_at = Moment(required=False)
    place_kind = serializers.ChoiceField(CommunicationRecord.Place.choices, required=False)


class SaidInput(Strict):
    section = serializers.ChoiceField(Statement.Section.choices)
    source = serializers.ChoiceField(Statement.Source.choices)  # type: ignore[assignment]
    text = text(longest=LONGEST)
    status = serializers.ChoiceField(Statement.Status.choices, required=False)
    sensitivity = optional(24)
    is_quote = serializers.BooleanField(required=False)
    basis = optional(500)
    said_by = Id(
        required=False,
        allow_null=True,
        help_text="谁说的；是家长的，来源须为 GUARDIAN。“家长情绪反应”须写明是哪位家长的反应",
    )
    redacted_text = optional(LONGEST)
    observed = serializers.ChoiceField(
        Statement.Observed.choices,
        required=False,
        allow_blank=True,
        help_text="观察到的反应；“家长情绪反应”须选一项，其他不选",
    )


class PresentInput(Strict):
    capacity = serializers.ChoiceField(Participant.Capacity.choices)
    presence = serializers.ChoiceField(Participant.Presence.choices)
    person = Id(required=False, allow_null=True)
    name = optional(80)
    relation = serializers.ChoiceField(
        GuardianLink.Relation.choices, required=False, allow_blank=True
    )


class PeopleInput(Strict):
    participants = serializers.ListField(child=PresentInput(), max_length=_MOST_PEOPLE)


class PreparedInput(Strict):
    kind = serializers.ChoiceField(PreparedItem.Kind.choices)
    note = optional(1_000)
    attachment = Id(required=False, allow_null=True)
    basis = serializers.ChoiceField(PreparedItem.Basis.choices, required=False, allow_blank=True)
    basis_note = optional(500)
    duty = serializers.ChoiceField(PreparedItem.Duty.choices, required=False, allow_blank=True)


class ItemsInput(Strict):
    prepared = serializers.ListField(child=PreparedInput(), max_length=_MOST_ITEMS)


class RecordCheckInput(Strict):
    confirmed = serializers.ListField(
        child=text(longest=80),
        required=False,
        max_length=100,
        help_text="看过并确认要保留的词（仅“建议换一种说法”的词）",
    )


class HoldInput(Strict):
    reason = text(longest=1_000)
    until = Moment()


class OverrideInput(Strict):
    reason = text(longest=1_000, help_text="为什么须按原文提供")


class ArchiveInput(Strict):
    why = serializers.ChoiceField([(one.value, one.label) for one in Why])


class SealInput(Strict):
    reason = text(longest=1_000, help_text="为什么封存")


class DiscardInput(Strict):
    reason = text(longest=1_000, help_text="为什么放弃这份草稿")


class DestroyInput(Strict):
    why = serializers.ChoiceField([(one.value, one.label) for one in destroying.Why])
    reason = text(longest=1_000, help_text="为什么销毁；理由加密保存")


def as_read() -> serializers.CharField:
    return text(longest=80, required=False, help_text="读取时得到的 as_read；缺少时 428")


class RecordSignInput(Strict):
    as_read = as_read()
    password = serializers.CharField(
        max_length=1024,
        required=False,
        trim_whitespace=False,
        help_text="用密码登录的人签字时再输入一次；由一次性链接进入的不需要",
    )
    note = optional(1_000)


class RefuseInput(Strict):
    as_read = as_read()
    reason = text(longest=1_000)


class WitnessInput(Strict):
    as_read = as_read()
    signer = Id(help_text="哪位监护人")
    method = serializers.ChoiceField(
        [(code, Method(code).label) for code in (Method.PAPER, Method.PHONE, Method.REFUSED)]
    )
    witness = Id(help_text="当时在场、能看这份记录内容的另一位教职工")
    reason = optional(1_000)
    note = optional(1_000)
    scan = Id(required=False, allow_null=True, help_text="纸质签字的签字页（附件编号）")
    same_sheet = serializers.BooleanField(
        required=False, help_text="另一位家长已登记的签字也在这张纸上"
    )
    kept_at = text(
        longest=60,
        required=False,
        allow_blank=True,
        help_text="纸质原件存放处，如“3号柜／2026-2册”",
    )
    printed = text(
        longest=40,
        required=False,
        allow_blank=True,
        help_text="纸上印的“文字标记”（用途为 sign 的 PDF）；与现在的文字不符则 409",
    )


def plain(given: dict[str, Any]) -> dict[str, Any]:
    """Members as values of a domain dataclass: None where a text is meant is nothing."""
    return {name: value for name, value in given.items() if value is not None}
