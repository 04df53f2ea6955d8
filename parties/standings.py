"""Every relation that one person stands in at a moment, in six statements."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from parties import statements
from parties.likeness import Ids
from parties.models import (
    CompanyMember,
    GuardianLink,
    Membership,
    Person,
    Placement,
    Restriction,
    Student,
)
from parties.relations import in_force
from parties.roles import Role

_RUNNING: Final = (Placement.State.ACTIVE, Placement.State.SUSPENDED)
#: Whoever is under one of these learns nothing of the student.
_BARRING: Final = (Restriction.Kind.NO_CONTACT, Restriction.Kind.DO_NOT_TELL)


def memberships(person: Person, at: datetime) -> Collection[Membership]:
    """Posts at the school, in a stable order."""
    return statements.rows(_memberships, person, at)


def own_student(person: Person) -> UUID | None:
    """The student that this person is."""
    return next((found.pk for found in statements.rows(_students, person, limit=1)), None)


def wards(person: Person, at: datetime) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """All students of this guardian, and those without a restriction in force."""
    links = statements.rows(_links, person)
    readable = {link.student_id: link.child_data_access for link in links}
    if not readable:
        return frozenset(), frozenset()
    told = {pk for pk, open_ in readable.items() if open_}
    told -= {found.student_id for found in statements.rows(_barred, person, at)}
    return frozenset(readable), frozenset(told)


def was_barred(person: Person, student_id: UUID, *, since: datetime, until: datetime) -> bool:
    """Whether a restriction kept this person from the student at any moment of that time."""
    orders = Restriction.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=since),
        person=person,
        student=student_id,
        case_id=None,
        kind__in=_BARRING,
        starts_at__lte=until,
    )
    return orders.exists()


def company_roles(person: Person, at: datetime) -> Mapping[UUID, frozenset[Role]]:
    """Roles at each company."""
    held: dict[UUID, frozenset[Role]] = {}
    for found in statements.rows(_company_members, person, at):
        held[found.company_id] = held.get(found.company_id, frozenset()) | {Role(found.role)}
    return held


def interns(
    person: Person, companies: Mapping[UUID, Collection[Role]], at: datetime
) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Own mentees, and everybody at the companies administered; by the school's own calendar."""
    if not companies:
        return frozenset(), frozenset()
    found = statements.rows(_placements, Ids(companies), timezone.localdate(at))
    mentees = frozenset(one.student_id for one in found if one.mentor_id == person.pk)
    managed = frozenset(one.student_id for one in found if Role.CA in companies[one.company_id])
    return mentees, managed


def _memberships(person: Person, at: datetime) -> QuerySet[Membership]:
    return in_force(Membership.objects.filter(person=person), at).order_by("pk")


def _students(person: Person) -> QuerySet[Student]:
    return Student.objects.filter(person=person).only("pk").order_by("pk")


def _links(person: Person) -> QuerySet[GuardianLink]:
    links = GuardianLink.objects.filter(guardian=person, state=GuardianLink.State.LIVE)
    return links.only("student_id", "child_data_access")


def _barred(person: Person, at: datetime) -> QuerySet[Restriction]:
    orders = Restriction.objects.filter(person=person, case_id=None, kind__in=_BARRING)
    return in_force(orders, at).only("student_id")


def _company_members(person: Person, at: datetime) -> QuerySet[CompanyMember]:
    members = in_force(CompanyMember.objects.filter(person=person), at)
    return members.only("company_id", "role")


def _placements(companies: Ids, today: date) -> QuerySet[Placement]:
    running = Placement.objects.filter(
        statements.among("company_id", companies),
        state__in=_RUNNING,
        starts_on__lte=today,
        ends_on__gte=today,
    )
    return running.only("student_id", "company_id", "mentor_id")
