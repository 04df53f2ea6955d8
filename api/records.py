"""Communication records: written by a teacher, read by whoever may, checked and held."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import etags
from api.auth import identity_of
from api.problems import Problem, Refused, broken, invalid
from api.record_acts import CODES, RecordAct, acting, answered, asked, changing, written
from api.record_inputs import (
    HeaderChange,
    HoldInput,
    NewRecordInput,
    OverrideInput,
    RecordCheckInput,
    plain,
)
from api.record_shapes import RecordSerializer, shown
from api.schema import describe
from api.views import ApiView, read_body, viewing
from parties.access import Viewer
from parties.models import Student
from records import communication, drafts, reading, sharing, templates
from records.draft_input import Header
from records.models import CommunicationRecord, Statement
from workflow import communication as acts
from workflow import record_holds

_EXAMPLE = OpenApiExample(
    "学业预警",
    value={
        "trigger": "STUDY",
        "started_at": "2026-10-09T16:00:00+08:00",
        "place_kind": "OFFICE",
        "next_focus": "补考准备",
    },
    request_only=True,
)


class SectionSerializer(serializers.Serializer[Any]):
    section = serializers.ChoiceField(Statement.Section.choices)
    label = serializers.CharField()  # type: ignore[assignment]


class RecordTemplateSerializer(serializers.Serializer[Any]):
    trigger = serializers.ChoiceField(CommunicationRecord.Trigger.choices)
    hint = serializers.CharField(help_text="怎样写")
    needed = SectionSerializer(many=True, help_text="没有写就不能交签")
    offered = SectionSerializer(many=True, help_text="可以写")


class RecordsView(ApiView):
    @describe(
        "写一份沟通记录",
        description="得到草稿；学生看不到与学生不存在答复相同（404）。",
        body=NewRecordInput,
        answers={201: RecordSerializer},
        codes=CODES,
        tags=["records"],
        post=True,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request, student_id: UUID) -> Response:
        given = read_body(request, NewRecordInput)
        identity = identity_of(request)
        with viewing(request) as viewer:
            viewer.get(Student, student_id)
        header, case_id = plain(given), given.get("case")
        header.pop("case", None)

        def write(id_: UUID) -> CommunicationRecord:
            return acts.write(
                school_id=identity.school_id,
                student_id=student_id,
                by=identity.person,
                at=viewer.at,
                header=Header(**header),
                case_id=case_id,
                id_=id_,
            )

        return written(request, given, write)


class RecordView(ApiView):
    open_to_bound_links = True

    @describe(
        "一份沟通记录（一个版本）",
        description="看不到的内容不出现；ETag 供修改草稿时的 If-Match 使用。",
        answers={200: RecordSerializer, 304: None},
        codes=["access.not_found"],
        parameters=[etags.IF_NONE_MATCH],
        tags=["records"],
    )
    def get(self, request: Request, record_id: UUID) -> Response:
        identity = identity_of(request)
        with viewing(request) as viewer:
            file = reading.read(viewer, record_id)
            if identity.is_bound and identity.target_id != record_id:
                raise Refused(Problem("link.bound"))
            return etags.unless_known(request, shown(file))

    @changing("修改草稿的时间、地点、原因", HeaderChange)
    def patch(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, HeaderChange)
        who = asked(request, record_id, draft=True)

        def change(viewer: Viewer, *, record_id: UUID) -> CommunicationRecord:
            header = _merged(viewer.get(CommunicationRecord, record_id), given)
            return drafts.change(viewer, record_id=record_id, header=header, seen=who.seen)

        return answered(request, given, lambda: who.alone(change))


class RecordCheckView(RecordAct):
    body_type = RecordCheckInput

    @changing("检查内容与用语", RecordCheckInput)
    def post(self, request: Request, record_id: UUID) -> Response:
        return self.change(request, record_id, communication.check)


class HoldView(RecordAct):
    body_type = HoldInput

    @acting("暂缓家长查看（德育处）", HoldInput)
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, HoldInput)
        who = asked(request, record_id)
        return answered(request, given, lambda: record_holds.hold(**who.who, **given))


class SharingOverrideView(RecordAct):
    body_type = OverrideInput

    @acting("允许按原文对外提供（德育处）", OverrideInput)
    def post(self, request: Request, record_id: UUID) -> Response:
        return self.act(request, record_id, sharing.override)


class TemplateView(ApiView):
    queries = frozenset({"trigger"})

    @describe(
        "某一触发原因要写什么",
        answers={200: RecordTemplateSerializer},
        parameters=[
            OpenApiParameter(
                "trigger", enum=CommunicationRecord.Trigger.values, required=True, type=str
            )
        ],
        tags=["records"],
    )
    def get(self, request: Request) -> Response:
        trigger = request.query_params.get("trigger")
        if trigger not in CommunicationRecord.Trigger.values:
            raise invalid(broken("trigger", "required" if not trigger else "invalid_choice"))
        found = templates.of(trigger)
        return Response(
            {
                "trigger": found.trigger,
                "hint": found.hint,
                "needed": [_section(code) for code in found.needed],
                "offered": [_section(code) for code in found.offered],
            }
        )


def _section(code: str) -> dict[str, str]:
    return {"section": str(code), "label": str(Statement.Section(code).label)}


def _merged(record: CommunicationRecord, given: Mapping[str, Any]) -> Header:
    """The header as it is, with what was sent in its place."""
    kept = {field.name: getattr(record, field.name) for field in fields(Header)}
    return Header(**{**kept, **given})
