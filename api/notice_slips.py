"""Printed slips for families without a phone: one document, for whoever calls these families."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from api.files import copy_of
from api.schema import describe
from api.views import ApiView, Id, read_query, viewing
from records import notice_slips
from records.exports import Form
from records.printing import pdf


class SlipsQuery(serializers.Serializer[Any]):
    student = Id(required=False)


class SlipsView(ApiView):
    queries = frozenset({"student"})

    @describe(
        "打印通知回执单",
        description="一个学生的，或您负责的、没有手机和邮箱且还没有答复的全部家庭的。打印会留下记录。",
        answers={(200, "application/pdf"): OpenApiTypes.BINARY},
        codes=[
            "access.not_found",
            "access.not_allowed",
            "state.wrong",
            "printing.too_much",
            "printing.failed",
            "printing.font_missing",
        ],
        parameters=[OpenApiParameter("student", UUID, description="只打印这一个学生的")],
        tags=["notices"],
    )
    def get(self, request: Request, notice_id: UUID) -> HttpResponse:
        given = read_query(request, SlipsQuery)
        with viewing(request) as viewer:
            slips, mark = notice_slips.collect(
                viewer=viewer, notice_id=notice_id, student_id=given.get("student")
            )
        return copy_of(
            pdf.render(slips, watermark=mark),
            name=notice_slips.name_of(notice_id, timezone.localdate(mark.at)),
            form=Form.PDF,
        )
