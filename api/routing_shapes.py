"""How the routing of a case is written: what was raised, who decided, and what is proposed."""

from typing import Any, Final

from rest_framework import serializers

from api import shapes
from api.crises import SuspectInput
from api.schema import objects
from api.shapes import PersonSerializer
from api.views import Id, Strict, text
from workflow.models import (
    Case,
    CrisisReport,
    DowngradeProposal,
    HumanTask,
    Matter,
    RoutingDecision,
)
from workflow.routing_files import RoutingFile

_MOST_SUSPECTS: Final = 10


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
    recused = serializers.BooleanField(required=False, help_text="班主任回避")
    answers = objects(help_text="danger、repeated、needs_family、individual")
    raised_by = PersonSerializer(required=False)
    raised_role = serializers.CharField(required=False)
    raised_at = serializers.DateTimeField()
    level = serializers.CharField(help_text="red、amber、complaint、none")
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


class FirstSerializer(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(Case.Channel.choices)
    reason = serializers.CharField(allow_blank=True)
    by = PersonSerializer()
    at = serializers.DateTimeField()


class RoutingSerializer(serializers.Serializer[Any]):
    matter = RaisedSerializer(required=False)
    first = FirstSerializer(required=False, help_text="已由一人决定，待第二人复核")
    decisions = DecisionSerializer(many=True)
    proposal = ProposalSerializer(required=False)


def routing_body(file: RoutingFile) -> dict[str, Any]:
    body: dict[str, Any] = {"decisions": [_decision(row) for row in file.decisions]}
    if file.matter is not None:
        body["matter"] = _raised(*file.matter)
    if file.proposal is not None:
        body["proposal"] = _proposal(file.proposal)
    if file.first is not None:
        body["first"] = _first(file.first)
    return body


def _first(task: HumanTask) -> dict[str, Any]:
    answer = task.answer or {}
    return {
        "channel": str(answer["channel"]).upper(),
        "reason": str(answer.get("reason", "")),
        "by": shapes.person(task.completed_by),
        "at": task.ended_at.isoformat() if task.ended_at else None,
    }


def _raised(matter: Matter, fields: frozenset[str]) -> dict[str, Any]:
    names = (
        "receipt_no", "trigger", "words", "raised_role", "recused", "level", "hints", "proposed",
    )  # fmt: skip
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
