"""Objections to a record: filed at home, answered by its author, and what came of it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import prefetch_related_objects
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination, shapes
from api.record_acts import CODES, asked
from api.record_inputs import optional
from api.row_acts import RowAct, acting
from api.schema import PAGING, describe, page_of
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties.access import Act, Viewer
from parties.cursors import Cursors
from records import annotations, side_words
from records.complaints import Complaint
from records.models import Objection
from records.objections import LONGEST_ANNOTATION
from workflow import record_objections as acts

_LONGEST: Final = 5_000
_VALUES: Final = (
    "receipt_no",
    "ground",
    "wish",
    "quoted",
    "words",
    "capacity",
    "filed_at",
    "state",
    "reply",
    "reply_words",
    "replied_at",
    "routed_at",
    "ended_at",
)
_IDS: Final = ("record_id", "about_id", "filed_by_id", "correction_id")


class ObjectionInput(Strict):
    ground = serializers.ChoiceField(Objection.Ground.choices)
    wish = serializers.ChoiceField(Objection.Wish.choices)
    words = text(longest=_LONGEST)
    about = Id(required=False, allow_null=True, help_text="针对哪一条（陈述编号）")
    quoted = optional(1_000)
    new_facts = serializers.BooleanField(required=False, help_text="有新情况（超过期限时）")


class AnswerInput(Strict):
    reply = serializers.ChoiceField([one for one in Objection.Reply.choices if one[0]])
    words = text(longest=_LONGEST)


class AnnotationInput(Strict):
    words = text(longest=LONGEST_ANNOTATION)


class NotedSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    at = serializers.DateTimeField()


class NewerSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version = serializers.IntegerField()


class ObjectionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    record = serializers.UUIDField()
    about = serializers.UUIDField(allow_null=True)
    filed_by = serializers.UUIDField()
    correction = serializers.UUIDField(
        allow_null=True, help_text="接受后更正它的新版本；几份异议可以在同一版中更正"
    )
    receipt_no = serializers.CharField()
    ground = serializers.ChoiceField(Objection.Ground.choices)
    wish = serializers.ChoiceField(Objection.Wish.choices)
    quoted = serializers.CharField()
    words = serializers.CharField()
    annotation = serializers.CharField(help_text="最近一条附记；没有则为空")
    annotations = NotedSerializer(many=True, help_text="全部附记，先写的在前；只增不改")
    capacity = serializers.CharField()
    filed_at = serializers.DateTimeField()
    routed_at = serializers.DateTimeField(allow_null=True, help_text="转德育处复核的时间")
    state = serializers.ChoiceField(Objection.State.choices)
    reply = serializers.ChoiceField(Objection.Reply.choices)
    reply_words = serializers.CharField()
    replied_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    newer = NewerSerializer(
        required=False, help_text="所针对的版本之后已生效的最新版本。仅校内可见"
    )
    may = serializers.ListField(child=serializers.CharField())


class FileView(ApiView):
    open_to_bound_links = True

    @describe(
        "提出异议",
        description="得到回执；记录随即标明“争议处理中”。同一人未了结的异议只有一份。",
        body=ObjectionInput,
        answers={201: ObjectionSerializer},
        codes=CODES,
        tags=["objections"],
        post=True,
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, ObjectionInput)
        who = asked(request, record_id)

        def act() -> Response:
            made = acts.object_to(**who.who, complaint=Complaint(**given))
            return Response(_after(request, made.pk), status=201)

        return idempotency.once(request, given, act)


class ObjectionsView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "我提出的、要我答复的、由我复核的异议",
        answers={200: page_of("ObjectionPage", ObjectionSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=PAGING,
        tags=["objections"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            found, following = pagination.kept_page(
                Viewer.rows,
                viewer,
                Objection,
                by=("-filed_at", "pk"),
                cursors=Cursors.of(viewer, "objections"),
                request=request,
            )
            prefetch_related_objects(found, "annotations")
            return Response(pagination.answer(found, following, lambda row: _shown(viewer, row)))


class ObjectionAct(RowAct):
    row, id_name = Objection, "objection_id"

    def after(self, request: Request, pk: UUID) -> Response:
        return Response(_after(request, pk))


_verb = partial(acting, answer=ObjectionSerializer, tag="objections", always=CODES)


class AnswerView(ObjectionAct):
    body_type = AnswerInput

    @_verb("答复（记录人）", AnswerInput)
    def post(self, request: Request, objection_id: UUID) -> Response:
        return self.act(request, objection_id, acts.answer)


class ContentView(ObjectionAct):
    @_verb("对答复满意")
    def post(self, request: Request, objection_id: UUID) -> Response:
        return self.act(request, objection_id, acts.end, how="content")


class InsistView(ObjectionAct):
    @_verb("坚持异议，转德育处复核")
    def post(self, request: Request, objection_id: UUID) -> Response:
        return self.act(request, objection_id, acts.end, how="insist")


class ObjectionWithdrawView(ObjectionAct):
    @_verb("撤回异议")
    def post(self, request: Request, objection_id: UUID) -> Response:
        return self.act(request, objection_id, acts.end, how="withdraw")


class AnnotateView(ObjectionAct):
    body_type = AnnotationInput

    @_verb("附上异议附记", AnnotationInput)
    def post(self, request: Request, objection_id: UUID) -> Response:
        return self.act(request, objection_id, acts.annotate)


def _after(request: Request, objection_id: UUID) -> Mapping[str, Any]:
    with viewing(request) as viewer:
        return _shown(viewer, viewer.get(Objection, objection_id))


def _shown(viewer: Viewer, row: Objection) -> dict[str, Any]:
    found = side_words.objection(viewer, row)
    body: dict[str, Any] = {"id": str(found.pk)}
    for name in _IDS:
        value = getattr(found, name)
        body[name.removesuffix("_id")] = None if value is None else str(value)
    for name in _VALUES:
        body[name] = shapes.plain(getattr(found, name))
    noted = side_words.annotations(viewer, row.record, annotations.of(row))
    body["annotation"] = noted[-1].words if noted else ""
    body["annotations"] = [{"text": one.words, "at": shapes.plain(one.at)} for one in noted]
    newer = side_words.newer_version(viewer, row)
    if newer is not None:
        body["newer"] = {"id": str(newer.pk), "version": newer.version}
    body["may"] = [act.value for act in (Act.ANSWER, Act.OBJECT) if viewer.may(act, found)]
    return body
