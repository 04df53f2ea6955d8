"""A small school for the benches of cases: one of each post, one student, one family."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from parties import crypto, schools, tenancy
from parties.models import GuardianLink, Membership, Person, School, SchoolClass, Student
from parties.roles import Role

_SINCE: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is there; staff by the code of their role."""

    school: School
    student: Student
    staff: dict[str, Person]


def found(code: str, *, at: datetime) -> Cast:
    """The school of `code` and everybody in it. Opens its own scopes."""
    school = schools.found(code=code, name="测速学校")
    with tenancy.scope(school.pk):
        school_class = SchoolClass.objects.create(
            school=school, code="2401", name="2401", grade="2024"
        )
        posts: dict[Role, dict[str, Any]] = {
            Role.HT: {"school_class": school_class},
            Role.GL: {"grade": school_class.grade},
            **{role: {} for role in (Role.ME, Role.PSY, Role.VP, Role.PR, Role.DOC)},
        }
        staff = {
            role.value: _staff(school, role, number, since=at - _SINCE, **post)
            for number, (role, post) in enumerate(posts.items())
        }
        student = _student(school, school_class)
        _guardian(school, student)
    return Cast(school, student, staff)


def person(school: School, name: str, *, phone: str = "") -> Person:
    """A person who can be reached, if `phone` is given. Inside a scope."""
    made = Person(school=school, name=name, phone=phone)
    made.phone_index = crypto.blind_index(None, "phone", phone) if phone else None
    made.save()
    return made


def _staff(school: School, role: Role, number: int, *, since: datetime, **post: Any) -> Person:
    made = person(school, f"测速{role.label}", phone=f"+8619900{number:06d}")
    Membership.objects.create(school=school, person=made, role=role, starts_at=since, **post)
    return made


def _student(school: School, school_class: SchoolClass) -> Student:
    return Student.objects.create(
        school=school,
        person=person(school, "测速学生"),
        student_no="B00001",
        school_class=school_class,
        birth_date=date(2009, 5, 14),
    )


def _guardian(school: School, student: Student) -> None:
    GuardianLink.objects.create(
        school=school,
        student=student,
        guardian=person(school, "测速母亲", phone="+8619911000001"),
        relation=GuardianLink.Relation.MOTHER,
        contact_priority=1,
    )
