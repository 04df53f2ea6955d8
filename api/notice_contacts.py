"""Families that still need contact: who they are, every try to reach them, answers on paper."""

from dataclasses import asdict
from typing import Final
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, shapes
from api.notice_contact_shapes import (
    ContactsSerializer,
    NoticeAttemptInput,
    NoticeAttemptSerializer,
    OnPaperInput,
    answer_body,
    attempt_body,
    owing_body,
)
from api.receipt_shapes import OwnReceiptSerializer, receipt_body
from api.schema import describe
from api.views import ApiView, read_body, viewing
from parties.access import Viewer
from records import notice_answers, notice_owing, notice_unreached
from records.models import Notice, NoticeReceipt
from records.notice_attempts import Attempt
from records.notice_papers import OnPaper
from workflow import notice_answering, notice_arrivals

_CODES: Final = ("access.not_found", "access.not_allowed", "state.wrong")


class ContactsView(ApiView):
    @describe(
        "仍需联系的家庭，和家长的回复",
        description="按学生列出，只给打电话的人看；其他人只看数字。"
        "unreached 是家里还没有人收到的学生：多半没有可告知的监护人。",
        answers={200: ContactsSerializer},
        codes=["access.not_found"],
        tags=["notices"],
    )
    def get(self, request: Request, notice_id: UUID) -> Response:
        with viewing(request) as viewer:
            notice = viewer.get(Notice, notice_id)
            owing = notice_owing.disclosed(viewer=viewer, notice=notice)
            children = [one.student.pk for one in owing]
            arrived = notice_arrivals.delivered(notice, students=children)
            numbers = notice_owing.numbers(notice, viewer=viewer)
            return Response(
                {
                    "numbers": asdict(numbers),
                    "results": [owing_body(one, delivered=arrived) for one in owing],
                    "unreached": [
                        shapes.student(one)
                        for one in notice_unreached.children(viewer=viewer, notice=notice)
                    ],
                    "answers": [
                        answer_body(one) for one in notice_answers.to_(notice, viewer=viewer)
                    ],
                }
            )

    @describe(
        "记录一次联系",
        description="时间、方式、地点、结果和记录：联系不上也要记录。电话和上门须写地点。",
        body=NoticeAttemptInput,
        answers={201: NoticeAttemptSerializer},
        codes=_CODES,
        tags=["notices"],
        post=True,
    )
    def post(self, request: Request, notice_id: UUID) -> Response:
        given = read_body(request, NoticeAttemptInput)
        viewer = _see(request, notice_id)
        attempt = Attempt(
            student_id=given["student"],
            guardian_id=given["guardian"],
            channel=given["channel"],
            outcome=given["outcome"],
            tried_at=given["at"],
            place=given.get("place", ""),
            note=given.get("note", ""),
        )

        def act() -> Response:
            made = notice_answering.contact(
                school_id=viewer.person.school_id,
                notice_id=notice_id,
                by=viewer.person,
                at=viewer.at,
                given=attempt,
            )
            return Response(attempt_body(made), status=201)

        return idempotency.once(request, given, act)


class OnPaperView(ApiView):
    @describe(
        "登记纸质回执或电话复述",
        description="签字须有扫描件和另一位教职工见证；缺少时只算已告知（已打开或已确认）。"
        "已经答复的家长后来说的话写在 reply：只补记这些话，答复和凭据不变。",
        body=OnPaperInput,
        answers={201: OwnReceiptSerializer},
        codes=_CODES,
        tags=["notices"],
        post=True,
    )
    def post(self, request: Request, notice_id: UUID) -> Response:
        given = read_body(request, OnPaperInput)
        viewer = _see(request, notice_id)
        said = OnPaper(
            student_id=given["student"],
            guardian_id=given["guardian"],
            how=given["how"],
            witness_id=given.get("witness"),
            scan=given.get("scan"),
            reply=given.get("reply", ""),
        )

        def act() -> Response:
            made = notice_answering.by_staff(
                school_id=viewer.person.school_id,
                notice_id=notice_id,
                by=viewer.person,
                at=viewer.at,
                given=said,
            )
            with viewing(request) as now:
                return Response(receipt_body(now.get(NoticeReceipt, made.pk), now), status=201)

        return idempotency.once(request, given, act)


def _see(request: Request, notice_id: UUID) -> Viewer:
    with viewing(request) as viewer:
        viewer.get(Notice, notice_id)
    return viewer
