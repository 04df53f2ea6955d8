"""How the families of a notice are written: who still needs contact, what was tried, what came."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from rest_framework import serializers

from api import shapes
from api.moments import Moment
from api.shapes import PersonSerializer, StudentSerializer
from api.views import Id, Strict, text
from records.models import NoticeContact, NoticeReceipt
from records.models.notice_receipt import SHOWN_STATES
from records.notice_owing import Owing


class NumbersSerializer(serializers.Serializer[Any]):
    children = serializers.IntegerField()
    owing = serializers.IntegerField(help_text="仍需联系的学生")
    receipts = serializers.IntegerField()
    opened = serializers.IntegerField()
    settled = serializers.IntegerField()


class NoticeAttemptSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    channel = serializers.ChoiceField(NoticeContact.Channel.choices)
    place = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(NoticeContact.Outcome.choices)
    note = serializers.CharField(allow_blank=True)
    by = PersonSerializer()
    at = serializers.DateTimeField()


class ReachableSerializer(serializers.Serializer[Any]):
    receipt = serializers.UUIDField(help_text="这位家长的回执编号")
    guardian = PersonSerializer()
    phone = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(SHOWN_STATES)
    reply = serializers.CharField(allow_blank=True)
    attempts = NoticeAttemptSerializer(many=True)


class OwingSerializer(serializers.Serializer[Any]):
    student = StudentSerializer()
    delivered = serializers.BooleanField(
        help_text="通知已送到该生至少一位监护人；不分是哪一位。否则尚未送达"
    )
    next = serializers.UUIDField(help_text="先联系哪位监护人")
    guardians = ReachableSerializer(many=True)


class AnswerSerializer(serializers.Serializer[Any]):
    receipt = serializers.UUIDField(help_text="这位家长的回执编号")
    student = StudentSerializer()
    guardian = PersonSerializer()
    state = serializers.ChoiceField(SHOWN_STATES)
    replied_at = serializers.DateTimeField()
    reply = serializers.CharField()


class ContactsSerializer(serializers.Serializer[Any]):
    numbers = NumbersSerializer()
    results = OwingSerializer(many=True)
    unreached = StudentSerializer(
        many=True, help_text="家里还没有人收到的学生，多半没有可告知的监护人；不计入 numbers"
    )
    answers = AnswerSerializer(many=True, help_text="家长的回复，按学生列出")


class NoticeAttemptInput(Strict):
    student = Id()
    guardian = Id()
    channel = serializers.ChoiceField(NoticeContact.Channel.choices)
    outcome = serializers.ChoiceField(NoticeContact.Outcome.choices)
    at = Moment(help_text="什么时候联系的")
    place = text(
        longest=100, required=False, allow_blank=True, help_text="在哪里联系的：电话和上门必填"
    )
    note = text(
        longest=1000,
        required=False,
        allow_blank=True,
        help_text="记录；时间、地点、记录齐全的一户，联系任务才算联系过",
    )


class OnPaperInput(Strict):
    student = Id()
    guardian = Id()
    how = serializers.ChoiceField(["PAPER", "PHONE"])
    witness = Id(
        required=False,
        allow_null=True,
        help_text="在场的另一位教职工：电话复述必填，纸质签字也必填",
    )
    scan = Id(
        required=False,
        allow_null=True,
        help_text="签字回执的扫描件；没有扫描件只算已告知，不算签字",
    )
    reply = text(longest=1000, required=False, allow_blank=True)


def answer_body(receipt: NoticeReceipt) -> dict[str, Any]:
    return {
        "receipt": str(receipt.pk),
        "student": shapes.student(receipt.student),
        "guardian": shapes.person(receipt.guardian),
        "state": receipt.shown_state,
        "replied_at": shapes.moment(receipt.replied_at),
        "reply": receipt.reply,
    }


def owing_body(owing: Owing, *, delivered: Collection[UUID]) -> dict[str, Any]:
    return {
        "student": shapes.student(owing.student),
        "delivered": owing.student.pk in delivered,
        "next": str(owing.next_guardian),
        "guardians": [
            {
                "receipt": str(one.receipt.pk),
                "guardian": shapes.person(one.guardian),
                "phone": one.guardian.phone,
                "state": one.receipt.shown_state,
                "reply": one.receipt.reply,
                "attempts": [attempt_body(attempt) for attempt in one.attempts],
            }
            for one in owing.guardians
        ],
    }


def attempt_body(made: NoticeContact) -> dict[str, Any]:
    return {
        "id": str(made.pk),
        "channel": made.channel,
        "place": made.place,
        "outcome": made.outcome,
        "note": made.note,
        "by": shapes.person(made.by),
        "at": made.at.isoformat(),
    }
