"""A copy of one record to take away, with a watermark: PDF for people, JSON for machines."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.problems import broken, invalid
from api.record_acts import CODES, asked
from api.schema import describe
from api.views import ApiView
from records import record_copies
from records.record_copies import FORMATS, Purpose

_SANDBOX: Final = "default-src 'none'; sandbox"


class ExportView(ApiView):
    queries = frozenset({"format", "purpose"})
    open_to_bound_links = True

    @describe(
        "导出一份记录",
        description="每页有水印（何人、何时、何用）；取得副本会留下记录。"
        "教职工为沟通或依法提供而取的副本，有忌用或不建议的词语时不给出，errors 说明位置和改法；"
        "有未了结的异议时，了结之前都不给出（409）。",
        answers={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
        codes=[
            *CODES,
            "input.invalid",
            "printing.too_much",
            "printing.failed",
            "printing.font_missing",
        ],
        parameters=[
            OpenApiParameter("format", str, enum=list(FORMATS), default="pdf"),
            OpenApiParameter(
                "purpose",
                str,
                enum=[one.value for one in Purpose],
                default=Purpose.KEEP.value,
                description="；".join(f"{one.value} {one.label}" for one in Purpose),
            ),
        ],
        tags=["records"],
    )
    def get(self, request: Request, record_id: UUID) -> HttpResponse:
        form = _choice(request, "format", FORMATS, "pdf")
        purpose = _choice(request, "purpose", [one.value for one in Purpose], Purpose.KEEP.value)
        who = asked(request, record_id)
        copy = record_copies.export(**who.who, form=form, purpose=Purpose(purpose))
        return download(copy.name, copy.media_type, copy.data)


def download(name: str, media_type: str, data: bytes) -> HttpResponse:
    """Bytes to save, never to show: no browser is to guess what they are or run them."""
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = _SANDBOX
    return answer


def _choice(request: Request, name: str, known: Sequence[str], usual: str) -> str:
    value = str(request.query_params.get(name, usual))
    if value not in known:
        raise invalid(broken(name, "invalid_choice"))
    return value
