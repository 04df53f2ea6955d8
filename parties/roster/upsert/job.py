"""What every step of one import shares: the school, the moment, what is known, what is found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from parties.models import Company, CompanyMember, Membership, Person, SchoolClass, Student
from parties.roster.findings import Finding, Place
from parties.roster.headers import Purpose
from parties.roster.upsert.changes import Changes
from parties.roster.upsert.people import People

PostKey = tuple[UUID, str, UUID | None, str]
T = TypeVar("T")


class Job:
    """One import into one school, inside its scope. Loads each table at most once."""

    def __init__(
        self, *, school_id: int, at: datetime, purposes: Mapping[str, Purpose] | None = None
    ) -> None:
        self.school_id = school_id
        self.purposes = purposes or {}
        self.at = at
        self.changes = Changes()
        self.findings: list[Finding] = []
        self.notes: list[str] = []

    def complain(self, place: Place, column: str, wrong: str, mend: str) -> None:
        self.findings.append(Finding(place, column, wrong, mend))

    @cached_property
    def people(self) -> People:
        return People(self.school_id, self.changes, self.findings)

    @cached_property
    def classes(self) -> dict[str, SchoolClass]:
        """By code."""
        return {school_class.code: school_class for school_class in SchoolClass.objects.all()}

    @cached_property
    def posts(self) -> dict[PostKey, Membership]:
        """Staff posts by person, role, class and grade."""
        rows = Membership.objects.all()
        return {(m.person_id, m.role, m.school_class_id, m.grade): m for m in rows}

    @cached_property
    def students(self) -> dict[str, Student]:
        """By 学号. The person behind each is in `people`."""
        rows = Student.objects.defer("national_edu_id")
        return {student.student_no: student for student in rows}

    @cached_property
    def companies(self) -> dict[str, Company]:
        """By 统一社会信用代码."""
        return {company.uscc: company for company in Company.objects.all()}

    @cached_property
    def company_members(self) -> dict[tuple[UUID, UUID, str], CompanyMember]:
        """By company, person and role."""
        rows = CompanyMember.objects.all()
        return {(member.company_id, member.person_id, member.role): member for member in rows}

    def school_class(self, place: Place, word: str) -> SchoolClass | None:
        """The class with this code, else the only one with this name; a finding where neither."""
        if word in self.classes:
            return self.classes[word]
        named = [c for c in self.classes.values() if c.name == word]
        if len(named) == 1:
            return named[0]
        wrong = "有多个班级叫这个名称" if named else f"没有“{word[:40]}”这个班级"
        self.complain(place, "班级", wrong, "请填写班级代码；新班级请先在“班级”表中登记")
        return None

    def student(self, place: Place, student_no: str, name: str) -> Student | None:
        """The student with this 学号; a name beside it must agree, so that no namesake gets in."""
        student = self.students.get(student_no)
        if student is None:
            mend = "请核对学号；新学生请先在“学生”表中登记"
            self.complain(place, "学号", "没有这个学号的学生", mend)
            return None
        if name and name != self.people.by_pk[student.person_id].name:
            mend = "请核对学号与姓名，改正其中一处"
            self.complain(place, "学生姓名", "与该学号登记的姓名不一致", mend)
            return None
        return student

    def staff(self, place: Place, column: str, staff_no: str) -> Person | None:
        person = self.people.by_staff_no.get(staff_no)
        if person is None:
            mend = "请核对工号；新教职工请先在“教职工”表中登记"
            self.complain(place, column, "没有这个工号的教职工", mend)
        return person


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Only what the file really says; blanks and missing columns change nothing."""
    return {name: value for name, value in values.items() if value is not None}


def of_type(rows: Sequence[object], kind: type[T]) -> list[T]:
    return [row for row in rows if isinstance(row, kind)]
