"""Tables into typed rows. Every row is read to its end, so one run names every mistake."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from parties.roster import parse_family, parse_school, parse_work
from parties.roster.columns import Kind
from parties.roster.findings import Finding, Place
from parties.roster.recognise import Table
from parties.roster.rows import (
    CalendarRow,
    ClassRow,
    CompanyPersonRow,
    CompanyRow,
    DutyRow,
    GuardianRow,
    PlacementRow,
    Row,
    SchoolRow,
    StaffRow,
    StudentRow,
)
from parties.roster.values import RowReader

_PARSERS: Final[Mapping[Kind, Callable[[RowReader], Iterable[Row]]]] = {
    Kind.SCHOOL: parse_school.school,
    Kind.CALENDAR: parse_school.calendar,
    Kind.CLASSES: parse_school.class_,
    Kind.STAFF: parse_school.staff,
    Kind.DUTY: parse_school.duty,
    Kind.STUDENTS: parse_family.student,
    Kind.GUARDIANS: parse_family.guardian,
    Kind.COMPANIES: parse_work.company,
    Kind.COMPANY_PEOPLE: parse_work.company_person,
    Kind.PLACEMENTS: parse_work.placement,
}


def parse(tables: Sequence[Table], *, today: date) -> tuple[list[Row], list[Finding]]:
    """All rows in the order of Kind, and everything that is wrong with them."""
    found: list[Row] = []
    findings: list[Finding] = []
    order = list(Kind)
    for table in sorted(tables, key=lambda table: order.index(table.kind)):
        for line in table.lines:
            before = len(findings)
            reader = RowReader(table, line, findings, today=today)
            rows = list(_PARSERS[table.kind](reader))
            if len(findings) == before:
                found.extend(rows)
    return found, [*findings, *_repeated(found)]


def _repeated(rows: Sequence[Row]) -> Iterable[Finding]:
    """A finding for each row that says again what an earlier row said."""
    seen: dict[Any, Place] = {}
    for row in rows:
        for column, key in _keys(row):
            whole = (type(row), column, key)
            if whole in seen:
                yield Finding(
                    row.place, column, f"与{seen[whole]}重复", "请只保留一行，或改正其中一处"
                )
            seen.setdefault(whole, row.place)


def _keys(row: Row) -> Iterable[tuple[str, object]]:  # noqa: C901 - one case per kind
    """What must differ between two rows of a kind, and the column to point at."""
    match row:
        case SchoolRow():
            yield "学校代码", ""
        case CalendarRow():
            yield "日期", row.date
        case ClassRow():
            yield "班级代码", row.code
        case StaffRow():
            yield "工号", (row.staff_no, row.role, row.school_class, row.grade)
        case DutyRow():
            yield "值班人工号", (row.role, row.staff_no, row.starts_at)
        case StudentRow():
            yield from _student_keys(row)
        case GuardianRow():
            # The student's own row may name one guardian whom the other sheet names in full.
            key = (row.place.sheet, row.student_no, row.name, row.contact.phone)
            yield "监护人姓名", key
        case CompanyRow():
            yield "统一社会信用代码", row.uscc
        case CompanyPersonRow():
            yield "姓名", (row.uscc, row.name, row.contact.phone, row.role)
        case PlacementRow():
            yield "协议编号", row.agreement_no


def _student_keys(row: StudentRow) -> Iterable[tuple[str, object]]:
    yield "学号", row.student_no
    if row.id_no:
        yield "身份证号", row.id_no
    if row.national_edu_id:
        yield "学籍号", row.national_edu_id
