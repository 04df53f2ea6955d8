"""What notices look like from outside: bodies in, bodies out."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from api import shapes
from api.shapes import PersonSerializer, StudentSerializer
from api.views import Id, Strict, text
from records import notices
from records.models import Notice, NoticeContact, NoticeReceipt
from records.models.notice_receipt import SHOWN_STATES
from records.notice_audience import Line
from records.notice_owing import Owing
from records.notice_templates import Template
from records.notice_wording import Hint
from records.notices import Found


class NoticeInput(Strict):
    title = text(longest=notices.LONGEST_TITLE)
    body = text(longest=notices.LONGEST_BODY)
    scope = serializers.ChoiceField(Notice.Scope.choices)
    school_class = Id(required=False, allow_null=True, help_text="范围是班级时")
    grade = text(longest=20, required=False, allow_blank=True, help_text="范围是年级时：入学年份")
    strength = serializers.ChoiceField(Notice.Strength.choices)
    needs_answer = serializers.BooleanField(required=False, help_text="需要家长用文字答复")
    deadline = serializers.DateTimeField(required=False, allow_null=True)


class NoticeChange(NoticeInput):
    """Only what changes."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class NoticeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    body = serializers.CharField()
    scope = serializers.ChoiceField(Notice.Scope.choices)
    school_class = serializers.UUIDField(allow_null=True)
    grade = serializers.CharField(allow_blank=True)
    strength = serializers.ChoiceField(Notice.Strength.choices)
    needs_answer = serializers.BooleanField()
    deadline = serializers.DateTimeField(allow_null=True)
    author = PersonSerializer()
    approver = PersonSerializer(allow_null=True)
    state = serializers.ChoiceField(Notice.State.choices)
    case = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class NoticeFindingSerializer(serializers.Serializer[Any]):
    """`start` and `end` count characters of the field as it was written."""

    field = serializers.ChoiceField(["title", "body"])
    kind = serializers.ChoiceField(["name", "person", "phone", "number"])
    words = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    why = serializers.CharField()
    mend = serializers.CharField()


class HintSerializer(serializers.Serializer[Any]):
    """`holds_back`: submitting refuses it; the rest is a hint."""

    field = serializers.ChoiceField(["title", "body"])
    category = serializers.CharField(help_text="词表中的类别；slot 是还没填写的〔〕")
    words = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    why = serializers.CharField()
    mend = serializers.CharField()
    holds_back = serializers.BooleanField()


class TemplateSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    slots = serializers.ListField(child=serializers.CharField(), help_text="需要填写的地方")
    strength = serializers.ChoiceField(Notice.Strength.choices)
    needs_answer = serializers.BooleanField()


class TemplatesSerializer(serializers.Serializer[Any]):
    results = TemplateSerializer(many=True)


class LineSerializer(serializers.Serializer[Any]):
    student = StudentSerializer()
    guardian = PersonSerializer()
    relation = serializers.CharField()
    by_phone = serializers.BooleanField()
    by_email = serializers.BooleanField()


class PreviewSerializer(serializers.Serializer[Any]):
    children = serializers.IntegerField(help_text="涉及的学生")
    receipts = serializers.IntegerField(help_text="每位家长、每个孩子一份")
    on_paper = serializers.IntegerField(help_text="没有手机和邮箱，需要纸质通知单")
    unreached = serializers.IntegerField(help_text="没有可告知的监护人的学生")
    lines = LineSerializer(many=True, help_text="您负责的家庭")
    findings = NoticeFindingSerializer(many=True, help_text="提交时会被拦下的个人信息")
    hints = HintSerializer(many=True, help_text="可以换一种说法的词语，和还没填写的〔〕")


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
    answers = AnswerSerializer(many=True, help_text="家长的回复，按学生列出")


class NoticeAttemptInput(Strict):
    student = Id()
    guardian = Id()
    channel = serializers.ChoiceField(NoticeContact.Channel.choices)
    outcome = serializers.ChoiceField(NoticeContact.Outcome.choices)
    at = serializers.DateTimeField(help_text="什么时候联系的")
    place = text(longest=100, required=False, allow_blank=True)
    note = text(longest=1000, required=False, allow_blank=True)


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
        "replied_at": _moment(receipt.replied_at),
        "reply": receipt.reply,
    }


def notice_body(notice: Notice) -> dict[str, Any]:
    return {
        "id": str(notice.pk),
        "title": notice.title,
        "body": notice.body,
        "scope": notice.scope,
        "school_class": None if notice.school_class_id is None else str(notice.school_class_id),
        "grade": notice.grade,
        "strength": notice.strength,
        "needs_answer": notice.needs_answer,
        "deadline": _moment(notice.deadline),
        "author": shapes.person(notice.author),
        "approver": shapes.person(notice.approver),
        "state": str(notice.state),
        "case": None if notice.case_id is None else str(notice.case_id),
        "created_at": notice.created_at.isoformat(),
        "sent_at": _moment(notice.sent_at),
        "ended_at": _moment(notice.ended_at),
    }


def line_body(line: Line) -> dict[str, Any]:
    return {
        "student": shapes.student(line.student),
        "guardian": {"id": str(line.guardian_id), "name": line.guardian_name},
        "relation": line.relation,
        "by_phone": line.by_phone,
        "by_email": line.by_email,
    }


def finding_body(found: Found) -> dict[str, Any]:
    one = found.finding
    return {
        "field": found.field,
        "kind": one.kind,
        "words": one.words,
        "start": one.start,
        "end": one.end,
        "why": one.why,
        "mend": one.mend,
    }


def hint_body(hint: Hint) -> dict[str, Any]:
    return asdict(hint)


def template_body(template: Template) -> dict[str, Any]:
    return {**asdict(template), "slots": template.slots}


def owing_body(owing: Owing) -> dict[str, Any]:
    return {
        "student": shapes.student(owing.student),
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


def _moment(value: Any) -> str | None:
    return None if value is None else value.isoformat()
