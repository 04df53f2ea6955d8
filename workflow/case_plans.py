"""The plan of one case, for whoever works on it: its items, and what a new one may name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parties import relations
from parties.access import Viewer
from parties.errors import NotFound
from parties.models import GuardianLink, Placement, Student
from parties.roles import Role
from records import plan_consensus
from records.meetings import family
from records.models import ActionItem
from workflow import contacts, exclusions, policies
from workflow.models import Case

#: Who at school takes on an item.
_STAFF: Final = (Role.HT, Role.ST, Role.GL, Role.PSY, Role.ME, Role.FA, Role.DOC)
_PLANNED: Final = (Case.Channel.MEETING, Case.Channel.NOTICE)

#: Whom an item may name: the id, and how people call them.
Owner = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class CasePlan:
    """`points` are those of a consensus that both sides were asked to sign."""

    case: Case
    student: Student
    items: Sequence[ActionItem]
    owners: Sequence[Owner]
    points: Sequence[tuple[UUID, str]]


def planned(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer works on a case that has a plan. Inside a scope."""
    running = case.closed_at is None and case.channel in _PLANNED
    return running and case.student_id is not None and policies.on_team(viewer, case)


def read(viewer: Viewer, case_id: UUID) -> CasePlan:
    """Inside a scope. Raises NotFound: no such case, no plan of it, or not worked on by them."""
    case = viewer.get(Case, case_id)
    if case.student is None or not planned(viewer, case):
        raise NotFound("没有找到。")
    items = viewer.rows(ActionItem).filter(case_id=case_id).select_related("owner_person")
    return CasePlan(
        case=case,
        student=case.student,
        items=list(items.order_by("created_at", "pk")),
        owners=[*_at_home(viewer, case), *_at_school(viewer, case), *_at_company(case)],
        points=[(one.pk, one.text) for one in plan_consensus.of_case(viewer, case_id)],
    )


def _at_home(viewer: Viewer, case: Case) -> list[Owner]:
    """Nobody whom the school must not meet: an item is a message to its owner."""
    if case.student is None:
        return []
    named = contacts.named(case)
    invited = family.of(case.student, at=viewer.at, named=named).invited
    links = GuardianLink.objects.filter(student=case.student, guardian__in=invited)
    return [
        (link.guardian_id, f"{link.guardian.name}（家庭，{link.get_relation_display()}）")
        for link in links.select_related("guardian").order_by("contact_priority", "pk")
    ]


def _at_school(viewer: Viewer, case: Case) -> list[Owner]:
    shut_out, found = exclusions.excluded_people(case), dict[UUID, str]()
    for role in _STAFF:
        for post in relations.holders(role=role, at=viewer.at, student=case.student):
            if post.person.pk not in shut_out:
                found.setdefault(post.person.pk, f"{post.person.name}（学校，{role.label}）")
    return list(found.items())


def _at_company(case: Case) -> list[Owner]:
    if case.student is None:
        return []
    running = case.student.placements.filter(state=Placement.State.ACTIVE)
    away = exclusions.excluded_people(case)
    return [
        (one.mentor.pk, f"{one.mentor.name}（企业，指导教师）")
        for one in running.select_related("mentor")
        if one.mentor is not None and one.mentor_id not in away
    ]
