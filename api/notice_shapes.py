"""What notices look like from outside: bodies in, bodies out."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from api import shapes
from api.moments import Moment
from api.shapes import PersonSerializer, StudentSerializer
from api.views import Id, Strict, text
from records import notices
from records.models import Notice
from records.notice_audience import Line
from records.notice_fields import Found
from records.notice_templates import Template
from records.notice_wording import Hint


class NoticeInput(Strict):
    title = text(longest=notices.LONGEST_TITLE)
    body = text(longest=notices.LONGEST_BODY)
    scope = serializers.ChoiceField(Notice.Scope.choices)
    school_class = Id(required=False, allow_null=True, help_text="范围是班级时")
    grade = text(longest=20, required=False, allow_blank=True, help_text="范围是年级时：入学年份")
    strength = serializers.ChoiceField(Notice.Strength.choices)
    needs_answer = serializers.BooleanField(required=False, help_text="需要家长用文字答复")
    deadline = Moment(required=False, allow_null=True)


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
        "deadline": shapes.moment(notice.deadline),
        "author": shapes.person(notice.author),
        "approver": shapes.person(notice.approver),
        "state": str(notice.state),
        "case": None if notice.case_id is None else str(notice.case_id),
        "created_at": notice.created_at.isoformat(),
        "sent_at": shapes.moment(notice.sent_at),
        "ended_at": shapes.moment(notice.ended_at),
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
