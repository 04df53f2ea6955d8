"""What a family reads, confirms, signs and answers: one receipt, one child, nobody else.

A link that came with the notice opens its own receipt alone, and proves who signs; whoever signed
in otherwise types the password once more before signing.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination
from api.auth import identity_of
from api.crises import ReceiptSerializer, numbers
from api.problems import Problem, Refused
from api.receipt_shapes import OwnReceiptSerializer, receipt_body
from api.schema import PAGING, describe, page_of
from api.views import ApiView, Nothing, Strict, read_body, text, viewing
from parties import sign_in
from parties.access import Viewer
from parties.cursors import Cursors
from parties.errors import NotAllowed
from parties.models import SignInLink
from parties.sign_in import Identity, Means
from records import notice_receipts
from records.models import NoticeReceipt
from workflow import notice_answering


class SignInput(Strict):
    password = text(
        longest=1024, required=False, trim_whitespace=False, help_text="不是从通知链接打开时必填"
    )


class ReplyInput(Strict):
    text = text(longest=1000, help_text="想对学校说的话")


_CODES: Final = ("access.not_found", "access.not_allowed", "state.wrong")


def _own(viewer: Viewer) -> QuerySet[NoticeReceipt]:
    return viewer.rows(NoticeReceipt).filter(guardian=viewer.person, student__in=viewer.wards)


class ReceiptsView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "学校发给我的通知",
        description="每个孩子一份。看不到其他家长，也没有人数。",
        answers={200: page_of("ReceiptPage", OwnReceiptSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=PAGING,
        tags=["receipts"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            found, following = pagination.kept_page(
                _own,
                viewer,
                by=("-created_at", "pk"),
                cursors=Cursors.of(viewer, "receipts"),
                request=request,
            )
            return Response(
                pagination.answer(found, following, lambda row: receipt_body(row, viewer))
            )


class ReceiptView(ApiView):
    open_to_bound_links = True

    @describe(
        "一份通知及我的回执",
        answers={200: OwnReceiptSerializer},
        codes=["access.not_found"],
        tags=["receipts"],
    )
    def get(self, request: Request, receipt_id: UUID) -> Response:
        _refuse_other_errand(request, receipt_id)
        with viewing(request) as viewer:
            return Response(receipt_body(viewer.get(NoticeReceipt, receipt_id), viewer))


class OpenView(ApiView):
    open_to_bound_links = True

    @describe(
        "打开",
        body=Nothing,
        answers={200: OwnReceiptSerializer},
        codes=_CODES,
        tags=["receipts"],
        post=True,
    )
    def post(self, request: Request, receipt_id: UUID) -> Response:
        given = read_body(request, Nothing)
        return _act(request, receipt_id, given, notice_answering.open_, how=_how(request))


class ConfirmView(ApiView):
    open_to_bound_links = True

    @describe(
        "确认已知悉",
        body=Nothing,
        answers={200: OwnReceiptSerializer},
        codes=_CODES,
        tags=["receipts"],
        post=True,
    )
    def post(self, request: Request, receipt_id: UUID) -> Response:
        given = read_body(request, Nothing)
        return _act(request, receipt_id, given, notice_answering.confirm, how=_how(request))


class ReceiptSignView(ApiView):
    open_to_bound_links = True

    @describe(
        "签字确认",
        description="从通知链接打开时直接签；否则请再输入一次密码。",
        body=SignInput,
        answers={200: OwnReceiptSerializer},
        codes=[*_CODES, "sign_in.refused", "sign_in.too_many"],
        tags=["receipts"],
        post=True,
    )
    def post(self, request: Request, receipt_id: UUID) -> Response:
        given = read_body(request, SignInput)
        _see(request, receipt_id)
        prove(
            identity_of(request),
            password=given.pop("password", ""),
        )
        return _act(request, receipt_id, given, notice_answering.sign, how=_how(request))


class ReplyView(ApiView):
    open_to_bound_links = True

    @describe(
        "回复学校",
        body=ReplyInput,
        answers={200: OwnReceiptSerializer},
        codes=_CODES,
        tags=["receipts"],
        post=True,
    )
    def post(self, request: Request, receipt_id: UUID) -> Response:
        given = read_body(request, ReplyInput)
        return _act(request, receipt_id, given, notice_answering.reply, text=given["text"])


class DangerView(ApiView):
    @describe(
        "把这条回复报告为危机",
        description="由看过原话的教职工决定；重复报告只立一案。",
        body=Nothing,
        answers={201: ReceiptSerializer},
        codes=_CODES,
        tags=["receipts"],
        post=True,
    )
    def post(self, request: Request, receipt_id: UUID) -> Response:
        given = read_body(request, Nothing)
        viewer = _see(request, receipt_id)

        def act() -> Response:
            receipt = notice_answering.report_danger(
                school_id=viewer.person.school_id,
                receipt_id=receipt_id,
                by=viewer.person,
                at=viewer.at,
            )
            body = {
                "receipt_no": receipt.receipt_no,
                "reported_at": receipt.reported_at.isoformat(),
                "numbers": numbers(),
            }
            return Response(body, status=201)

        return idempotency.once(request, given, act)


def prove(identity: Identity, *, password: str) -> None:
    """Who signs is who it says: the link of this very notice, or the password once more.

    Raises NotAllowed, NotSignedIn, TooMany.
    """
    if identity.means == Means.LINK and identity.purpose == SignInLink.Purpose.NOTICE:
        return
    if identity.means != Means.PASSWORD or not password:
        raise NotAllowed("签字前请输入密码，或从短信里的通知链接打开。")
    sign_in.confirm(identity.person, password=password)


def _act(
    request: Request,
    receipt_id: UUID,
    body: dict[str, Any],
    verb: Callable[..., object],
    **given: str,
) -> Response:
    """One verb of the family on its own receipt; what it sees afterwards."""
    viewer = _see(request, receipt_id)

    def act() -> Response:
        verb(
            school_id=viewer.person.school_id,
            receipt_id=receipt_id,
            by=viewer.person,
            at=viewer.at,
            **given,
        )
        with viewing(request) as now:
            return Response(receipt_body(now.get(NoticeReceipt, receipt_id), now))

    return idempotency.once(request, body, act)


def _see(request: Request, receipt_id: UUID) -> Viewer:
    _refuse_other_errand(request, receipt_id)
    with viewing(request) as viewer:
        viewer.get(NoticeReceipt, receipt_id)
    return viewer


def _refuse_other_errand(request: Request, receipt_id: UUID) -> None:
    identity = identity_of(request)
    if identity.is_bound and identity.target_id != receipt_id:
        raise Refused(Problem("link.bound"))


def _how(request: Request) -> str:
    return notice_receipts.how_of(by_link=identity_of(request).is_bound)
