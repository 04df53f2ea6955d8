"""Typed rows: everything about a row that can be judged without the database.

An optional value is None where the cell is blank or the file has no such column: the import then
leaves what is stored alone. A list with gaps must not wipe the number a crisis would ring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from parties.roster.findings import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRow(Row):
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow(Row):
    date: date
    is_working: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow(Row):
    code: str
    name: str
    grade: str
    major: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a person: E.164 number and lower-case address."""

    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow(Row):
    """One post of one person; a person with two posts has two rows with the same 工号."""

    staff_no: str
    name: str
    role: str
    school_class: str
    grade: str
    head: bool
    deputy: bool
    substitute_no: str
    contact: Contact
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow(Row):
    role: str
    staff_no: str
    name: str
    substitute_no: str
    substitute_name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentRow(Row):
    student_no: str
    name: str
    school_class: str
    sex: str | None
    birth_date: date | None
    id_no: str | None
    national_edu_id: str | None
    contact: Contact
    enrolled_on: date | None
    boarding: bool | None
    sensitive: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """Which kinds are on (True) or off (False); kinds the row does not mention stay as they are."""

    kinds: dict[str, bool]
    order_no: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRow(Row):
    """A guardian of one student. The same name and phone elsewhere is the same person."""

    student_no: str
    student_name: str
    name: str
    relation: str
    contact: Contact
    id_no: str | None
    legal_guardian: bool | None
    delegate_carer: bool | None
    contact_priority: int | None
    child_data_access: bool | None
    restrictions: Restrictions


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRow(Row):
    uscc: str
    name: str
    district: str | None
    address: str | None
    contact_name: str | None
    phone: str | None
    duty_phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPersonRow(Row):
    uscc: str
    name: str
    role: str
    contact: Contact
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRow(Row):
    agreement_no: str
    student_no: str
    student_name: str
    uscc: str
    post: str
    workplace: str | None
    starts_on: date
    ends_on: date
    mentor_name: str
    mentor_phone: str
    supervisor_no: str
    state: str
