"""Whom an item of a plan may name: of each party, who may be told of it and can answer for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from parties import relations
from parties.access import Viewer
from parties.models import CompanyMember, GuardianLink, Placement
from parties.relations import in_force
from parties.roles import Role
from records.meetings import family
from records.models import ActionItem
from workflow import contacts, exclusions
from workflow.models import Case

_PARTY: Final = ActionItem.Party
#: Who at school takes on an item.
_STAFF: Final = (Role.HT, Role.ST, Role.GL, Role.PSY, Role.ME, Role.FA, Role.DOC)

#: The id, and how people call them.
Choice = tuple[UUID, str]


def of_case(viewer: Viewer, case: Case) -> Sequence[Choice]:
    """Of every party that has people to choose from. Inside a scope."""
    shown = (_PARTY.FAMILY, _PARTY.SCHOOL, _PARTY.COMPANY)
    return [one for party in shown for one in of_party(viewer, case, party)]


def of_party(viewer: Viewer, case: Case, party: str) -> Sequence[Choice]:
    """What the student does is nobody else's. Inside a scope."""
    if party == _PARTY.FAMILY:
        return _at_home(viewer, case)
    if party == _PARTY.SCHOOL:
        return _at_school(viewer, case)
    return _at_company(viewer, case) if party == _PARTY.COMPANY else []


def _at_home(viewer: Viewer, case: Case) -> list[Choice]:
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


def _at_school(viewer: Viewer, case: Case) -> list[Choice]:
    shut_out, found = exclusions.excluded_people(case), dict[UUID, str]()
    for role in _STAFF:
        for post in relations.holders(role=role, at=viewer.at, student=case.student):
            if post.person.pk not in shut_out:
                found.setdefault(post.person.pk, f"{post.person.name}（学校，{role.label}）")
    return list(found.items())


def _at_company(viewer: Viewer, case: Case) -> list[Choice]:
    if case.student is None:
        return []
    running = case.student.placements.filter(state=Placement.State.ACTIVE)
    away = exclusions.excluded_people(case)
    return [
        (one.mentor.pk, f"{one.mentor.name}（企业，指导教师）")
        for one in running.select_related("mentor")
        if one.mentor is not None and one.mentor_id not in away and _is_there(one, viewer.at)
    ]


def _is_there(placement: Placement, at: datetime) -> bool:
    """Whether the mentor is still of that company."""
    members = CompanyMember.objects.filter(company=placement.company_id)
    return in_force(members, at).filter(person=placement.mentor_id).exists()
