"""A small school for the campaign: everybody a crisis needs, and those who must never learn of it.

Written through the models, as an importer would; every person has a password.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from parties import schools, tenancy
from parties.models import (
    Account,
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

#: A Tuesday morning in Shanghai; the clock runs and jumps from here.
BEGINS: Final = datetime(2026, 10, 13, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
#: Posts and shifts outlast every jump of the clock.
_LONG: Final = timedelta(days=3650)
_POSTS: Final[Sequence[tuple[str, Role, Mapping[str, Any]]]] = (
    ("counsellor", Role.PSY, {}),
    ("grade_leader", Role.GL, {"grade": "2024"}),
    ("duty_officer", Role.ME, {}),
    ("head_of_office", Role.ME, {"head": True}),
    ("vice_principal", Role.VP, {}),
    ("principal", Role.PR, {}),
    ("deputy", Role.FA, {"deputy": True}),
)


@dataclass
class Cast:
    """Whom the load plays: login and id by part, and the students reports are about."""

    school_id: int
    code: str
    password: str
    people: dict[str, str] = field(default_factory=dict)
    students: list[str] = field(default_factory=list)
    class_id: str = ""

    def login(self, part: str) -> str:
        return login(self.code, part)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def login(code: str, part: str) -> str:
    return f"{code.lower()}-{part.replace('_', '-')}"


def found(*, code: str, password: str) -> Cast:
    """The school of `code` with all its people. Opens its own scope."""
    school = schools.found(code=code, name=f"演练学校{code}")
    # Throw-away people: signing in must cost the machine nothing that the load could use.
    hashed = PBKDF2PasswordHasher().encode(password, code, iterations=1)
    maker = _Maker(school, Cast(school.pk, code, password), hashed)
    with tenancy.scope(school.pk):
        maker.fill()
    return maker.cast


class _Maker:
    def __init__(self, school: School, cast: Cast, hashed: str) -> None:
        self.school, self.cast, self._hashed = school, cast, hashed

    def fill(self) -> None:
        own = self._class("2401", "2024")
        other = self._class("2502", "2025")
        self.cast.class_id = str(own.pk)
        self._post("teacher", Role.HT, school_class=own)
        self._post("stranger", Role.HT, school_class=other)
        for part, role, post in _POSTS:
            self._post(part, role, **post)
        duty = UUID(self.cast.people["duty_officer"])
        DutyShift.objects.create(
            school=self.school,
            role=Role.ME,
            person_id=duty,
            starts_at=BEGINS - _LONG,
            ends_at=BEGINS + _LONG,
        )
        pupils = [self._pupil(number, own) for number in range(2)]
        for part, relation in (("father", "FATHER"), ("mother", "MOTHER")):
            self._guardian(part, relation, pupils)
        self._mentor(pupils[0])

    def _class(self, code: str, grade: str) -> SchoolClass:
        return SchoolClass.objects.create(
            school=self.school, code=code, name=f"{code}班", grade=grade
        )

    def _person(self, part: str) -> Person:
        number = self.school.pk * 1000 + len(self.cast.people)
        person = Person.objects.create(
            school=self.school, name=f"{part}-{self.cast.code}", phone=f"+8619900{number:06d}"
        )
        Account.objects.create(
            school=self.school,
            person=person,
            login=login(self.cast.code, part),
            password=self._hashed,
            is_active=True,
        )
        self.cast.people[part] = str(person.pk)
        return person

    def _post(self, part: str, role: Role, **post: Any) -> None:
        Membership.objects.create(
            school=self.school,
            person=self._person(part),
            role=role,
            starts_at=BEGINS - _LONG,
            **post,
        )

    def _pupil(self, number: int, school_class: SchoolClass) -> Student:
        pupil = Student.objects.create(
            school=self.school,
            person=self._person(f"student_{number}"),
            student_no=f"S{number:05d}",
            school_class=school_class,
            birth_date=date(2009, 5, 14),
        )
        self.cast.students.append(str(pupil.pk))
        return pupil

    def _guardian(self, part: str, relation: str, pupils: list[Student]) -> None:
        guardian = self._person(part)
        for pupil in pupils:
            GuardianLink.objects.create(
                school=self.school,
                student=pupil,
                guardian=guardian,
                relation=relation,
                contact_priority=len(self.cast.people),
            )

    def _mentor(self, pupil: Student) -> None:
        company = Company.objects.create(
            school=self.school, uscc=f"91420100MA{self.school.pk:08d}", name="演练机械有限公司"
        )
        mentor = self._person("mentor")
        CompanyMember.objects.create(
            school=self.school,
            company=company,
            person=mentor,
            role=Role.CM,
            starts_at=BEGINS - _LONG,
        )
        Placement.objects.create(
            school=self.school,
            agreement_no="XY00001",
            student=pupil,
            company=company,
            mentor=mentor,
            post="数控操作",
            starts_on=(BEGINS - timedelta(days=60)).date(),
            ends_on=(BEGINS + timedelta(days=300)).date(),
            state=Placement.State.ACTIVE,
        )
