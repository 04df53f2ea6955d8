"""A school with one long file: ten thousand entries, of which the family may see six in ten."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from config.bench import family, mixture
from parties import schools, tenancy
from parties.models import Account, GuardianLink, Person, School, SchoolClass, Student

ENTRIES: Final = 10_000
LOGIN: Final = "bench-mother"

_BATCH: Final = 1_000


def fill(*, password: str, at: datetime, entries: int = ENTRIES) -> tuple[School, UUID]:
    """The school and the student; the mother signs in as LOGIN. Opens its own scopes."""
    school = schools.found(code="BENCH", name="测速学校")
    with tenancy.scope(school.pk):
        student = _student(school)
        story = family.begin(student, _mother(school, student, password), at=at)
    for begin in range(0, entries, _BATCH):
        with tenancy.scope(school.pk):
            mixture.enter(story, range(begin, min(begin + _BATCH, entries)))
    return school, student.pk


def _student(school: School) -> Student:
    school_class = SchoolClass.objects.create(school=school, code="2401", name="2401", grade="2024")
    person = Person.objects.create(school=school, name="测速学生")
    return Student.objects.create(
        school=school,
        person=person,
        student_no="B00001",
        school_class=school_class,
        birth_date=date(2009, 5, 14),
    )


def _mother(school: School, student: Student, password: str) -> Person:
    mother = Person.objects.create(school=school, name="测速母亲")
    GuardianLink.objects.create(
        school=school, student=student, guardian=mother, relation="MOTHER", contact_priority=1
    )
    account = Account(school=school, person=mother, login=LOGIN)
    account.set_password(password)
    account.save()
    return mother
