"""A hold that an author asks for before the record is offered, and what 德育处 decided."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination
from api.record_acts import CODES, asked
from api.record_inputs import HoldInput
from api.row_acts import RowAct, acting
from api.schema import PAGING, describe, page_of
from api.views import ApiView, Strict, read_body, text, viewing
from parties.access import Act, Viewer
from parties.cursors import Cursors
from records import part_policies
from records.models import HoldRequest
from workflow import hold_requests

_VALUES: Final = ("asked_at", "reason", "until", "state", "decided_at", "decision")


class RefuseHoldInput(Strict):
    reason = text(longest=1_000, help_text="为什么不暂缓")


class HoldRequestSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    record = serializers.UUIDField()
    asked_by = serializers.UUIDField()
    asked_at = serializers.DateTimeField()
    reason = serializers.CharField()
    until = serializers.DateTimeField(help_text="建议暂缓到")
    state = serializers.ChoiceField(HoldRequest.State.choices)
    decided_by = serializers.UUIDField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField(help_text="决定的理由")
    may = serializers.ListField(child=serializers.CharField())


class RecordHoldRequestsSerializer(serializers.Serializer[Any]):
    results = HoldRequestSerializer(many=True)


class HoldRequestsView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "等我决定的暂缓请求（德育处）",
        description="同意：POST /records/{record_id}/hold，写明理由和期限。"
        "一个工作日内没有决定的，不暂缓。",
        answers={200: page_of("HoldRequestPage", HoldRequestSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=PAGING,
        tags=["records"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            found, following = pagination.kept_page(
                part_policies.to_hold,
                viewer,
                by=("asked_at", "pk"),
                cursors=Cursors.of(viewer, "hold-requests"),
                request=request,
            )
            return Response(pagination.answer(found, following, lambda row: _shown(viewer, row)))


class RecordHoldRequestsView(ApiView):
    @describe(
        "对一份记录提出过的暂缓请求",
        description="记录人和德育处可见，最近的在前；对其他人没有。",
        answers={200: RecordHoldRequestsSerializer},
        codes=["access.not_found"],
        tags=["records"],
    )
    def get(self, request: Request, record_id: UUID) -> Response:
        asked(request, record_id)
        with viewing(request) as viewer:
            found = viewer.rows(HoldRequest).filter(record=record_id).order_by("-asked_at", "pk")
            return Response({"results": [_shown(viewer, one) for one in found]})

    @describe(
        "请求暂缓家长查看（记录人）",
        description="交双方签字之前；德育处决定之前不能交签，一个工作日内没有决定的不暂缓。"
        "已有未决定的请求时，答复是那一个。",
        body=HoldInput,
        answers={201: HoldRequestSerializer},
        codes=CODES,
        tags=["records"],
        post=True,
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, HoldInput)
        who = asked(request, record_id)

        def act() -> Response:
            made = hold_requests.ask(**who.who, **given)
            return Response(_after(request, made.pk), status=201)

        return idempotency.once(request, given, act)


class HoldRequestAct(RowAct):
    row, id_name = HoldRequest, "request_id"

    def after(self, request: Request, pk: UUID) -> Response:
        return Response(_after(request, pk))


_verb = partial(acting, answer=HoldRequestSerializer, tag="records", always=CODES)


class RefuseHoldView(HoldRequestAct):
    body_type = RefuseHoldInput

    @_verb("不暂缓（德育处）", RefuseHoldInput)
    def post(self, request: Request, request_id: UUID) -> Response:
        return self.act(request, request_id, hold_requests.refuse)


class WithdrawHoldView(HoldRequestAct):
    @_verb("撤回暂缓请求（记录人）")
    def post(self, request: Request, request_id: UUID) -> Response:
        return self.act(request, request_id, hold_requests.withdraw)


def _after(request: Request, request_id: UUID) -> dict[str, Any]:
    with viewing(request) as viewer:
        return _shown(viewer, viewer.get(HoldRequest, request_id))


def _shown(viewer: Viewer, row: HoldRequest) -> dict[str, Any]:
    body: dict[str, Any] = {"id": str(row.pk), "record": str(row.record_id)}
    body["asked_by"] = str(row.asked_by_id)
    body["decided_by"] = None if row.decided_by_id is None else str(row.decided_by_id)
    for name in _VALUES:
        value = getattr(row, name)
        body[name] = value.isoformat() if hasattr(value, "isoformat") else value
    body["may"] = [act.value for act in (Act.HOLD, Act.WITHDRAW) if viewer.may(act, row)]
    return body
