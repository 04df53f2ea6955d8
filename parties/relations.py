"""Who holds which post towards a student at a moment, and who stands in for them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from parties.models import Absence, DutyShift, Membership, Person, Student
from parties.roles import Role

T = TypeVar("T", bound=Model)

#: Posts that look after one class or one grade; all other roles serve the whole school.
_OF_A_CLASS = frozenset({Role.HT, Role.ST})
_OF_A_GRADE = frozenset({Role.GL})


@dataclass(frozen=True, slots=True)
class Post:
    """A person in a role, and who stands in when they cannot act."""

    person: Person
    role: Role
    substitute: Person | None


def in_force(rows: QuerySet[T], at: datetime) -> QuerySet[T]:
    """Rows whose [starts_at, ends_at) holds `at`; the end is exclusive."""
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


def holders(
    *,
    role: Role,
    at: datetime,
    student: Student | None = None,
    head: bool = False,
    deputy: bool = False,
) -> Sequence[Post]:
    """Everybody who holds `role` for `student`, in a stable order.

    Without a student, class and grade posts cannot be told apart: class posts then give nobody,
    grade posts everybody, because waking one too many is the smaller harm.
    """
    rows = in_force(Membership.objects.filter(role=role), at)
    if head:
        rows = rows.filter(head=True)
    if deputy:
        rows = rows.filter(deputy=True)
    rows = _for_student(rows, role, student)
    return [
        Post(row.person, role, row.substitute)
        for row in rows.select_related("person", "substitute").order_by("starts_at", "pk")
    ]


def _for_student(
    rows: QuerySet[Membership], role: Role, student: Student | None
) -> QuerySet[Membership]:
    if role in _OF_A_CLASS:
        if student is None:
            return rows.none()
        return rows.filter(school_class=student.school_class_id)
    if role in _OF_A_GRADE and student is not None:
        return rows.filter(Q(grade="") | Q(grade=student.school_class.grade))
    return rows


def deputies(*, at: datetime) -> Sequence[Post]:
    """The named deputies outside the line, whatever role they hold."""
    rows = in_force(Membership.objects.filter(deputy=True), at)
    return [
        Post(row.person, Role(row.role), row.substitute)
        for row in rows.select_related("person", "substitute").order_by("starts_at", "pk")
    ]


def on_duty(*, role: Role, at: datetime, student: Student | None = None) -> Sequence[Post]:
    """Who is on the roster for `role` at `at`; nobody on the roster means every holder."""
    shifts = in_force(DutyShift.objects.filter(role=role), at)
    rostered = [
        Post(shift.person, role, shift.substitute)
        for shift in shifts.select_related("person", "substitute").order_by("starts_at", "pk")
    ]
    return rostered or holders(role=role, at=at, student=student)


def able(posts: Iterable[Post], *, at: datetime, excluded: Collection[UUID]) -> Sequence[Person]:
    """Who can act: each holder, else their substitute; the absent and the excluded are left out."""
    posts = list(posts)
    away = absent(at=at)
    found: dict[UUID, Person] = {}
    for post in posts:
        for person in (post.person, post.substitute):
            if person is not None and person.pk not in away and person.pk not in excluded:
                found.setdefault(person.pk, person)
                break
    return list(found.values())


def absent(*, at: datetime) -> frozenset[UUID]:
    """Ids of everybody who is away at `at`."""
    return frozenset(in_force(Absence.objects.all(), at).values_list("person_id", flat=True))
