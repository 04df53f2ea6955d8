"""Companies, the people there, and which student works where under whom."""

from collections.abc import Sequence
from typing import Any

from parties.models import Company, CompanyMember, Person, Placement, Student
from parties.roles import Role
from parties.roster.rows import CompanyPersonRow, CompanyRow, Contact, PlacementRow
from parties.roster.upsert.job import Job, given


def plan_companies(job: Job, rows: Sequence[CompanyRow]) -> None:
    for row in rows:
        values = given(
            {
                "name": row.name,
                "district": row.district,
                "address": row.address,
                "contact_name": row.contact_name,
                "phone": row.phone,
                "duty_phone": row.duty_phone,
            }
        )
        known = job.companies.get(row.uscc)
        if known is not None:
            job.changes.change(known, values, sort="企业")
            continue
        company = Company(school_id=job.school_id, uscc=row.uscc, **values)
        job.companies[row.uscc] = company
        job.changes.add(company, sort="企业")


def plan_company_people(job: Job, rows: Sequence[CompanyPersonRow]) -> None:
    for row in rows:
        company = _company(job, row)
        if company is None:
            continue
        person = _colleague(job, company, row.name, row.contact.phone)
        job.people.describe(
            person, row.place, name=row.name, contact=row.contact, id_no=None, sort="企业人员"
        )
        values = given({"starts_at": row.starts_at, "ends_at": row.ends_at})
        member = _member(job, company, person, row.role, values)
        if member.ends_at is not None and member.ends_at <= member.starts_at:
            job.complain(row.place, "任职结束", "早于任职开始", "请核对起止日期")


def plan_placements(job: Job, rows: Sequence[PlacementRow]) -> None:
    known = {p.agreement_no: p for p in Placement.objects.all()} if rows else {}
    for row in rows:
        student = job.student(row.place, row.student_no, row.student_name)
        company = _company(job, row)
        if student is None or company is None:
            continue
        values = _values(job, row, company)
        placement = known.get(row.agreement_no)
        if placement is None:
            _add(job, row, student, company, values)
        elif _is_the_same(job, row, placement, student, company):
            job.changes.change(placement, values, sort="岗位实习")


def _add(
    job: Job, row: PlacementRow, student: Student, company: Company, values: dict[str, Any]
) -> None:
    placement = Placement(
        school_id=job.school_id,
        agreement_no=row.agreement_no,
        student=student,
        company=company,
        state=row.state,
        **values,
    )
    job.changes.add(placement, sort="岗位实习")


def _is_the_same(
    job: Job, row: PlacementRow, placement: Placement, student: Student, company: Company
) -> bool:
    """An agreement never moves to another student or company: that is a new agreement."""
    if placement.student_id != student.pk:
        job.complain(row.place, "协议编号", "已用于另一名学生", "请核对协议编号")
        return False
    if placement.company_id != company.pk:
        job.complain(row.place, "协议编号", "已用于另一家企业", "变更企业须另签协议，请填新编号")
        return False
    return True


def _values(job: Job, row: PlacementRow, company: Company) -> dict[str, Any]:
    supervisor = None
    if row.supervisor_no:
        supervisor = job.staff(row.place, "指导教师工号", row.supervisor_no)
    mentor = _mentor(job, row, company)
    return given(
        {
            "post": row.post,
            "workplace": row.workplace,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "mentor_id": mentor.pk if mentor else None,
            "supervisor_id": supervisor.pk if supervisor else None,
        }
    )


def _mentor(job: Job, row: PlacementRow, company: Company) -> Person | None:
    if not row.mentor_name:
        return None
    person = _colleague(job, company, row.mentor_name, row.mentor_phone or None)
    contact = Contact(phone=row.mentor_phone or None, email=None)
    job.people.describe(
        person, row.place, name=row.mentor_name, contact=contact, id_no=None, sort="企业人员"
    )
    _member(job, company, person, Role.CM, {})
    return person


def _colleague(job: Job, company: Company, name: str, phone: str | None) -> Person:
    """Somebody of this company by name and phone, by name where only one has it, else anew."""
    person = job.people.find(name, phone)
    if person is not None:
        return person
    ids = {member.person_id for key, member in job.company_members.items() if key[0] == company.pk}
    namesakes = [job.people.by_pk[pk] for pk in ids if job.people.by_pk[pk].name == name]
    if len(namesakes) == 1:
        return namesakes[0]
    return job.people.make(name, sort="企业人员")


def _member(
    job: Job, company: Company, person: Person, role: str, values: dict[str, Any]
) -> CompanyMember:
    key = (company.pk, person.pk, role)
    if key in job.company_members:
        job.changes.change(job.company_members[key], values, sort="企业任职")
        return job.company_members[key]
    member = CompanyMember(
        school_id=job.school_id,
        company=company,
        person=person,
        role=role,
        **{"starts_at": job.at, **values},
    )
    job.company_members[key] = member
    job.changes.add(member, sort="企业任职")
    return member


def _company(job: Job, row: CompanyPersonRow | PlacementRow) -> Company | None:
    company = job.companies.get(row.uscc)
    if company is None:
        mend = "请核对代码；新企业请先在“企业”表中登记"
        job.complain(row.place, "统一社会信用代码", "没有这家企业", mend)
    return company
