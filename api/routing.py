"""Which channel a case is in and why: upgrade, downgrade, and who decided."""

from typing import Any, Final
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.routing_shapes import (
    ConfirmBody,
    DowngradeBody,
    MovedSerializer,
    RoutingSerializer,
    UpgradeBody,
    routing_body,
)
from api.schema import describe
from api.views import ApiView, read_body, viewing
from parties.access import Viewer
from workflow import rerouting, routing_files, stabilising
from workflow.models import Case
from workflow.reports import Suspect
from workflow.upgrading import UpgradeInput

_CODES: Final = (
    "access.not_found",
    "access.not_allowed",
    "task.conflict_of_interest",
    "task.same_person",
    "state.wrong",
)


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
            return Response(routing_body(routing_files.read(viewer=viewer, case_id=case_id)))


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
