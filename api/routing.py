"""Which channel a case is in and why: upgrade, downgrade, and who decided."""

from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, shapes
from api.crises import SuspectInput
from api.schema import describe, objects
from api.shapes import PersonSerializer
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties.access import Viewer
from workflow import rerouting, routing_files, stabilising
from workflow.models import Case, CrisisReport, DowngradeProposal, Matter, RoutingDecision
from workflow.reports import Suspect
from workflow.routing_files import RoutingFile
from workflow.upgrading import UpgradeInput

_MOST_SUSPECTS: Final = 10
_CODES: Final = (
    "access.not_found",
    "access.not_allowed",
    "task.conflict_of_interest",
    "task.same_person",
    "state.wrong",
)


class UpgradeBody(Strict):
    to = serializers.ChoiceField([Case.Channel.MEETING.value, Case.Channel.CRISIS.value])
    reason = text(longest=5000, help_text="为什么；升级为危机时写看到或听到什么")
    safe_now = serializers.ChoiceField(
        CrisisReport.Safe.choices, default=CrisisReport.Safe.UNKNOWN.value
    )
    suspects = serializers.ListField(
        child=SuspectInput(), required=False, max_length=_MOST_SUSPECTS
    )


class DowngradeBody(Strict):
    to = serializers.ChoiceField([Case.Channel.NOTICE.value, Case.Channel.MEETING.value])
    reason = text(longest=2000, help_text="为什么")


class ConfirmBody(Strict):
    proposal = Id(help_text="所确认的降级意见")
    reason = text(longest=2000, required=False, allow_blank=True, help_text="补充理由")


class MovedSerializer(serializers.Serializer[Any]):
    case = serializers.UUIDField()
    channel = serializers.ChoiceField(Case.Channel.choices, help_text="现在的渠道")
    proposal = serializers.UUIDField(required=False, help_text="待另一人确认的降级意见")


class RaisedSerializer(serializers.Serializer[Any]):
    """A member that this reader may not see is absent, not null."""

    receipt_no = serializers.CharField()
    trigger = serializers.ChoiceField(Matter.Trigger.choices)
    words = serializers.CharField()
    answers = objects(help_text="danger、repeated、needs_family、individual")
    raised_by = PersonSerializer(required=False)
    raised_role = serializers.CharField(required=False)
    raised_at = serializers.DateTimeField()
    level = serializers.CharField(help_text="red、amber、none")
    hints = serializers.ListField(child=serializers.CharField())
    proposed = serializers.CharField(help_text="建议渠道；空为没有建议")
    rule = serializers.CharField()
    rule_label = serializers.CharField()


class DecisionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(RoutingDecision.Kind.choices)
    proposed = serializers.CharField()
    rule = serializers.CharField()
    rule_label = serializers.CharField()
    from_channel = serializers.CharField()
    chosen = serializers.ChoiceField(Case.Channel.choices)
    channel = serializers.ChoiceField(Case.Channel.choices)
    decided_by = PersonSerializer()
    second_by = PersonSerializer(allow_null=True)
    reason = serializers.CharField()
    second_reason = serializers.CharField()
    at = serializers.DateTimeField()


class ProposalSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    to = serializers.ChoiceField(Case.Channel.choices)
    reason = serializers.CharField()
    by = PersonSerializer()
    at = serializers.DateTimeField()


class RoutingSerializer(serializers.Serializer[Any]):
    matter = RaisedSerializer(required=False)
    decisions = DecisionSerializer(many=True)
    proposal = ProposalSerializer(required=False)


class RoutingView(ApiView):
    @describe(
        "分流经过",
        description="谁建议、谁决定。与事项有关的家庭看不到这些内容，列表为空。",
        answers={200: RoutingSerializer},
        codes=["access.not_found"],
        tags=["routing"],
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        with viewing(request) as viewer:
            return Response(_file(routing_files.read(viewer=viewer, case_id=case_id)))


class UpgradeView(ApiView):
    @describe(
        "升级",
        description="升级为危机会立即逐级通知。家长、学生请直接报告危机。",
        body=UpgradeBody,
        answers={200: MovedSerializer},
        codes=_CODES,
        tags=["routing"],
        post=True,
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, UpgradeBody)
        viewer = _see(request, case_id)

        def act() -> Response:
            moved = rerouting.upgrade(
                school_id=viewer.person.school_id,
                case_id=case_id,
                by=viewer.person,
                at=viewer.at,
                upgrade=_upgrade(given),
            )
            return Response({"case": str(case_id), "channel": moved.channel})

        return idempotency.once(request, given, act)


class DowngradeView(ApiView):
    @describe(
        "降级",
        description="会谈降为通知立即生效；危机降为会谈须德育处与心理教师各一人，先提出，后确认。",
        body=DowngradeBody,
        answers={200: MovedSerializer},
        codes=_CODES,
        tags=["routing"],
        post=True,
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, DowngradeBody)
        viewer = _see(request, case_id)

        def act() -> Response:
            return Response(_lower(viewer, case_id, given))

        return idempotency.once(request, given, act)


class ConfirmDowngradeView(ApiView):
    @describe(
        "确认危机降级",
        body=ConfirmBody,
        answers={200: MovedSerializer},
        codes=_CODES,
        tags=["routing"],
        post=True,
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, ConfirmBody)
        viewer = _see(request, case_id)

        def act() -> Response:
            moved = stabilising.confirm(
                school_id=viewer.person.school_id,
                case_id=case_id,
                proposal_id=given["proposal"],
                by=viewer.person,
                at=viewer.at,
                reason=given.get("reason", ""),
            )
            return Response({"case": str(case_id), "channel": moved.channel})

        return idempotency.once(request, given, act)


def _see(request: Request, case_id: UUID) -> Viewer:
    """Whoever asks must see the case before anything is done or answered again."""
    with viewing(request) as viewer:
        viewer.get(Case, case_id)
    return viewer


def _lower(viewer: Viewer, case_id: UUID, given: dict[str, Any]) -> dict[str, str]:
    said = {
        "school_id": viewer.person.school_id,
        "case_id": case_id,
        "by": viewer.person,
        "at": viewer.at,
        "to": given["to"],
        "reason": given["reason"],
    }
    if given["to"] == Case.Channel.MEETING:
        made = stabilising.propose(**said)
        crisis = Case.Channel.CRISIS.value
        return {"case": str(case_id), "channel": crisis, "proposal": str(made.pk)}
    return {"case": str(case_id), "channel": rerouting.downgrade(**said).channel}


def _upgrade(given: dict[str, Any]) -> UpgradeInput:
    return UpgradeInput(
        to=given["to"],
        reason=given["reason"],
        safe_now=given["safe_now"],
        suspects=tuple(
            Suspect(relation=suspect["relation"], person_id=suspect.get("person"))
            for suspect in given.get("suspects", [])
        ),
    )


def _file(file: RoutingFile) -> dict[str, Any]:
    body: dict[str, Any] = {"decisions": [_decision(row) for row in file.decisions]}
    if file.matter is not None:
        body["matter"] = _raised(*file.matter)
    if file.proposal is not None:
        body["proposal"] = _proposal(file.proposal)
    return body


def _raised(matter: Matter, fields: frozenset[str]) -> dict[str, Any]:
    names = ("receipt_no", "trigger", "words", "raised_role", "level", "hints", "proposed")
    body = {name: getattr(matter, name) for name in names if name in fields}
    body |= {"rule": matter.rule, "rule_label": matter.rule_label, "answers": matter.answers()}
    body["raised_at"] = matter.raised_at.isoformat()
    if "raised_by" in fields:
        body["raised_by"] = shapes.person(matter.raised_by)
    return body


def _decision(row: RoutingDecision) -> dict[str, Any]:
    names = (
        "kind", "proposed", "rule", "rule_label", "from_channel", "chosen", "channel", "reason",
        "second_reason",
    )  # fmt: skip
    body = {name: getattr(row, name) for name in names}
    body["decided_by"] = shapes.person(row.decided_by)
    body["second_by"] = shapes.person(row.second_by)
    return {**body, "at": row.at.isoformat()}


def _proposal(row: DowngradeProposal) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "to": row.channel,
        "reason": row.reason,
        "by": shapes.person(row.by),
        "at": row.at.isoformat(),
    }
