"""What a family's receipt of a notice looks like from outside."""

from typing import Any

from rest_framework import serializers

from api import shapes
from api.shapes import StudentSerializer
from parties.access import Viewer
from records.models import Attachment, Notice, NoticeReceipt
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
    scan = serializers.UUIDField(required=False, help_text="签字回执的扫描件（附件编号）")


def receipt_body(receipt: NoticeReceipt, viewer: Viewer) -> dict[str, Any]:
    """Nothing in it is about others; a scan is named to whoever may open it."""
    notice = receipt.notice
    body = {
        "id": str(receipt.pk),
        "student": shapes.student(receipt.student),
        "title": notice.title,
        "body": notice.body,
        "strength": notice.strength,
        "needs_answer": receipt.asks_answer,
        "deadline": shapes.moment(notice.deadline),
        "state": receipt.shown_state,
        "sent_at": receipt.created_at.isoformat(),
        "opened_at": shapes.moment(receipt.opened_at),
        "confirmed_at": shapes.moment(receipt.confirmed_at),
        "signed_at": shapes.moment(receipt.signed_at),
        "reply": receipt.reply,
    }
    if receipt.scan and viewer.find(Attachment, receipt.scan) is not None:
        body["scan"] = str(receipt.scan)
    return body
