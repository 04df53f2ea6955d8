"""The plan of one case, for whoever works on it: its items, and what a new one may name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parties.access import Viewer
from parties.errors import NotFound
from parties.models import Student
from records import plan_consensus
from records.models import ActionItem
from workflow import owner_choices, policies
from workflow.models import Case
from workflow.owner_choices import Choice

_PLANNED: Final = (Case.Channel.MEETING, Case.Channel.NOTICE)


@dataclass(frozen=True, slots=True)
class CasePlan:
    """`points` are those of a consensus that both sides were asked to sign; `goes_on` where items
    may be added.
    """

    case: Case
    student: Student
    items: Sequence[ActionItem]
    owners: Sequence[Choice]
    points: Sequence[tuple[UUID, str]]
    goes_on: bool


def planned(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer works on a case that has a plan. Inside a scope."""
    running = case.closed_at is None and case.channel in _PLANNED
    return running and case.student_id is not None and policies.on_team(viewer, case)


def has_any(viewer: Viewer, case: Case) -> bool:
    """Whether there is a plan to open: one that goes on, or what a case that is over, or that a
    crisis took up, has agreed on. Inside a scope.
    """
    if planned(viewer, case):
        return True
    works = case.student_id is not None and policies.on_team(viewer, case)
    return works and viewer.rows(ActionItem).filter(case_id=case.pk).exists()


def read(viewer: Viewer, case_id: UUID) -> CasePlan:
    """Inside a scope. Raises NotFound: no such case, no plan of it, or not worked on by them."""
    case = viewer.get(Case, case_id)
    if case.student is None or not has_any(viewer, case):
        raise NotFound("没有找到。")
    items = viewer.rows(ActionItem).filter(case_id=case_id).select_related("owner_person")
    goes_on = planned(viewer, case)
    return CasePlan(
        case=case,
        student=case.student,
        items=list(items.order_by("created_at", "pk")),
        owners=owner_choices.of_case(viewer, case) if goes_on else (),
        points=_points(viewer, case) if goes_on else (),
        goes_on=goes_on,
    )


def _points(viewer: Viewer, case: Case) -> Sequence[tuple[UUID, str]]:
    return [(one.pk, one.text) for one in plan_consensus.of_case(viewer, case.pk)]
