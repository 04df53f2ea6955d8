"""A copy of the family-school file to take away: paper in volumes, JSON in one piece."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from api.files import FILTERS, FileQuery, filters_of, parameters
from api.schema import describe
from api.views import ApiView, Whole, read_query, viewing
from records import exports, file_streams
from records.exports import Form, Purpose
from records.printing import as_json, pdf
from records.printing.documents import Volume


class ExportQuery(FileQuery):
    """A copy is taken in one form, for a purpose."""

    purpose = serializers.ChoiceField(Purpose.choices)
    format = serializers.ChoiceField(Form.choices)
    volume = Whole(low=1, high=1_000_000, required=False)


class FileExportView(ApiView):
    queries = FILTERS | {"purpose", "format", "volume"}

    @describe(
        "导出学生家校档案",
        description="本人可见的部分，沟通记录附全文和签字，带水印（读者、时间、用途）；导出会留下记录。"
        "一份文件放不下的，PDF 分册给出：每册写明是第几册、含第几条至第几条，其余各册的地址在"
        " Link 头里（first、prev、next、last）；不写 volume 即第 1 册。"
        "JSON 不写 volume 时一次给出全部。"
        "教职工取的副本要出校的，有忌用或不建议的词语时不给出，errors 说明哪份记录、位置和改法。",
        answers={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        codes=[
            "access.not_found",
            "access.not_allowed",
            "state.wrong",
            "input.invalid",
            "printing.too_much",
            "printing.failed",
            "printing.font_missing",
        ],
        parameters=[
            OpenApiParameter("purpose", str, enum=Purpose.values, required=True),
            OpenApiParameter("format", str, enum=Form.values, required=True),
            OpenApiParameter(
                "volume",
                {"type": "integer", "minimum": 1, "maximum": 1_000_000},
                description="第几册；PDF 默认第 1 册，JSON 默认全部",
            ),
            *parameters(),
        ],
        tags=["files"],
    )
    def get(self, request: Request, student_id: UUID) -> HttpResponseBase:
        given = read_query(request, ExportQuery)
        if given["format"] == Form.JSON and "volume" not in given:
            return _whole(request, student_id, given)
        return _volume(request, student_id, given)


def _whole(request: Request, student_id: UUID, given: dict[str, Any]) -> HttpResponseBase:
    """A long one is sent while it is read, so no length is known beforehand."""
    with viewing(request) as viewer:
        copy = file_streams.begin(
            viewer=viewer,
            student_id=student_id,
            filters=filters_of(given),
            purpose=Purpose(given["purpose"]),
        )
    name = exports.name_of(student_id, timezone.localdate(copy.mark.at), Form.JSON)
    pieces = copy.pieces()
    content = b"".join(pieces) if copy.is_short else pieces
    return copy_of(content, name=name, form=Form.JSON)


def _volume(request: Request, student_id: UUID, given: dict[str, Any]) -> HttpResponseBase:
    """Setting a PDF takes seconds, so it is set outside of the scope."""
    form = Form(given["format"])
    with viewing(request) as viewer:
        sheet, mark = exports.collect(
            viewer=viewer,
            student_id=student_id,
            filters=filters_of(given),
            purpose=Purpose(given["purpose"]),
            form=form,
            volume=given.get("volume", 1),
        )
    render = pdf.render if form == Form.PDF else as_json.render
    on = timezone.localdate(mark.at)
    name = exports.name_of(student_id, on, form, part=sheet.volume)
    answer = copy_of(render(sheet, watermark=mark), name=name, form=form)
    if sheet.volume is not None and sheet.volume.of > 1:
        answer["Link"] = ", ".join(_links(request, sheet.volume))
    return answer


def _links(request: Request, part: Volume) -> Iterator[str]:
    """The other volumes of the same part of the file, for the same purpose (RFC 8288)."""
    numbers = {"first": 1, "prev": part.number - 1, "next": part.number + 1, "last": part.of}
    for name, number in numbers.items():
        if 1 <= number <= part.of:
            query = urlencode({**request.query_params.dict(), "volume": number})
            yield f'<{request.build_absolute_uri(request.path)}?{query}>; rel="{name}"'


def copy_of(content: bytes | Iterator[bytes], *, name: str, form: Form) -> HttpResponseBase:
    """A file to keep, for this reader alone: no proxy stores it, no browser guesses what it is."""
    media_type = f"application/{form.value}"
    answer: HttpResponseBase = (
        HttpResponse(content, content_type=media_type)
        if isinstance(content, bytes)
        else StreamingHttpResponse(content, content_type=media_type)
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
