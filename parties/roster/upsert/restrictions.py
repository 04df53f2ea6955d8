"""Who must not be contacted, told or met: the columns of the guardians' sheet that protect a child.

A restriction that a crisis brought (it names a case) is not the file's to change.
"""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from parties.models import Person, Restriction, Student
from parties.roster.rows import GuardianRow
from parties.roster.upsert.job import Job, given

_Key = tuple[UUID, UUID, str]


@dataclass
class KnownRestrictions:
    """By student, person and kind; only those without a case."""

    rows: dict[_Key, Restriction]

    @classmethod
    def load(cls) -> Self:
        rows = Restriction.objects.filter(case_id=None)
        return cls({(r.student_id, r.person_id, r.kind): r for r in rows})


def plan_restrictions(
    job: Job, row: GuardianRow, student: Student, person: Person, known: KnownRestrictions
) -> None:
    for kind, wanted in row.restrictions.kinds.items():
        key = (student.pk, person.pk, kind)
        existing = known.rows.get(key)
        if wanted and existing is None:
            known.rows[key] = _make(job, row, student, person, kind)
        elif wanted and existing is not None:
            _renew(job, row, existing)
        elif existing is not None:
            _lift(job, existing)


def _make(job: Job, row: GuardianRow, student: Student, person: Person, kind: str) -> Restriction:
    said = row.restrictions
    made = Restriction(
        school_id=job.school_id,
        student=student,
        person=person,
        kind=kind,
        order_no=said.order_no,
        starts_at=said.starts_at or job.at,
        ends_at=said.ends_at,
    )
    job.changes.add(made, sort="限制")
    return made


def _renew(job: Job, row: GuardianRow, restriction: Restriction) -> None:
    """“是” means in force now: one that had ended begins again."""
    said = row.restrictions
    values = given({"starts_at": said.starts_at, "order_no": said.order_no or None})
    over = restriction.ends_at is not None and restriction.ends_at <= job.at
    if said.ends_at is not None or over:
        values["ends_at"] = said.ends_at
    job.changes.change(restriction, values, sort="限制")


def _lift(job: Job, restriction: Restriction) -> None:
    """“否” ends it from now on; that it was there stays on record."""
    if restriction.ends_at is None or restriction.ends_at > job.at:
        job.changes.change(restriction, {"ends_at": job.at}, sort="限制")
    else:
        job.changes.change(restriction, {}, sort="限制")
