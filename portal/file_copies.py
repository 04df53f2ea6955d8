"""A copy of the file, or of the part that was on the page, to take along: PDF or JSON.

What is longer than one PDF comes in volumes, each behind a link of its own; JSON comes whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import Student
from parties.sign_in import Identity
from portal import pages
from portal.file_parts import Asked
from portal.session import signed_in, viewing
from records import exports, file_streams
from records.exports import Form, Purpose
from records.printing import pdf

_VOLUME: Final = re.compile("[0-9]{0,6}")
#: What a family takes a copy for; the others are work of the school.
_AT_HOME: Final = (Purpose.CONVERSATION, Purpose.REVIEW, Purpose.AID)


@require_safe
@signed_in()
def copy(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponseBase:
    asked, given = Asked.of(request.GET), request.GET
    if wrong := _mistakes(asked, given):
        return pages.trouble(request, 422, " ".join(wrong))
    wanted = Wanted(student_id, asked, Purpose(given["purpose"]), given.get("volume", ""))
    try:
        if given["format"] == Form.JSON:
            return _whole(identity, wanted)
        return _paper(request, identity, wanted)
    except InvalidInput as refused:
        return pages.trouble(request, refused.status, f"{refused}{refused.mend}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy as it was asked for; `volume` as it was typed."""

    student_id: UUID
    asked: Asked
    purpose: Purpose
    volume: str

    @property
    def part(self) -> dict[str, Any]:
        """Of the file, by the names of the services."""
        return {
            "student_id": self.student_id,
            "filters": self.asked.filters,
            "purpose": self.purpose,
        }


def _mistakes(asked: Asked, given: QueryDict) -> list[str]:
    wrong = asked.period.mistakes()
    if given.get("purpose") not in Purpose.values:
        wrong.append("用途：请回到档案页，选择这份副本做什么用。")
    if given.get("format") not in Form.values:
        wrong.append("格式：请回到档案页，选择 PDF 或 JSON。")
    if not _VOLUME.fullmatch(given.get("volume", "")):
        wrong.append("册数：请回到档案页，选择其中一册。")
    return wrong


def _whole(identity: Identity, wanted: Wanted) -> HttpResponseBase:
    """A long one is sent while it is read."""
    with viewing(identity) as viewer:
        made = file_streams.begin(viewer=viewer, **wanted.part)
    pieces = made.pieces()
    name = exports.name_of(wanted.student_id, timezone.localdate(made.mark.at), Form.JSON)
    return _private(name, Form.JSON, b"".join(pieces) if made.is_short else pieces)


def _paper(request: HttpRequest, identity: Identity, wanted: Wanted) -> HttpResponseBase:
    """Setting a PDF takes seconds, so it is set outside of the scope."""
    with viewing(identity) as viewer:
        volumes = 1 if wanted.volume else exports.count(viewer=viewer, **wanted.part)
        if volumes > 1:
            return _choice(request, wanted, volumes)
        sheet, mark = exports.collect(
            viewer=viewer, form=Form.PDF, volume=int(wanted.volume or 1), **wanted.part
        )
    on = timezone.localdate(mark.at)
    name = exports.name_of(wanted.student_id, on, Form.PDF, part=sheet.volume)
    return _private(name, Form.PDF, pdf.render(sheet, watermark=mark))


def _choice(request: HttpRequest, wanted: Wanted, volumes: int) -> HttpResponse:
    """What is longer than one document: a link for each volume, and for all of it in one piece."""
    said = {"purpose": wanted.purpose.value, "format": Form.PDF.value}
    context = {
        "student_id": wanted.student_id,
        "back": wanted.asked.query(),
        "volumes": [
            (number, wanted.asked.query(**said, volume=str(number)))
            for number in range(1, volumes + 1)
        ],
        "whole": wanted.asked.query(**{**said, "format": Form.JSON.value}),
    }
    return pages.show(request, "file_volumes", context)


def _private(name: str, form: Form, data: bytes | Iterator[bytes]) -> HttpResponseBase:
    """A file for this reader alone; piece by piece if it comes so."""
    media_type = f"application/{form.value}"
    whole = data if isinstance(data, bytes) else b""
    answer: HttpResponseBase = pages.download(name, media_type, whole)
    if not isinstance(data, bytes):
        answer = StreamingHttpResponse(data, headers=dict(answer.items()))
    answer["Cache-Control"] = "no-store"
    return answer


def offered(viewer: Viewer, student: Student, *, at_home: bool) -> list[tuple[Any, Any]]:
    """Purposes to choose from; none where no copy is given. Asks nothing of the database."""
    if not exports.may_take(viewer, student):
        return []
    return [(one.value, one.label) for one in (_AT_HOME if at_home else Purpose)]
