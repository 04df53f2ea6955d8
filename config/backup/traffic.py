"""`python -m config.backup.traffic`: a school that keeps reporting crises, until told to stop.

What a drill takes its backup under. Says "ready" once cases, sent and unsent messages are there,
and how many cases it reported when it ends. Never on a database of real schools.
"""

import signal
import sys
import time
from datetime import date, datetime, timedelta
from threading import Event
from types import FrameType
from typing import Final
from uuid import uuid4

import django

django.setup()

from parties import clock, schools, tenancy  # noqa: E402
from parties.models import DutyShift, Membership, Person, School, SchoolClass, Student  # noqa: E402
from parties.roles import Role  # noqa: E402
from workflow import cases, sweeps  # noqa: E402
from workflow.reports import ReportInput  # noqa: E402

_FIRST: Final = 12
_SWEEP_EVERY: Final = 5
_PAUSE: Final = 0.005
_DAY: Final = timedelta(days=1)


def found_school() -> tuple[School, Person, Student]:
    """A school with a student, a teacher who reports, and an officer on duty who has a phone."""
    code = f"DRILL-{uuid4().hex[:8]}"
    school = schools.found(code=code, name=f"演练学校 {code}")
    with tenancy.scope(school.pk) as at:
        school_class = SchoolClass.objects.create(
            school=school, code="2401", name="演练2401", grade="2024"
        )
        child = Person.objects.create(school=school, name="演练学生")
        student = Student.objects.create(
            school=school,
            person=child,
            student_no="D00001",
            school_class=school_class,
            birth_date=date(2009, 5, 14),
        )
        teacher = Person.objects.create(school=school, name="演练班主任")
        officer = Person.objects.create(school=school, name="演练值班员", phone="+8619900000001")
        _employ(teacher, Role.HT, at=at, school_class=school_class)
        _employ(officer, Role.ME, at=at)
        DutyShift.objects.create(
            school=school, role=Role.ME, person=officer, starts_at=at - _DAY, ends_at=at + _DAY
        )
    return school, teacher, student


def _employ(
    person: Person, role: Role, *, at: datetime, school_class: SchoolClass | None = None
) -> None:
    Membership.objects.create(
        school_id=person.school_id,
        person=person,
        role=role,
        starts_at=at - _DAY,
        school_class=school_class,
    )


def report(school: School, teacher: Person, student: Student) -> None:
    cases.report_crisis(
        school_id=school.pk,
        reporter=teacher,
        role=Role.HT,
        at=clock.now(),
        report=ReportInput(
            student_id=student.pk, who="", observed="演练：没有来上课", safe_now="UNKNOWN"
        ),
        request_key=f"drill:{uuid4()}",
    )


def main() -> None:
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    actors = found_school()
    count = 0
    while not stop.is_set():
        report(*actors)
        count += 1
        if count % _SWEEP_EVERY == 0 and count < _FIRST:  # later ones stay in the outbox
            sweeps.run(sweeps.CRISIS, via="traffic")
        if count == _FIRST:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
        time.sleep(_PAUSE)
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main()
