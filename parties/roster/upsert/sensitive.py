"""Sensitive columns that a school mapped on purpose: sealed, with class and purpose beside them."""

from uuid import UUID

from parties.models import SensitiveFact, Student
from parties.roster.rows import StudentRow
from parties.roster.upsert.job import Job

Known = dict[tuple[UUID, str], SensitiveFact]


def known_facts(job: Job) -> Known:
    """What is stored already of the mapped columns."""
    if not job.purposes:
        return {}
    stored = SensitiveFact.objects.select_related("student").filter(name__in=job.purposes)
    return {(fact.student_id, fact.name): fact for fact in stored}


def plan_sensitive(job: Job, row: StudentRow, student: Student, known: Known) -> None:
    """The file's value replaces the stored one; a blank cell was left out of the row before."""
    for name, value in row.sensitive.items():
        purpose = job.purposes[name]
        said = {"class_code": purpose.class_code, "purpose": purpose.reason, "value": value}
        fact = known.get((student.pk, name))
        if fact is None:
            made = SensitiveFact(school_id=job.school_id, student=student, name=name, **said)
            job.changes.add(made, sort="敏感信息")
        else:
            job.changes.change(fact, said, sort="敏感信息")
