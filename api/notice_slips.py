"""Slips on paper for families without a phone: printed, and scanned when they come back signed."""

import hashlib
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.attachments import MULTIPART, UploadView, read_form
from api.file_exports import copy_of
from api.file_parts import FilePart
from api.record_shapes import AttachmentSerializer, attachment
from api.schema import describe
from api.views import ApiView, Id, Query, Strict, read_query, viewing
from records import notice_scans, notice_slips
from records.attachments import Upload
from records.exports import Form
from records.models import Attachment, NoticeReceipt
from records.printing import pdf


class SlipsQuery(Query):
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
    def get(self, request: Request, notice_id: UUID) -> HttpResponseBase:
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


class ScanInput(Strict):
    file = FilePart(help_text="签字回执的照片或扫描件：JPEG、PNG、WebP 或 PDF")


class ScanView(UploadView):
    @describe(
        "上传签字回执的扫描件",
        description="由联系这个家庭的教职工上传；只有这位家长和这些教职工能看。登记纸质回执（on-paper）后才算答复。"
        "在此之前再次上传会替换前一份；以扫描件登记之后，那一份留存，不能替换（409），"
        "传错的由德育处负责人写明理由销毁（/attachments/…/destroy）。同一张图再传一次不算新的一份。",
        body={MULTIPART: ScanInput},
        answers={201: AttachmentSerializer},
        codes=[
            "access.not_found",
            "access.not_allowed",
            "state.wrong",
            "upload.refused",
            "vault.unavailable",
        ],
        tags=["receipts"],
        post=True,
    )
    def post(self, request: Request, receipt_id: UUID) -> Response:
        given = read_form(request, ScanInput)
        data = given.pop("file").read()
        with viewing(request) as viewer:
            viewer.get(NoticeReceipt, receipt_id)

        def act() -> Response:
            made = notice_scans.store(
                school_id=viewer.person.school_id,
                by=viewer.person,
                at=viewer.at,
                receipt_id=receipt_id,
                upload=Upload(source=data, **given),
            )
            with viewing(request) as now:
                return Response(attachment(now.get(Attachment, made.pk)), status=201)

        once = {**given, "file": hashlib.sha256(data).hexdigest()}
        return idempotency.once(request, once, act)
