"""A meeting as its reader may see it, what a family answers to the times on offer, and guests."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.auth import identity_of
from api.meeting_shapes import MeetingSerializer, shown
from api.problems import Problem, Refused
from api.schema import describe
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties.access import Viewer
from records.models import Meeting
from workflow import attendance, meeting_files, meeting_replies


class ChooseInput(Strict):
    slot = Id(help_text="slots 中的 id")


class WordsInput(Strict):
    words = text(longest=500, help_text="什么时间方便")


class DeclineInput(Strict):
    words = text(longest=500, required=False, allow_blank=True, default="")


class AttendInput(Strict):
    comes = serializers.BooleanField(help_text="参加：true；不参加：false")
    words = text(
        longest=500,
        required=False,
        allow_blank=True,
        default="",
        help_text="为什么不参加（可不填）；只有召集人能看到",
    )


_CODES: Final = ["access.not_found", "access.not_allowed", "state.wrong"]


class MeetingView(ApiView):
    open_to_bound_links = True

    @describe(
        "一次会谈",
        description="看不到的会谈与不存在的会谈答复相同（404）。",
        answers={200: MeetingSerializer},
        codes=["access.not_found"],
        tags=["meetings"],
    )
    def get(self, request: Request, meeting_id: UUID) -> Response:
        _refuse_other_errand(request, meeting_id)
        return Response(_read(request, meeting_id))


class ChooseView(ApiView):
    open_to_bound_links = True

    @describe(
        "选定时间",
        description="第一位家长的选择对会谈有效；重复选同一时间视为成功。",
        body=ChooseInput,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )
    def post(self, request: Request, meeting_id: UUID) -> Response:
        given = read_body(request, ChooseInput)

        def act(viewer: Viewer) -> None:
            meeting_replies.choose(slot_id=given["slot"], **_signed(viewer, meeting_id))

        return _answered(request, meeting_id, given, act)


class ChangeView(ApiView):
    open_to_bound_links = True

    @describe(
        "这些时间都不方便",
        description="写明什么时间方便；家长最多改期两次，之后请打电话给安排会谈的老师。",
        body=WordsInput,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )
    def post(self, request: Request, meeting_id: UUID) -> Response:
        given = read_body(request, WordsInput)

        def act(viewer: Viewer) -> None:
            meeting_replies.ask_change(words=given["words"], **_signed(viewer, meeting_id))

        return _answered(request, meeting_id, given, act)


class DeclineView(ApiView):
    open_to_bound_links = True

    @describe(
        "不参加",
        body=DeclineInput,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )
    def post(self, request: Request, meeting_id: UUID) -> Response:
        given = read_body(request, DeclineInput)

        def act(viewer: Viewer) -> None:
            meeting_replies.decline(words=given["words"], **_signed(viewer, meeting_id))

        return _answered(request, meeting_id, given, act)


class AttendView(ApiView):
    open_to_bound_links = True

    @describe(
        "受邀人员答复是否参加",
        description="受邀的教职工和企业指导教师；时间由家长选定，以最后一次答复为准。",
        body=AttendInput,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )
    def post(self, request: Request, meeting_id: UUID) -> Response:
        given = read_body(request, AttendInput)

        def act(viewer: Viewer) -> None:
            attendance.answer(
                comes=given["comes"], words=given["words"], **_signed(viewer, meeting_id)
            )

        return _answered(request, meeting_id, given, act)


def _answered(
    request: Request, meeting_id: UUID, given: dict[str, Any], act: Callable[[Viewer], None]
) -> Response:
    """Whoever asks must see the meeting before anything is done or answered again."""
    _refuse_other_errand(request, meeting_id)
    with viewing(request) as viewer:
        viewer.get(Meeting, meeting_id)

    def once() -> Response:
        act(viewer)
        return Response(_read(request, meeting_id))

    return idempotency.once(request, given, once)


def _signed(viewer: Viewer, meeting_id: UUID) -> dict[str, Any]:
    """Which meeting, and who says so when."""
    return {
        "school_id": viewer.person.school_id,
        "meeting_id": meeting_id,
        "by": viewer.person,
        "at": viewer.at,
    }


def _refuse_other_errand(request: Request, meeting_id: UUID) -> None:
    """A link for one meeting opens this one."""
    identity = identity_of(request)
    if identity.is_bound and identity.target_id != meeting_id:
        raise Refused(Problem("link.bound"))


def _read(request: Request, meeting_id: UUID) -> dict[str, Any]:
    with viewing(request) as viewer:
        return shown(meeting_files.read(viewer=viewer, meeting_id=meeting_id))
