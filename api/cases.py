"""Cases as this reader may see them, and what the team may do there."""

from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination, shapes
from api.auth import identity_of
from api.problems import Problem, Refused
from api.schema import PAGING, describe, objects, page_of
from api.shapes import PersonSerializer, StudentSerializer
from api.views import ApiView, Nothing, read_body, viewing
from parties.access import Viewer
from parties.cursors import Cursors
from workflow import case_files, cases, policies, timeline
from workflow.models import Case, CrisisReport, Escalation

_TIMELINE_LIMIT: Final = pagination.LARGEST_LIMIT


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


class CasesView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "我可以查看的事项",
        answers={200: page_of("CasePage", CaseSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=PAGING,
        tags=["cases"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            found, following = pagination.page(
                viewer.rows(Case).select_related("owner"),
                by=("-opened_at", "pk"),
                cursors=Cursors.of(viewer, "cases"),
                request=request,
            )
            return Response(pagination.answer(found, following, lambda row: shown(viewer, row)))


class CaseView(ApiView):
    @describe(
        "一个事项",
        description="看不到的内容不出现；看不到的事项与不存在的事项答复相同（404）。",
        answers={200: CaseDetailSerializer},
        codes=["access.not_found"],
        tags=["cases"],
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        with viewing(request) as viewer:
            file = case_files.read(viewer=viewer, case_id=case_id)
            body = shown(viewer, file.case)
            body["may"] = sorted(act.value for act in file.may)
            if "owner" in file.fields:
                body["waiting"] = file.waiting
                body["reports"] = [_report(file, *each) for each in file.reports]
            return Response(body)


class TimelineView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "事项的经过",
        answers={200: page_of("TimelinePage", EntrySerializer(many=True))},
        codes=["access.not_found", "cursor.invalid"],
        parameters=PAGING,
        tags=["cases"],
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        with viewing(request) as viewer:
            case = viewer.get(Case, case_id)
            cursors = Cursors.of(viewer, "timeline", [str(case_id)])
            place, limit = pagination.place_in(cursors, request), pagination.limit_of(request)
            case_files.record(viewer, case, what="timeline")
            after = int(place[0]) if place else 0
            found = timeline.entries(viewer, case, after=after, limit=limit + 1)
            following = cursors.seal([found[limit - 1].number]) if len(found) > limit else None
            return Response(
                {"results": [_entry(entry) for entry in found[:limit]], "next": following}
            )


class AcknowledgeView(ApiView):
    open_to_bound_links = True

    @describe(
        "接报",
        description="本人重复接报视为成功。",
        body=Nothing,
        answers={200: AcknowledgedSerializer},
        codes=["access.not_found", "access.not_allowed", "state.wrong"],
        tags=["cases"],
        post=True,
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, Nothing)
        viewer = _see(request, case_id)

        def act() -> Response:
            taken = cases.acknowledge(
                school_id=viewer.person.school_id, case_id=case_id, by=viewer.person, at=viewer.at
            )
            return Response(
                {
                    "case": str(case_id),
                    "state": str(taken.state),
                    "acknowledged_at": _moment(taken.acknowledged_at),
                }
            )

        return idempotency.once(request, given, act)


class DangerAgainView(ApiView):
    @describe(
        "再次出现危险",
        description="任何阶段都可以：重新通知，重新研判。",
        body=Nothing,
        answers={200: CaseSerializer},
        codes=["access.not_found", "access.not_allowed", "state.wrong"],
        tags=["cases"],
        post=True,
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, Nothing)
        viewer = _see(request, case_id)

        def act() -> Response:
            cases.danger_again(
                school_id=viewer.person.school_id, case_id=case_id, by=viewer.person, at=viewer.at
            )
            with viewing(request) as now:
                case = now.get(Case, case_id)
                return Response(shown(now, case))

        return idempotency.once(request, given, act)


def _see(request: Request, case_id: UUID) -> Viewer:
    """Whoever asks must see the case before anything is done or answered again."""
    identity = identity_of(request)
    with viewing(request) as viewer:
        viewer.get(Case, case_id)
    if identity.is_bound and identity.case_id != case_id:
        raise Refused(Problem("link.bound"))
    return viewer


def shown(viewer: Viewer, case: Case) -> dict[str, Any]:
    """The members that this reader may see, as they may see them. Needs a case of Viewer.rows."""
    fields, face = viewer.fields(case), policies.face(viewer, case)
    body: dict[str, Any] = {"id": str(case.pk)}
    for name in _VALUES:
        if name in fields:
            body[name] = _plain(face[name] if name in face else getattr(case, name))
    if "student" in fields:
        body["student"] = shapes.student(case.student)
    if "placement" in fields:
        body["placement"] = None if case.placement_id is None else str(case.placement_id)
    if "owner" in fields:
        body["owner"] = shapes.person(case.owner)
    return body


def _report(
    file: case_files.CaseFile, report: CrisisReport, fields: frozenset[str]
) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if report.pk in file.supplements:
        body["supplement"] = file.supplements[report.pk]
    for name in _REPORT_VALUES:
        if name in fields:
            body[name] = _plain(getattr(report, name))
    if "reporter" in fields:
        body["reporter"] = shapes.person(report.reporter)
    return body


def _entry(entry: timeline.Entry) -> dict[str, Any]:
    body: dict[str, Any] = {
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "payload": entry.payload,
    }
    if entry.actor is not None and entry.actor_name:
        body["actor"] = {"id": str(entry.actor), "name": entry.actor_name}
    return body


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _moment(value: Any) -> str | None:
    return None if value is None else value.isoformat()
