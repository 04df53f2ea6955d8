"""隐去他人信息 in a file that is kept already: parts of a picture, or another version of a clip."""

import hashlib
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.attachments import LONGEST_AREAS, MULTIPART, UploadView, areas_of, read_form, see
from api.file_parts import FilePart
from api.record_acts import CODES
from api.record_shapes import AttachmentSerializer, attachment
from api.schema import describe
from api.views import Strict, viewing
from parties.errors import InvalidInput
from records import redacting
from records.attachments import Upload
from records.models import Attachment


class RedactInput(Strict):
    file = FilePart(required=False, help_text="视频：学校自己遮住他人的那一版（MP4），代替原视频")
    areas = serializers.CharField(
        required=False,
        max_length=LONGEST_AREAS,
        help_text="图片：要涂黑的区域，JSON 数组：[{left, top, right, bottom, unit}]",
    )


class RedactionView(UploadView):
    @describe(
        "隐去已有附件里的他人信息",
        description="由记录人，在有人签字之前。图片按区域涂黑，原图立即销毁；视频由学校给出遮住他人的一版，"
        "原视频按第三人信息（TPD）留存，只有可以看第三人信息的人能打开。",
        body={MULTIPART: RedactInput},
        answers={201: AttachmentSerializer},
        codes=[*CODES, "upload.refused", "vault.missing", "vault.unavailable"],
        tags=["attachments"],
        post=True,
    )
    def post(self, request: Request, attachment_id: UUID) -> Response:
        given = read_form(request, RedactInput)
        areas = areas_of(given.pop("areas", ""))
        viewer = see(request, attachment_id)
        clip = given.pop("file").read() if "file" in given else None
        if clip is not None and areas:
            raise InvalidInput("只能给一样。", field="areas", mend="图片给 areas，视频给 file。")
        who: dict[str, Any] = {"school_id": viewer.person.school_id, "by": viewer.person}
        who |= {"at": viewer.at, "attachment_id": attachment_id}

        def act() -> Response:
            if clip is None:
                made = redacting.redact(**who, areas=areas)
            else:
                made = redacting.give_clip(**who, clip=Upload(source=clip, **given))
            with viewing(request) as now:
                return Response(attachment(now.get(Attachment, made.pk)), status=201)

        sent = "" if clip is None else hashlib.sha256(clip).hexdigest()
        return idempotency.once(request, {**given, "areas": str(areas), "file": sent}, act)
