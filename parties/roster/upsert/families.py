"""Students, and who stands for them: the links on which every right of a family rests."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from parties.crypto import blind_index
from parties.models import GuardianLink, Person, SchoolClass, Student
from parties.roster.findings import Place
from parties.roster.rows import GuardianRow, StudentRow
from parties.roster.upsert.job import Job, given
from parties.roster.upsert.people import phone_index
from parties.roster.upsert.restrictions import KnownRestrictions, plan_restrictions
from parties.roster.upsert.sensitive import known_facts, plan_sensitive


def plan_students(job: Job, rows: Sequence[StudentRow]) -> None:
    """学号 is the key. Of two students with one name each keeps what is theirs."""
    edu_ids = _by_edu_id(job, rows)
    facts = known_facts(job)
    for row in rows:
        school_class = job.school_class(row.place, row.school_class)
        if school_class is None or _is_somebody_else(job, row):
            continue
        values = _student_values(row, school_class)
        student = job.students.get(row.student_no)
        if student is None:
            student = _enrol(job, row, values)
        else:
            job.changes.change(student, values, sort="学生")
        person = job.people.by_pk[student.person_id]
        job.people.describe(
            person, row.place, name=row.name, contact=row.contact, id_no=row.id_no, sort="学生资料"
        )
        _set_edu_id(job, row, student, edu_ids)
        plan_sensitive(job, row, student, facts)


def _by_edu_id(job: Job, rows: Sequence[StudentRow]) -> dict[bytes, Student]:
    return {
        bytes(s.national_edu_id_index): s for s in _students(job, rows) if s.national_edu_id_index
    }


def _student_values(row: StudentRow, school_class: SchoolClass) -> dict[str, Any]:
    return given(
        {
            "school_class_id": school_class.pk,
            "sex": row.sex,
            "birth_date": row.birth_date,
            "enrolled_on": row.enrolled_on,
            "boarding": row.boarding,
        }
    )


def _students(job: Job, rows: Sequence[StudentRow]) -> list[Student]:
    return list(job.students.values()) if rows else []


def _enrol(job: Job, row: StudentRow, values: Mapping[str, Any]) -> Student:
    person = job.people.make(row.name, sort="学生资料", student=True)
    student = Student(school_id=job.school_id, person=person, student_no=row.student_no, **values)
    job.students[row.student_no] = student
    job.changes.add(student, sort="学生")
    return student


def _is_somebody_else(job: Job, row: StudentRow) -> bool:
    """A known 学号 with another name *and* another 身份证号 is a slip of the pen, not a change."""
    student = job.students.get(row.student_no)
    if student is None:
        return False
    person = job.people.by_pk[student.person_id]
    if person.name == row.name:
        return False
    known = job.people.find_by_id_no(row.id_no)
    if row.id_no and person.id_no_index is not None and known is not person:
        mend = "请核对学号；确需更名时先只改姓名"
        job.complain(row.place, "学号", "该学号已属于另一名学生（姓名和身份证号都不同）", mend)
        return True
    job.notes.append(f"{row.place}：学号 {row.student_no} 的姓名与已登记的不同，按本文件更新。")
    return False


def _set_edu_id(job: Job, row: StudentRow, student: Student, owners: dict[bytes, Student]) -> None:
    if row.national_edu_id is None:
        return
    index = blind_index(job.school_id, "national_edu_id", row.national_edu_id)
    owner = owners.setdefault(index, student)
    if owner is not student:
        job.complain(row.place, "学籍号", "已登记在另一名学生名下", "请核对后改正其中一处")
        return
    stored = student.national_edu_id_index
    if stored is None or bytes(stored) != index:
        student.national_edu_id = row.national_edu_id
        student.national_edu_id_index = index
        fields = {"national_edu_id": True, "national_edu_id_index": True}
        job.changes.touch(student, fields, sort="学生")


def plan_guardians(job: Job, rows: Sequence[GuardianRow]) -> None:
    if not rows:
        return
    links: dict[UUID, list[GuardianLink]] = {}
    for link in GuardianLink.objects.order_by("contact_priority", "pk"):
        links.setdefault(link.student_id, []).append(link)
    restrictions = KnownRestrictions.load()
    named: dict[str, set[str]] = {}
    for row in rows:
        named.setdefault(row.student_no, set()).add(row.name)
    for row in rows:
        student = job.student(row.place, row.student_no, row.student_name)
        if student is not None:
            family = links.setdefault(student.pk, [])
            person = _guardian(job, row, family, named[row.student_no])
            if person is not None:
                _plan_link(job, row, student, person, family)
                plan_restrictions(job, row, student, person, restrictions)


def _guardian(
    job: Job, row: GuardianRow, family: Sequence[GuardianLink], named: set[str]
) -> Person | None:
    """The person this row means: known by official number, in the family, or by name and phone."""
    person = job.people.find_by_id_no(row.id_no)
    if person is not None and job.people.is_student(person):
        job.complain(row.place, "监护人身份证号", "是一名学生的身份证号", "请核对原件后改正")
        return None
    person = (
        person
        or _in_family(job, row, family, named)
        or job.people.find(row.name, row.contact.phone)
        or job.people.make(row.name, sort="监护人")
    )
    job.people.describe(
        person, row.place, name=row.name, contact=row.contact, id_no=row.id_no, sort="监护人"
    )
    return person


def _in_family(
    job: Job, row: GuardianRow, family: Sequence[GuardianLink], named: set[str]
) -> Person | None:
    """A new phone under an old name, or a corrected name with the same phone and relation.

    A name that this file still uses for another guardian of the student is not being corrected:
    parents may share a phone.
    """
    people = [(link, job.people.by_pk[link.guardian_id]) for link in family]
    same_name = [person for _, person in people if person.name == row.name]
    exact = [person for person in same_name if _has_phone(person, row.contact.phone)]
    if exact or len(same_name) == 1:
        return (exact or same_name)[0]
    for link, person in people:
        corrected = link.relation == row.relation and person.name not in named
        if corrected and _has_phone(person, row.contact.phone):
            return person
    return None


def _has_phone(person: Person, phone: str | None) -> bool:
    stored = person.phone_index
    return bool(phone) and stored is not None and bytes(stored) == phone_index(str(phone))


def _plan_link(
    job: Job, row: GuardianRow, student: Student, person: Person, family: list[GuardianLink]
) -> None:
    values = _link_values(row)
    link = next((link for link in family if link.guardian_id == person.pk), None)
    if link is None:
        link = GuardianLink(
            school_id=job.school_id,
            student=student,
            guardian=person,
            **{**_defaults(row, family), **values},
        )
        family.append(link)
        job.changes.add(link, sort="监护关系")
        return
    if link.state == GuardianLink.State.ENDED:
        _note_ended(job, row.place)
    job.changes.change(link, values, sort="监护关系")


def _link_values(row: GuardianRow) -> dict[str, Any]:
    return given(
        {
            "relation": row.relation,
            "legal_guardian": row.legal_guardian,
            "delegate_carer": row.delegate_carer,
            "contact_priority": row.contact_priority,
            "child_data_access": row.child_data_access,
        }
    )


def _defaults(row: GuardianRow, family: Sequence[GuardianLink]) -> dict[str, Any]:
    """A delegate carer looks after a child without being its legal guardian, unless said."""
    return {
        "legal_guardian": not row.delegate_carer,
        "contact_priority": max((link.contact_priority for link in family), default=0) + 1,
    }


def _note_ended(job: Job, place: Place) -> None:
    """Bringing a link back gives rights again: that is somebody's decision, not a file's."""
    job.notes.append(f"{place}：这条监护关系已终止，导入不会恢复它。")
