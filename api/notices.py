"""Notices as their authors, approvers and homeroom teachers handle them."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination
from api.auth import identity_of
from api.notice_shapes import (
    NoticeChange,
    NoticeInput,
    NoticeSerializer,
    PreviewSerializer,
    TemplatesSerializer,
    finding_body,
    hint_body,
    line_body,
    notice_body,
    template_body,
)
from api.problems import Problem, Refused
from api.schema import PAGING, describe, page_of
from api.views import ApiView, Nothing, read_body, viewing
from parties.access import Viewer
from parties.cursors import Cursors
from records import notice_templates, notice_wording, notices
from records.models import Notice
from records.notices import Draft
from workflow import notices as notice_desk

IF_MATCH: Final = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="上次读到的 ETag。", required=True
)
_EXAMPLE: Final = OpenApiExample(
    "家长会",
    value={
        "title": "家长会通知",
        "body": "各位家长：下周五下午两点召开家长会，请准时参加。",
        "scope": "CLASS",
        "school_class": "7a1c8f5e-2d3b-4c6a-9e0f-1b2c3d4e5f60",
        "strength": "CONFIRM",
    },
    request_only=True,
)


_CODES: Final = ("access.not_found", "access.not_allowed", "state.wrong")


class NoticesView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "通知",
        answers={200: page_of("NoticePage", NoticeSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=PAGING,
        tags=["notices"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            found, following = pagination.kept_page(
                Viewer.rows,
                viewer,
                Notice,
                by=("-created_at", "pk"),
                cursors=Cursors.of(viewer, "notices"),
                request=request,
            )
            return Response(pagination.answer(found, following, notice_body))

    @describe(
        "起草通知",
        body=NoticeInput,
        answers={201: NoticeSerializer},
        codes=["access.not_allowed"],
        tags=["notices"],
        post=True,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        given = read_body(request, NoticeInput)
        with viewing(request) as viewer:
            at = viewer.at
        person = identity_of(request).person

        def make(id_: UUID) -> Response:
            made = notices.draft(
                school_id=person.school_id, by=person, at=at, given=Draft(**given), id_=id_
            )
            with viewing(request) as now:  # what an earlier try made is sealed outside of a scope
                return Response(notice_body(now.get(Notice, made.pk)), status=201)

        return idempotency.once_made(request, given, make)


class TemplatesView(ApiView):
    @describe(
        "通知模板",
        description="〔〕是起草人需要填写的地方，没有填完的通知不能提交。",
        answers={200: TemplatesSerializer},
        codes=["access.not_allowed"],
        tags=["notices"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            notices.require_drafter(viewer)
        return Response({"results": [template_body(one) for one in notice_templates.load()]})


class NoticeView(ApiView):
    @describe(
        "一份通知",
        description="ETag 随每次修改而变，修改时放进 If-Match。",
        answers={200: NoticeSerializer},
        codes=["access.not_found"],
        tags=["notices"],
    )
    def get(self, request: Request, notice_id: UUID) -> Response:
        with viewing(request) as viewer:
            notice = viewer.get(Notice, notice_id)
            return Response(notice_body(notice), headers={"ETag": etag(notice)})

    @describe(
        "修改草稿",
        body=NoticeChange,
        answers={200: NoticeSerializer},
        codes=[*_CODES, "state.lost_race", "precondition.required", "precondition.failed"],
        parameters=[IF_MATCH],
        tags=["notices"],
        post=True,
    )
    def patch(self, request: Request, notice_id: UUID) -> Response:
        given = read_body(request, NoticeChange)
        with viewing(request) as viewer:
            seen = viewer.get(Notice, notice_id)
        _refuse_version(request, seen)

        def act() -> Response:
            notices.change(
                school_id=viewer.person.school_id,
                notice_id=notice_id,
                by=viewer.person,
                at=viewer.at,
                version=seen.version,
                given=given,
            )
            with viewing(request) as now:
                changed = now.get(Notice, notice_id)
                return Response(notice_body(changed), headers={"ETag": etag(changed)})

        return idempotency.once(request, given, act)


class PreviewView(ApiView):
    @describe(
        "发送前看一眼：谁会收到",
        description="不发送任何消息。findings 是提交时会被拦下的个人信息，hints 是用词提示。",
        body=Nothing,
        answers={200: PreviewSerializer},
        codes=["access.not_found"],
        tags=["notices"],
        post=True,
    )
    def post(self, request: Request, notice_id: UUID) -> Response:
        read_body(request, Nothing)
        with viewing(request) as viewer:
            found = notices.preview(viewer=viewer, notice_id=notice_id)
            notice = viewer.get(Notice, notice_id)
            stopped, hints = notices.findings(notice), notice_wording.hints(notice)
        return Response(
            {
                "children": found.children,
                "receipts": found.receipts,
                "on_paper": found.on_paper,
                "unreached": found.unreached,
                "lines": [line_body(line) for line in found.lines],
                "findings": [finding_body(one) for one in stopped],
                "hints": [hint_body(one) for one in hints],
            }
        )


class SubmitView(ApiView):
    @describe(
        "提交审批",
        description="有个人信息、忌用词语或未填〔〕时不会发出，errors 逐条说明位置和改法。",
        body=Nothing,
        answers={200: NoticeSerializer},
        codes=[*_CODES, "notice.about_one_person", "notice.not_neutral"],
        tags=["notices"],
        post=True,
    )
    def post(self, request: Request, notice_id: UUID) -> Response:
        return _act(request, notice_id, notice_desk.submit)


class WithdrawView(ApiView):
    @describe(
        "撤回尚未发出的通知",
        body=Nothing,
        answers={200: NoticeSerializer},
        codes=_CODES,
        tags=["notices"],
        post=True,
    )
    def post(self, request: Request, notice_id: UUID) -> Response:
        return _act(request, notice_id, notice_desk.withdraw)


def etag(notice: Notice) -> str:
    return f'"{notice.version}"'


def _refuse_version(request: HttpRequest, notice: Notice) -> None:
    sent = request.headers.get("If-Match")
    if sent is None:
        raise Refused(Problem("precondition.required"))
    if sent != etag(notice):
        raise Refused(Problem("precondition.failed"))


def _act(request: Request, notice_id: UUID, verb: Callable[..., Notice]) -> Response:
    given = read_body(request, Nothing)
    viewer = _see(request, notice_id)

    def act() -> Response:
        verb(
            school_id=viewer.person.school_id,
            notice_id=notice_id,
            by=viewer.person,
            at=viewer.at,
        )
        with viewing(request) as now:
            return Response(notice_body(now.get(Notice, notice_id)))

    return idempotency.once(request, given, act)


def _see(request: Request, notice_id: UUID) -> Viewer:
    with viewing(request) as viewer:
        viewer.get(Notice, notice_id)
    return viewer
