"""A school with one long file: ten thousand entries, of which the family may see six in ten."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from parties import schools, tenancy
from parties.models import Account, GuardianLink, Person, School, SchoolClass, Student
from records.models import FileEntry
from workflow import case_entries
from workflow.models import Case

ENTRIES: Final = 10_000
LOGIN: Final = "bench-mother"

#: What comes round and round: notices and meetings that the family sees, meetings that nobody has
#: routed yet, and crises that the file hides from it.
_ROUND: Final[tuple[dict[str, str], ...]] = (
    {"channel": "NOTICE", "shown_channel": "NOTICE"},
    {"channel": "CRISIS"},
    {"channel": "NOTICE", "shown_channel": "NOTICE"},
    {"channel": "MEETING", "shown_channel": "MEETING"},
    {"channel": "MEETING"},
)
_GAP: Final = timedelta(minutes=37)
_BATCH: Final = 1_000


def fill(*, password: str, at: datetime, entries: int = ENTRIES) -> tuple[School, UUID]:
    """The school and the student; the mother signs in as LOGIN. Opens its own scopes."""
    school = schools.found(code="BENCH", name="测速学校")
    with tenancy.scope(school.pk):
        student = _student(school)
        _mother(school, student, password)
    for begin in range(0, entries, _BATCH):
        with tenancy.scope(school.pk):
            _enter(student, range(begin, min(begin + _BATCH, entries)), at)
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


def _mother(school: School, student: Student, password: str) -> None:
    mother = Person.objects.create(school=school, name="测速母亲")
    GuardianLink.objects.create(
        school=school, student=student, guardian=mother, relation="MOTHER", contact_priority=1
    )
    account = Account(school=school, person=mother, login=LOGIN)
    account.set_password(password)
    account.save()


def _enter(student: Student, numbers: range, at: datetime) -> None:
    cases = Case.objects.bulk_create([_case(student, number, at) for number in numbers])
    FileEntry.objects.bulk_create(
        [FileEntry(school_id=student.school_id, **case_entries.columns(case)) for case in cases]
    )


def _case(student: Student, number: int, at: datetime) -> Case:
    moment = at - number * _GAP
    values: dict[str, Any] = dict(_ROUND[number % len(_ROUND)])
    return Case(
        school_id=student.school_id, student=student, opened_at=moment, alarm_at=moment, **values
    )
