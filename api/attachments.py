"""Files of a record: the one address that takes multipart, and the one that gives bytes back.

The size is refused before anything is read, and what is uploaded never lies in a temporary file.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import IO, Any, Final
from uuid import UUID

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.auth import identity_of
from api.exports import download
from api.file_parts import LARGEST_FORM, FilePart, too_large
from api.parsers import is_storable
from api.problems import Problem, Refused, broken, invalid
from api.record_acts import CODES, asked
from api.record_inputs import optional
from api.record_shapes import AttachmentSerializer, attachment
from api.schema import describe
from api.views import ApiView, Query, Strict, read_query, viewing
from parties.access import Viewer
from records import attachments, destroying, earlier_files
from records.attachments import Upload
from records.models import Attachment, NoticeReceipt
from records.uploads.kinds import MEDIA_TYPE
from records.uploads.redaction import MOST_AREAS, Area, Unit

MULTIPART: Final = "multipart/form-data"
LONGEST_AREAS: Final = 20_000


class AreaInput(Strict):
    left = serializers.FloatField()
    top = serializers.FloatField()
    right = serializers.FloatField()
    bottom = serializers.FloatField()
    unit = serializers.ChoiceField([each.value for each in Unit], required=False)


class UploadInput(Strict):
    file = FilePart(help_text="JPEG、PNG、WebP、PDF、UTF-8 文本或 MP4")
    redaction = serializers.ChoiceField(
        [
            (code, Attachment.Redaction(code).label)
            for code in (
                Attachment.Redaction.NONE,
                Attachment.Redaction.DECLARED,
                Attachment.Redaction.NEEDED,
            )
        ],
        required=False,
    )
    sensitivity = optional(24)
    kind = serializers.ChoiceField(
        Attachment.Kind.choices,
        required=False,
        help_text="签过字的纸是 SIGNED_PAGE；有人签字以后只收签字页",
    )
    areas = serializers.CharField(
        required=False,
        max_length=LONGEST_AREAS,
        help_text="要涂黑的区域，JSON 数组：[{left, top, right, bottom, unit}]，只用于图片",
    )


class OnlyMultipart(BaseParser):
    """Names what this address takes; the reading is Django's, with limits of ours."""

    media_type = MULTIPART

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raise Refused(Problem("request.malformed"))


class InMemory(MemoryFileUploadHandler):
    """A file of whatever size stays in memory; Content-Length has limited all of them before."""

    def handle_raw_input(self, *_args: Any, **_options: Any) -> None:
        self.activated = True


class UploadView(ApiView):
    """An address that takes one file as a form."""

    takes = MULTIPART
    largest_body = LARGEST_FORM
    parser_classes = (OnlyMultipart,)

    def too_large(self) -> Problem:
        return too_large()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before anybody reads: whoever checks the CSRF token reads the form.
        request._request.upload_handlers = [InMemory(request._request)]
        super().initial(request, *args, **kwargs)


class AttachmentsView(UploadView):
    @describe(
        "上传附件",
        description="按内容识别类型；图片重新编码并去除元数据；加密存放。未隐去他人信息的文件"
        "（NEEDED）家长与同学都看不到。",
        body={MULTIPART: UploadInput},
        answers={201: AttachmentSerializer},
        codes=[*CODES, "upload.refused", "vault.unavailable"],
        tags=["attachments"],
        post=True,
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_form(request, UploadInput)
        given["areas"] = areas_of(given.get("areas", ""))
        data = given.pop("file").read()
        who = asked(request, record_id)
        upload = Upload(source=data, **given)

        def act() -> Response:
            made = attachments.store(**who.who, upload=upload)
            with viewing(request) as viewer:
                return Response(attachment(viewer.get(Attachment, made.pk)), status=201)

        once = {**given, "areas": str(given["areas"]), "file": hashlib.sha256(data).hexdigest()}
        return idempotency.once(request, once, act)


class TakeOutQuery(Query):
    shows_others = serializers.BooleanField(default=False)


class AttachmentView(ApiView):
    open_to_bound_links = True
    queries = frozenset({"shows_others"})

    @describe(
        "下载附件",
        answers={
            (200, media_type.partition(";")[0]): OpenApiTypes.BINARY
            for media_type in sorted(set(MEDIA_TYPE.values()))
        },
        codes=["access.not_found", "state.wrong", "vault.missing", "vault.unavailable"],
        tags=["attachments"],
    )
    def get(self, request: Request, attachment_id: UUID) -> HttpResponse:
        viewer = see(request, attachment_id)
        found = attachments.open_(
            school_id=viewer.person.school_id,
            by=viewer.person,
            at=viewer.at,
            attachment_id=attachment_id,
        )
        return download(found.name, found.media_type, found.data)

    @describe(
        "拿掉附件",
        description="由记录人，在有人签字之前；曾有此附件的事实保留。"
        "家里已经能看的，内容加密留存；含他人信息的（shows_others）立即销毁。",
        answers={204: None},
        codes=[*CODES, "vault.unavailable"],
        parameters=[OpenApiParameter("shows_others", bool, default=False)],
        tags=["attachments"],
    )
    def delete(self, request: Request, attachment_id: UUID) -> Response:
        given = read_query(request, TakeOutQuery)
        viewer = see(request, attachment_id)
        destroying.take_out(
            school_id=viewer.person.school_id,
            by=viewer.person,
            at=viewer.at,
            attachment_id=attachment_id,
            **given,
        )
        return Response(status=204)


def see(request: Request, attachment_id: UUID, *, to_destroy: bool = False) -> Viewer:
    """Whoever asks about a file that they may know of. Raises NotFound, Refused."""
    identity = identity_of(request)
    with viewing(request) as viewer:
        if to_destroy:
            found = destroying.known(viewer, attachment_id)
        else:
            found = viewer.get(Attachment, attachment_id)
        if identity.is_bound and not _is_of_errand(viewer, found, identity.target_id):
            raise Refused(Problem("link.bound"))
    return viewer


def _is_of_errand(viewer: Viewer, found: Attachment, target: UUID | None) -> bool:
    """Whether a link was made for what this file is of: its record, a later version that names it,
    or its receipt.
    """
    if target is None:
        return False
    if found.record_id is not None:
        return earlier_files.lists(viewer, target, found.pk)
    return NoticeReceipt.objects.filter(scan=found.pk, pk=target).exists()


def read_form(request: Request, shape: type[Strict]) -> dict[str, Any]:
    """The form's members, each at most once, with the name and type that came with a file."""
    form, files = request._request.POST, request._request.FILES
    parts: list[tuple[str, Any]] = [*form.lists(), *files.lists()]
    for name, values in parts:
        if len(values) > 1 or (name in form and name in files):
            raise invalid(broken(name[:80] if is_storable(name) else "file", "repeated"))
    sent = {name: values[0] for name, values in parts}
    for name, value in sent.items():
        if not is_storable(name) or (isinstance(value, str) and not is_storable(value)):
            raise invalid(broken(name[:80] if is_storable(name) else "file", "text"))
    checked = shape(data=sent)
    checked.is_valid(raise_exception=True)
    given = dict(checked.validated_data)
    if "file" in given:
        given["name"] = given["file"].name or ""
        given["media_type"] = given["file"].content_type or ""
    return given


def areas_of(written: str) -> list[Area]:
    if not written:
        return []
    try:
        found = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise invalid(broken("areas", "json")) from error
    if not isinstance(found, list) or len(found) > MOST_AREAS:
        raise invalid(broken("areas", "json"))
    areas = []
    for place, one in enumerate(found):
        checked = AreaInput(data=one)
        if not isinstance(one, dict) or not checked.is_valid():
            raise invalid(broken(f"areas.{place}", "json"))
        unit = Unit(checked.validated_data.pop("unit", Unit.FRACTION.value))
        areas.append(Area(**checked.validated_data, unit=unit))
    return areas
