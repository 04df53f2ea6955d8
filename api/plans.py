"""行动方案: a student's plan as this reader may see it, and new items of it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination
from api.moments import Day, Moment
from api.plan_part_shapes import (
    ChangeSerializer,
    ConsensusSerializer,
    NoteSerializer,
    ProgressSerializer,
    ReasonSerializer,
)
from api.schema import PAGING, describe, page_of
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties.access import Act, Viewer
from parties.cursors import Cursors
from records import check_ins, item_acts, item_stillness, plan_drafts, plan_views
from records.models import ActionItem
from records.plan_drafts import Draft
from workflow import plan_going, plan_notes, plans


class ItemSerializer(serializers.Serializer[Any]):
    """A member that this reader may not see is absent, not null."""

    id = serializers.UUIDField()
    item_no = serializers.CharField(required=False)
    case_id = serializers.UUIDField(required=False)
    plan_round = serializers.IntegerField(required=False)
    label = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="内容不对您开放时，用它称呼这一项"
    )
    title = serializers.CharField(required=False)
    from_consensus = ConsensusSerializer(
        required=False, help_text="来自哪份沟通记录的哪条共识；不能看那条共识的人看不到"
    )
    owner_party = serializers.ChoiceField(ActionItem.Party.choices, required=False)
    owner_person = serializers.UUIDField(required=False, allow_null=True)
    kind = serializers.ChoiceField(ActionItem.Kind.choices, required=False)
    field_class = serializers.ChoiceField(ActionItem.FieldClass.choices, required=False)
    measure = serializers.CharField(required=False, allow_blank=True)
    baseline = serializers.CharField(required=False, allow_blank=True)
    target = serializers.CharField(required=False, allow_blank=True)
    starts_on = serializers.DateField(required=False)
    due_at = serializers.DateTimeField(required=False)
    recurrence = serializers.CharField(required=False, allow_blank=True)
    state = serializers.ChoiceField(ActionItem.State.choices, required=False)
    blocked_why = serializers.CharField(required=False, allow_blank=True)
    dropped_why = serializers.CharField(required=False, allow_blank=True)
    evidence_note = serializers.CharField(required=False, allow_blank=True)
    evidence = serializers.ListField(child=serializers.UUIDField(), required=False)
    done_by = serializers.UUIDField(required=False, allow_null=True)
    done_at = serializers.DateTimeField(required=False, allow_null=True)
    verified_by = serializers.UUIDField(required=False, allow_null=True)
    verified_at = serializers.DateTimeField(required=False, allow_null=True)
    created_by = serializers.UUIDField(required=False, allow_null=True)
    created_at = serializers.DateTimeField(required=False)
    may = serializers.ListField(child=serializers.ChoiceField(item_acts.CODES))
    as_read = serializers.CharField(
        required=False, help_text="您读到的文字的标记；由您核实的，核实时原样送回"
    )
    progress = ProgressSerializer(required=False)
    reasons = ReasonSerializer(
        many=True, required=False, help_text="哪一天没有做，为什么；仅校内可见"
    )
    #: Why deadline or owner changed; for one item by itself, the newest first.
    changes = ChangeSerializer(many=True, required=False)
    noted = NoteSerializer(
        many=True,
        required=False,
        help_text="没有记入事项的话：说话的人不知道事项已有变化，或后来有人另作说明；仅校内可见",
    )


class ItemInput(Strict):
    case = Id(help_text="所属事项（该生的会谈或通知）")
    title = text(longest=plan_drafts.LONGEST_TITLE, help_text="做什么")
    owner_party = serializers.ChoiceField(ActionItem.Party.choices)
    owner = Id(required=False, allow_null=True, help_text="负责人；留空为该方")
    kind = serializers.ChoiceField(ActionItem.Kind.choices, default=ActionItem.Kind.SHORT.value)
    field_class = serializers.ChoiceField(
        ActionItem.FieldClass.choices, default=ActionItem.FieldClass.COM.value
    )
    measure = text(longest=plan_drafts.LONGEST_TEXT, default="", required=False, allow_blank=True)
    baseline = text(longest=plan_drafts.LONGEST_TEXT, default="", required=False, allow_blank=True)
    target = text(longest=plan_drafts.LONGEST_TEXT, default="", required=False, allow_blank=True)
    starts_on = Day()
    due_at = Moment()
    recurrence = text(
        longest=120,
        default="",
        required=False,
        allow_blank=True,
        help_text="RRULE：DAILY、WEEKLY、MONTHLY，可加 ;仅上学日",
    )
    from_consensus = Id(
        required=False, allow_null=True, help_text="来自哪条共识：沟通记录“双方共识”的条目编号"
    )


class PlanView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "学生的行动方案",
        description="看不到的事项不出现；资助、健康事项只显示有这一项。",
        answers={200: page_of("PlanPage", ItemSerializer(many=True))},
        codes=["access.not_found", "cursor.invalid"],
        parameters=PAGING,
        tags=["plans"],
    )
    def get(self, request: Request, student_id: UUID) -> Response:
        with viewing(request) as viewer:
            _, rows = plans.plan_of(viewer, student_id)
            found, following = pagination.page(
                rows,
                by=("-created_at", "pk"),
                cursors=Cursors.of(viewer, "plan", [str(student_id)]),
                request=request,
            )
            plan_views.note_reads(viewer, found)
            return Response(pagination.answer(found, following, lambda row: shown(viewer, row)))

    @describe(
        "新增行动事项",
        body=ItemInput,
        answers={201: ItemSerializer},
        codes=["access.not_found", "access.not_allowed", "state.wrong"],
        tags=["plans"],
        post=True,
        examples=[
            OpenApiExample(
                "每日签到",
                value={
                    "case": "3f2b1c9e-8a54-4d0b-9a77-0d7f5e3b2a11",
                    "title": "每日签到监督作业",
                    "owner_party": "FAMILY",
                    "starts_on": "2026-10-12",
                    "due_at": "2026-10-23T17:30:00+08:00",
                    "recurrence": "FREQ=DAILY;仅上学日",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, student_id: UUID) -> Response:
        given = read_body(request, ItemInput)
        with viewing(request) as viewer:
            plans.plan_of(viewer, student_id)

        def make(id_: UUID) -> Response:
            values = {**given, "owner_id": given.get("owner")}
            case_id = values.pop("case")
            values.pop("owner", None)
            made = plans.make(
                school_id=viewer.person.school_id,
                student_id=student_id,
                case_id=case_id,
                by=viewer.person,
                at=viewer.at,
                drafts=[Draft(**values)],
                key=id_,
            )
            with viewing(request) as after:
                return Response(shown(after, after.get(ActionItem, made[0].pk)), status=201)

        return idempotency.once_made(request, given, make)


def shown(viewer: Viewer, item: ActionItem) -> dict[str, Any]:
    """One item with what this reader may do; how it goes day by day for who reads its rhythm."""
    values = plan_views.shown(viewer, item)
    stood = item_stillness.as_it_stood(viewer, item)
    body = {name: _plain(value) for name, value in values.items()}
    may = item_acts.of(viewer, item, state=str(stood.state))
    body["may"] = sorted(act.value for act in may)
    item = stood
    if Act.VERIFY.value in body["may"]:
        body["as_read"] = plan_views.mark(values)
    if values.get("recurrence"):
        body["progress"] = progress(check_ins.progress(item, at=viewer.at))
        if reasons := plan_going.reasons_of(viewer, item):
            body["reasons"] = [_reason(one) for one in reasons]
    if notes := plan_notes.of(viewer, item):
        body["noted"] = [_note(one) for one in notes]
    return body


def _reason(one: plan_going.Reason) -> dict[str, Any]:
    by = {"id": str(one.by), "name": one.name}
    return {"day": one.day.isoformat(), "by": by, "text": one.text}


def _note(one: plan_notes.Note) -> dict[str, Any]:
    body = {
        "by": {"id": str(one.by), "name": one.name},
        "at": one.at.isoformat(),
        "state": one.state,
        "text": one.text,
        "evidence": [str(pk) for pk in one.evidence],
    }
    return body if one.day is None else {**body, "day": one.day.isoformat()}


def progress(found: check_ins.Progress) -> dict[str, Any]:
    return asdict(found)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [str(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
