"""One item of a plan: read, adjust (If-Match), start, done, verify, drop."""

import hashlib
from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, shapes
from api.attachments import MULTIPART, UploadView, read_form
from api.file_parts import FilePart
from api.moments import Moment
from api.plans import ItemSerializer, shown
from api.problems import Problem, Refused
from api.record_shapes import AttachmentSerializer, attachment
from api.row_acts import RowAct, acting
from api.schema import describe
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties.access import Act, Viewer
from records import item_files, plan_drafts, plan_views, plans
from records.attachments import Upload
from records.models import ActionItem, Attachment
from workflow import family_words, plan_moves

_CODES = ("access.not_found", "access.not_allowed", "state.wrong")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="读取时得到的 ETag；改动前须带上。"
)


class AmendInput(Strict):
    title = text(longest=plan_drafts.LONGEST_TITLE, required=False)
    measure = text(longest=plan_drafts.LONGEST_TEXT, required=False, allow_blank=True)
    baseline = text(longest=plan_drafts.LONGEST_TEXT, required=False, allow_blank=True)
    target = text(longest=plan_drafts.LONGEST_TEXT, required=False, allow_blank=True)
    due_at = Moment(required=False)
    recurrence = text(longest=120, required=False, allow_blank=True)
    owner = Id(
        required=False, allow_null=True, help_text="改由同一方的谁负责；null 为该方，不指定人"
    )
    why = text(
        longest=plan_drafts.LONGEST_WORDS,
        required=False,
        help_text="为什么：改期限或换负责人须写明，其他改动可不写",
    )


class WhyInput(Strict):
    why = text(longest=plan_drafts.LONGEST_WORDS, help_text="原因")


class DoneInput(Strict):
    note = text(longest=plan_drafts.LONGEST_WORDS, help_text="完成情况")
    evidence = serializers.ListField(child=Id(), default=list, max_length=20)


class VerifyInput(Strict):
    agree = serializers.BooleanField(default=True, help_text="false：还没有完成，请继续")
    as_read = text(longest=80, required=False, help_text="读取时得到的 as_read；缺少时 428")


class ItemView(ApiView):
    @describe(
        "一个行动事项",
        answers={200: ItemSerializer},
        codes=["access.not_found"],
        tags=["plans"],
    )
    def get(self, request: Request, item_id: UUID) -> Response:
        with viewing(request) as viewer:
            item = viewer.get(ActionItem, item_id)
            plan_views.note_reads(viewer, [item])
            return _answer(viewer, item)

    @describe(
        "调整行动事项",
        body=AmendInput,
        answers={200: ItemSerializer},
        codes=[*_CODES, "precondition.failed", "precondition.required"],
        parameters=[IF_MATCH],
        tags=["plans"],
        post=True,
    )
    def patch(self, request: Request, item_id: UUID) -> Response:
        given = read_body(request, AmendInput)
        values = _values(given)
        with viewing(request) as viewer:
            viewer.get(ActionItem, item_id)
        expected = _if_match(request)

        def unchanged(reader: Viewer, item: ActionItem) -> None:
            if expected != _tag(reader, item):
                raise Refused(Problem("precondition.failed"))

        def run() -> Response:
            plan_moves.amend(
                school_id=viewer.person.school_id,
                item_id=item_id,
                by=viewer.person,
                at=viewer.at,
                values=values,
                unchanged=unchanged,
                why=given.get("why", ""),
            )
            return _after(request, item_id)

        return idempotency.once(request, given, run)


class ItemAct(RowAct):
    row, id_name = ActionItem, "item_id"

    def after(self, request: Request, pk: UUID) -> Response:
        return _after(request, pk)


_verb = partial(acting, answer=ItemSerializer, tag="plans", always=_CODES)


class StartView(ItemAct):
    @_verb("开始")
    def post(self, request: Request, item_id: UUID) -> Response:
        return self.act(request, item_id, plans.start)


class BlockView(ItemAct):
    body_type = WhyInput

    @_verb("遇到困难", WhyInput)
    def post(self, request: Request, item_id: UUID) -> Response:
        return self.act(request, item_id, family_words.block)


class DoneView(ItemAct):
    body_type = DoneInput

    @_verb("已完成", DoneInput)
    def post(self, request: Request, item_id: UUID) -> Response:
        return self.act(request, item_id, family_words.finish)


class EvidenceInput(Strict):
    file = FilePart(help_text="照片、PDF、文本或 MP4；图片会去除拍摄信息")
    replaces = Id(required=False, help_text="替换自己上传的哪一个（编号）")


class EvidenceView(UploadView):
    @describe(
        "上传完成情况的凭据",
        description="由负责的一方，在完成之前；得到的编号在“已完成”里填写。"
        "核实之前，上传人可以用新文件替换自己的一个（replaces）；原来的保留，标明已替换。",
        body={MULTIPART: EvidenceInput},
        answers={201: AttachmentSerializer},
        codes=[*_CODES, "upload.refused", "vault.unavailable"],
        tags=["plans"],
        post=True,
    )
    def post(self, request: Request, item_id: UUID) -> Response:
        given = read_form(request, EvidenceInput)
        data, replaces = given.pop("file").read(), given.pop("replaces", None)
        with viewing(request) as viewer:
            viewer.get(ActionItem, item_id)

        def act() -> Response:
            made = item_files.store(
                school_id=viewer.person.school_id,
                by=viewer.person,
                at=viewer.at,
                item_id=item_id,
                upload=Upload(source=data, **given),
                replaces=replaces,
            )
            with viewing(request) as now:
                return Response(attachment(now.get(Attachment, made.pk)), status=201)

        once = {**given, "replaces": str(replaces or ""), "file": hashlib.sha256(data).hexdigest()}
        return idempotency.once(request, once, act)


class VerifyView(ItemAct):
    body_type = VerifyInput

    @_verb("核实", VerifyInput, codes=("state.lost_race", "request.precondition_required"))
    def post(self, request: Request, item_id: UUID) -> Response:
        if not read_body(request, VerifyInput).get("as_read"):
            with viewing(request) as viewer:
                viewer.require(Act.VERIFY, viewer.get(ActionItem, item_id))
            raise Refused(Problem("request.precondition_required"))

        def verb(*, agree: bool, **who: Any) -> None:
            (plans.verify if agree else plans.reopen)(**who)

        return self.act(request, item_id, verb)


class DropView(ItemAct):
    body_type = WhyInput

    @_verb("不再进行", WhyInput)
    def post(self, request: Request, item_id: UUID) -> Response:
        return self.act(request, item_id, plans.drop)


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """What of the item changes, as the domain calls it."""
    names = {"owner": "owner_id"}
    return {names.get(name, name): value for name, value in given.items() if name != "why"}


def _if_match(request: Request) -> str:
    expected = str(request.headers.get("If-Match", "")).strip()
    if not expected:
        raise Refused(Problem("precondition.required"))
    return expected


def _after(request: Request, item_id: UUID) -> Response:
    with viewing(request) as viewer:
        return _answer(viewer, viewer.get(ActionItem, item_id))


def _answer(viewer: Viewer, item: ActionItem) -> Response:
    body = shown(viewer, item)
    if changes := plan_views.explained(viewer, [item]).get(item.pk):
        body["changes"] = [
            {"by": shapes.person(one.by), "at": one.at.isoformat(), "why": one.why}
            for one in changes
        ]
    return Response(body, headers={"ETag": _tag(viewer, item)})


def _tag(viewer: Viewer, item: ActionItem) -> str:
    return f'"{plan_views.fingerprint(plan_views.shown(viewer, item))}"'
