"""Neutral words for a crisis report, asked of whoever made it: after it was taken, never before."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination, shapes
from api.schema import PAGING, describe, page_of
from api.views import ApiView, Strict, read_body, text, viewing
from parties.access import Viewer
from parties.cursors import Cursors
from records.language import Severity
from workflow import report_wordings
from workflow.models import ReportWording


class RemarkSerializer(serializers.Serializer[Any]):
    field = serializers.ChoiceField(list(report_wordings.TEXTS))
    phrase = serializers.CharField()
    severity = serializers.ChoiceField([each.value for each in Severity])
    note = serializers.CharField()
    suggestion = serializers.CharField(help_text="可以这样写；〔〕内填事实")


class WordingSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    receipt_no = serializers.CharField(help_text="您那份报告的回执编号")
    state = serializers.ChoiceField(ReportWording.State.choices)
    due_at = serializers.DateTimeField()
    supplement = serializers.CharField(allow_blank=True)
    remarks = RemarkSerializer(many=True)


class SupplementInput(Strict):
    text = text(longest=report_wordings.LONGEST, help_text="中性的说法：时间、地点、行为、次数")


class WordingsView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "请我补充中性说法的报告",
        description="只列出您自己提交的报告；原文不会改动。",
        answers={200: page_of("WordingPage", WordingSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=PAGING,
        tags=["crises"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            found, following = pagination.kept_page(
                Viewer.rows,
                viewer,
                ReportWording,
                by=("-checked_at", "pk"),
                cursors=Cursors.of(viewer, "wordings"),
                request=request,
            )
            return Response(pagination.answer(found, following, _shown))


class SupplementView(ApiView):
    @describe(
        "补充中性的说法",
        description="办案的人在原文旁看到补充的文字，看不到是谁写的。",
        body=SupplementInput,
        answers={200: WordingSerializer},
        codes=["access.not_found", "access.not_allowed", "state.wrong"],
        tags=["crises"],
        post=True,
    )
    def post(self, request: Request, wording_id: UUID) -> Response:
        given = read_body(request, SupplementInput)
        with viewing(request) as viewer:
            viewer.get(ReportWording, wording_id)

        def act() -> Response:
            report_wordings.give(
                school_id=viewer.person.school_id,
                wording_id=wording_id,
                by=viewer.person,
                at=viewer.at,
                text=given["text"],
            )
            with viewing(request) as now:
                return Response(_shown(now.get(ReportWording, wording_id)))

        return idempotency.once(request, given, act)


def _shown(wording: ReportWording) -> dict[str, Any]:
    return {
        "id": str(wording.pk),
        "receipt_no": wording.report.receipt_no,
        "state": str(wording.state),
        "due_at": shapes.moment(wording.due_at),
        "supplement": wording.supplement,
        "remarks": [
            {
                "field": one.field,
                "phrase": one.finding.phrase,
                "severity": one.finding.severity.value,
                "note": one.finding.note,
                "suggestion": one.finding.suggestion,
            }
            for one in report_wordings.remarks(wording)
        ],
    }
