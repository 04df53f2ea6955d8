"""Cases as this reader may see them, and what the team may do there."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from api import case_shapes, idempotency, pagination, shapes
from api.auth import identity_of
from api.case_shapes import (
    AcknowledgedSerializer,
    CaseDetailSerializer,
    CaseSerializer,
    EntrySerializer,
)
from api.problems import Problem, Refused
from api.schema import PAGING, describe, page_of
from api.views import ApiView, Nothing, read_body, viewing
from parties.access import Viewer
from parties.cursors import Cursors
from workflow import case_files, cases, timeline
from workflow.models import Case

_TIMELINE_LIMIT: Final = pagination.LARGEST_LIMIT


def _with_owner(viewer: Viewer) -> QuerySet[Case]:
    return viewer.rows(Case).select_related("owner")


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
            found, following = pagination.kept_page(
                _with_owner,
                viewer,
                by=("-opened_at", "pk"),
                cursors=Cursors.of(viewer, "cases"),
                request=request,
            )
            return Response(
                pagination.answer(found, following, lambda row: case_shapes.shown(viewer, row))
            )


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
            body = case_shapes.shown(viewer, file.case)
            body["may"] = sorted(act.value for act in file.may)
            if "owner" in file.fields:
                body["waiting"] = file.waiting
                body["reports"] = [case_shapes.report(file, *each) for each in file.reports]
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
                {"results": [case_shapes.entry(one) for one in found[:limit]], "next": following}
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
                    "acknowledged_at": shapes.moment(taken.acknowledged_at),
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
                return Response(case_shapes.shown(now, case))

        return idempotency.once(request, given, act)


def _see(request: Request, case_id: UUID) -> Viewer:
    """Whoever asks must see the case before anything is done or answered again."""
    identity = identity_of(request)
    with viewing(request) as viewer:
        viewer.get(Case, case_id)
    if identity.is_bound and identity.case_id != case_id:
        raise Refused(Problem("link.bound"))
    return viewer
