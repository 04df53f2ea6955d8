"""What a family's receipt of a notice looks like from outside."""

from typing import Any

from rest_framework import serializers

from api import shapes
from api.shapes import StudentSerializer
from records.models import Notice, NoticeReceipt
from records.models.notice_receipt import SHOWN_STATES


class OwnReceiptSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    student = StudentSerializer(help_text="关于哪个孩子")
    title = serializers.CharField()
    body = serializers.CharField()
    strength = serializers.ChoiceField(Notice.Strength.choices)
    needs_answer = serializers.BooleanField()
    deadline = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(SHOWN_STATES)
    sent_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    reply = serializers.CharField(allow_blank=True)


def receipt_body(receipt: NoticeReceipt) -> dict[str, Any]:
    """The same members for everybody who may see it: nothing in it is about others."""
    notice = receipt.notice
    return {
        "id": str(receipt.pk),
        "student": shapes.student(receipt.student),
        "title": notice.title,
        "body": notice.body,
        "strength": notice.strength,
        "needs_answer": notice.needs_answer,
        "deadline": _moment(notice.deadline),
        "state": receipt.shown_state,
        "sent_at": receipt.created_at.isoformat(),
        "opened_at": _moment(receipt.opened_at),
        "confirmed_at": _moment(receipt.confirmed_at),
        "signed_at": _moment(receipt.signed_at),
        "reply": receipt.reply,
    }


def _moment(value: Any) -> str | None:
    return None if value is None else value.isoformat()
