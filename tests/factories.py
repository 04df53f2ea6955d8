"""A small believable school for tests: named people, each with a reason to be there.

`build_world()` opens its own scope; the fixtures put back one that was built before
(tests/kept_worlds.py). Names say the part: the *stranger* has no relation to the
student at all, and there is another school that must never notice anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parties import crypto, schools, tenancy
from parties.models import (
    Company,
    CompanyMember,
    DutyShift,
    GuardianLink,
    Membership,
    Person,
    Placement,
    School,
    SchoolClass,
    Student,
)
from parties.roles import Role

CN: Final = ZoneInfo("Asia/Shanghai")

#: Friday 22:40 in Shanghai, before a working Saturday (调休). Tests move on from here.
NOW: Final = datetime(2026, 10, 9, 22, 40, tzinfo=CN).astimezone(UTC)
LONG_AGO: Final = NOW - timedelta(days=400)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

_numbers: Iterator[int] = count(1)


@dataclass
class World:
    """One school, one student and everybody around them."""

    school: School
    people: dict[str, Person] = field(default_factory=dict)
    school_class: SchoolClass = field(init=False)
    other_class: SchoolClass = field(init=False)
    student: Student = field(init=False)
    company: Company = field(init=False)
    placement: Placement = field(init=False)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    @property
    def id(self) -> int:
        return self.school.pk

    def add(self, name: str, *, phone: str = "", email: str = "") -> Person:
        """A person, reachable only where a phone or an e-mail is given. Inside a scope."""
        made = Person(school=self.school, name=name, phone=phone, email=email)
        made.phone_index = crypto.blind_index(None, "phone", phone) if phone else None
        made.email_index = crypto.blind_index(None, "email", email) if email else None
        made.save()
        self.people[name] = made
        return made

    def staff(self, name: str, role: Role, **post: Any) -> Person:
        """A staff member with a post; everybody at school has a phone. Inside a scope."""
        made = self.add(name, phone=f"+8619900{next(_numbers):06d}")
        Membership.objects.create(
            school=self.school, person=made, role=role, starts_at=LONG_AGO, **post
        )
        return made

    def duty(self, name: str, role: Role, **shift: Any) -> DutyShift:
        """`name` is on the roster from now for 12 hours. Inside a scope."""
        times = {"starts_at": NOW - HOUR, "ends_at": NOW + 12 * HOUR}
        return DutyShift.objects.create(
            school=self.school, role=role, person=self[name], **{**times, **shift}
        )

    def guardian(self, name: str, relation: str, **link: Any) -> Person:
        """A guardian of the student. Inside a scope."""
        number = next(_numbers)
        made = self.add(name, phone=f"+8619911{number:06d}", email=f"g{number}@family.test")
        GuardianLink.objects.create(
            school=self.school,
            student=self.student,
            guardian=made,
            relation=relation,
            **{"contact_priority": len(self.people), **link},
        )
        return made

    def pupil(self, name: str, school_class: SchoolClass) -> Student:
        """A student of `school_class`. Inside a scope."""
        return Student.objects.create(
            school=self.school,
            person=self.add(name),
            student_no=f"S{next(_numbers):05d}",
            school_class=school_class,
            birth_date=date(2009, 5, 14),
        )


def build_world() -> World:
    """Everybody that the crisis ladder of the design knows, and who must never be on it."""
    number = next(_numbers)
    school = schools.found(code=f"T{number}", name=f"测试学校{number}")
    world = World(school)
    with tenancy.scope(world.id):
        _classes(world)
        _staff(world)
        _family(world)
        _company(world)
    return world


def _classes(world: World) -> None:
    world.school_class = SchoolClass.objects.create(
        school=world.school, code="2401", name="数控2401", grade="2024"
    )
    world.other_class = SchoolClass.objects.create(
        school=world.school, code="2502", name="护理2502", grade="2025"
    )
    world.student = world.pupil("student", world.school_class)
    world.pupil("classmate", world.school_class)


def _staff(world: World) -> None:
    world.staff("teacher", Role.HT, school_class=world.school_class)
    world.staff("stranger", Role.HT, school_class=world.other_class)
    world.staff("counsellor", Role.PSY)
    world.staff("grade_leader", Role.GL, grade="2024")
    world.staff("duty_officer", Role.ME)
    world.staff("head_of_office", Role.ME, head=True)
    world.staff("vice_principal", Role.VP)
    world.staff("principal", Role.PR)
    world.staff("deputy", Role.FA, deputy=True)
    world.staff("auditor", Role.AUD)
    world.duty("duty_officer", Role.ME)


def _family(world: World) -> None:
    world.guardian("father", GuardianLink.Relation.FATHER)
    world.guardian("mother", GuardianLink.Relation.MOTHER)


def _company(world: World) -> None:
    world.company = Company.objects.create(
        school=world.school, uscc=f"91420100MA{next(_numbers):08d}", name="测试机械有限公司"
    )
    mentor = world.add("mentor", phone=f"+8619922{next(_numbers):06d}")
    CompanyMember.objects.create(
        school=world.school,
        company=world.company,
        person=mentor,
        role=Role.CM,
        starts_at=LONG_AGO,
    )
    world.placement = Placement.objects.create(
        school=world.school,
        agreement_no=f"XY{next(_numbers):05d}",
        student=world.student,
        company=world.company,
        mentor=mentor,
        post="数控操作",
        starts_on=(NOW - timedelta(days=60)).date(),
        ends_on=(NOW + timedelta(days=60)).date(),
        state=Placement.State.ACTIVE,
    )


def people_of(world: World, ids: frozenset[UUID] | set[UUID]) -> set[str]:
    """Names in the world of the people with these ids, for readable assertions."""
    return {name for name, person in world.people.items() if person.pk in ids}
