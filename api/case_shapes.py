"""How a case, its reports and its timeline are written for one reader."""

from typing import Any, Final

from rest_framework import serializers

from api import shapes
from api.schema import objects
from api.shapes import PersonSerializer, StudentSerializer
from parties.access import Viewer
from workflow import case_files, policies, timeline
from workflow.models import Case, CrisisReport, Escalation


class CaseSerializer(serializers.Serializer[Any]):
    """A member that this reader may not see is absent, not null."""

    id = serializers.UUIDField()
    channel = serializers.ChoiceField(Case.Channel.choices, required=False)
    state = serializers.ChoiceField(Case.State.choices, required=False)
    student = StudentSerializer(required=False, allow_null=True)
    placement = serializers.UUIDField(required=False, allow_null=True)
    owner = PersonSerializer(required=False, allow_null=True)
    kind = serializers.CharField(required=False)
    colour = serializers.ChoiceField(Case.Colour.choices, required=False, allow_blank=True)
    safe_to_tell = serializers.ChoiceField(Case.SafeToTell.choices, required=False)
    opened_at = serializers.DateTimeField(required=False)
    alarm_at = serializers.DateTimeField(required=False)
    triaged_at = serializers.DateTimeField(required=False, allow_null=True)
    danger_over_at = serializers.DateTimeField(required=False, allow_null=True)
    closed_at = serializers.DateTimeField(required=False, allow_null=True)


class ReportSerializer(serializers.Serializer[Any]):
    """The words of a report. Who reported is shown only to those the law names."""

    receipt_no = serializers.CharField()
    reported_at = serializers.DateTimeField()
    who = serializers.CharField()
    observed = serializers.CharField()
    safe_now = serializers.ChoiceField(CrisisReport.Safe.choices)
    place = serializers.CharField()
    with_whom = serializers.CharField()
    injuries = serializers.CharField()
    supplement = serializers.CharField(required=False, help_text="事后补充的中性说法")
    reporter = PersonSerializer(required=False, allow_null=True)
    reporter_role = serializers.CharField(required=False)
    keep_secret = serializers.BooleanField(required=False)


class CaseDetailSerializer(CaseSerializer):
    may = serializers.ListField(
        child=serializers.ChoiceField([act.value for act in case_files.ACTS])
    )
    waiting = serializers.BooleanField(required=False, help_text="还没有人接报")
    reports = ReportSerializer(many=True, required=False)


class EntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    actor = PersonSerializer(required=False)
    payload = objects(help_text="编号与代码，因读者而异")


class AcknowledgedSerializer(serializers.Serializer[Any]):
    case = serializers.UUIDField()
    state = serializers.ChoiceField(Escalation.State.choices)
    acknowledged_at = serializers.DateTimeField()


_VALUES: Final = (
    "channel",
    "state",
    "kind",
    "colour",
    "safe_to_tell",
    "opened_at",
    "alarm_at",
    "triaged_at",
    "danger_over_at",
    "closed_at",
)
_REPORT_VALUES: Final = (
    "receipt_no",
    "reported_at",
    "who",
    "observed",
    "safe_now",
    "place",
    "with_whom",
    "injuries",
    "reporter_role",
    "keep_secret",
)


def shown(viewer: Viewer, case: Case) -> dict[str, Any]:
    """The members that this reader may see, as they may see them. Needs a case of Viewer.rows."""
    fields, face = viewer.fields(case), policies.face(viewer, case)
    body: dict[str, Any] = {"id": str(case.pk)}
    for name in _VALUES:
        if name in fields:
            body[name] = shapes.plain(face[name] if name in face else getattr(case, name))
    if "student" in fields:
        body["student"] = shapes.student(case.student)
    if "placement" in fields:
        body["placement"] = None if case.placement_id is None else str(case.placement_id)
    if "owner" in fields:
        body["owner"] = shapes.person(case.owner)
    return body


def report(file: case_files.CaseFile, one: CrisisReport, fields: frozenset[str]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if one.pk in file.supplements:
        body["supplement"] = file.supplements[one.pk]
    for name in _REPORT_VALUES:
        if name in fields:
            body[name] = shapes.plain(getattr(one, name))
    if "reporter" in fields:
        body["reporter"] = shapes.person(one.reporter)
    return body


def entry(one: timeline.Entry) -> dict[str, Any]:
    body: dict[str, Any] = {
        "at": one.at.isoformat(),
        "kind": one.kind,
        "payload": one.payload,
    }
    if one.actor is not None and one.actor_name:
        body["actor"] = {"id": str(one.actor), "name": one.actor_name}
    return body
