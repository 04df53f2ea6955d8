"""Every relation that one person stands in at a moment, in one statement: all requests need it.

That of a post, a link and an order in force is said in parties.relations as well; the tests hold
the two against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from parties import round_trips
from parties.models import Person, Placement, Restriction
from parties.roles import Role

_RUNNING: Final = [Placement.State.ACTIVE.value, Placement.State.SUSPENDED.value]
#: Whoever is under one of these learns nothing of the student.
_BARRING: Final = [Restriction.Kind.NO_CONTACT.value, Restriction.Kind.DO_NOT_TELL.value]

_LOAD: Final = """
WITH ward AS (
    SELECT l.student_id, l.child_data_access AND NOT EXISTS (
        SELECT FROM parties_restriction r
        WHERE r.person_id = %(person)s AND r.student_id = l.student_id AND r.case_id IS NULL
            AND r.kind = ANY(%(barring)s::varchar[]) AND r.starts_at <= %(at)s
            AND (r.ends_at IS NULL OR r.ends_at > %(at)s)
    ) AS told
    FROM parties_guardianlink l WHERE l.guardian_id = %(person)s AND l.state = 'LIVE'
), seat AS (
    SELECT DISTINCT m.company_id, m.role FROM parties_companymember m
    WHERE m.person_id = %(person)s AND m.starts_at <= %(at)s
        AND (m.ends_at IS NULL OR m.ends_at > %(at)s)
), intern AS (
    SELECT p.student_id, p.company_id, p.mentor_id IS NOT DISTINCT FROM %(person)s AS own
    FROM parties_placement p
    WHERE p.company_id IN (SELECT company_id FROM seat) AND p.state = ANY(%(running)s::varchar[])
        AND p.starts_on <= %(today)s AND p.ends_on >= %(today)s
)
SELECT post.roles, post.classes, post.grades, post.heads,
    (SELECT id FROM parties_student WHERE person_id = %(person)s ORDER BY id LIMIT 1),
    ARRAY(SELECT student_id FROM ward), ARRAY(SELECT student_id FROM ward WHERE told),
    ARRAY(SELECT company_id FROM seat), ARRAY(SELECT role FROM seat),
    ARRAY(SELECT student_id FROM intern WHERE own),
    ARRAY(SELECT student_id FROM intern JOIN seat USING (company_id) WHERE seat.role = 'CA')
FROM (
    SELECT coalesce(array_agg(m.role ORDER BY m.id), '{}') AS roles,
        coalesce(array_agg(m.school_class_id ORDER BY m.id), '{}') AS classes,
        coalesce(array_agg(m.grade ORDER BY m.id), '{}') AS grades,
        coalesce(array_agg(m.head ORDER BY m.id), '{}') AS heads
    FROM parties_membership m
    WHERE m.person_id = %(person)s AND m.starts_at <= %(at)s
        AND (m.ends_at IS NULL OR m.ends_at > %(at)s)
) post
"""


@dataclass(frozen=True, slots=True)
class StaffPost:
    """One staff membership, reduced to what decides access."""

    role: Role
    school_class_id: UUID | None
    grade: str
    head: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one person is to the school, to students and to companies.

    `kin` are the students they are a guardian of; `wards` those of them without an order in force
    whose data they may have. `mentees` are their own interns, `managed` all of a company that they
    administer, by the school's own calendar.
    """

    posts: tuple[StaffPost, ...]
    student_id: UUID | None
    kin: frozenset[UUID]
    wards: frozenset[UUID]
    companies: Mapping[UUID, frozenset[Role]]
    mentees: frozenset[UUID]
    managed: frozenset[UUID]


def load(person: Person, at: datetime) -> Standing:
    """Read the relations of `person` in force at `at`. Inside a scope."""
    row = round_trips.execute(
        _LOAD,
        {
            "person": person.pk,
            "at": at,
            "today": timezone.localdate(at),
            "barring": _BARRING,
            "running": _RUNNING,
        },
    ).fetchone()
    if row is None:
        raise TypeError("a SELECT without WHERE answered no row")
    *posts, student_id, kin, wards, companies, roles, mentees, managed = row
    return Standing(
        posts=tuple(_posts(posts)),
        student_id=student_id,
        kin=frozenset(kin),
        wards=frozenset(wards),
        companies=_seats(companies, roles),
        mentees=frozenset(mentees),
        managed=frozenset(managed),
    )


def _posts(columns: Sequence[Sequence[Any]]) -> Iterator[StaffPost]:
    for role, school_class, grade, head in zip(*columns, strict=True):
        yield StaffPost(Role(role), school_class, grade, head)


def _seats(companies: Sequence[UUID], roles: Sequence[str]) -> Mapping[UUID, frozenset[Role]]:
    held: dict[UUID, frozenset[Role]] = {}
    for company, role in zip(companies, roles, strict=True):
        held[company] = held.get(company, frozenset()) | {Role(role)}
    return held


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
