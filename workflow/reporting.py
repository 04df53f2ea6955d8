"""The door of a crisis report, for the API and the pages alike: who reports about whom, as what.

Staff report about anybody; everybody else about themselves and those they stand for. A student whom
the reporter may not know of is not refused, that would tell who learns here, and nothing said may
be lost: the id goes into the words that the team reads.
"""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from parties.models import CompanyMember, Person, Student
from parties.roles import Role
from workflow import cases
from workflow.models import Case
from workflow.reports import Receipt, ReportInput, Said

#: Which of several roles a report is made in: the nearest to the student first.
_NEAREST: Final = (
    Role.STU,
    Role.G,
    Role.HT,
    Role.ST,
    Role.CM,
    Role.CA,
    Role.PSY,
    Role.DOC,
    Role.GL,
    Role.ME,
    Role.VP,
    Role.PR,
)


def receive(*, person: Person, report: ReportInput, key: str | None) -> Receipt:
    """Take a report in; without `key` one is derived, so that a second tap is not a second case.

    Raises:
        InvalidInput: one of the three mandatory answers is missing.
    """
    identify = partial(_said, person, report, key)
    return cases.take_in(school_id=person.school_id, report=report, identify=identify)


def _said(person: Person, report: ReportInput, key: str | None, at: datetime) -> Said:
    viewer = Viewer.load(person, at=at)
    student = _known(viewer, report.student_id)
    return Said(
        reporter=person,
        role=_role(viewer, student),
        report=report if student is not None else _unidentified(report),
        request_key=request_key(person.pk, report, key, at=at),
        at=at,
        student=student,
    )


def visible_case(*, person: Person, case_id: UUID) -> UUID | None:
    """The case behind a receipt, for those of its reporters who may see it."""
    with tenancy.scope(person.school_id) as at:
        seen = Viewer.load(person, at=at).rows(Case).filter(pk=case_id)
        return seen.values_list("pk", flat=True).first()


def request_key(person: UUID, report: ReportInput, key: str | None, *, at: datetime) -> str:
    """What makes two requests one report: person and words, with the sender's key or the minute.

    The words count always: a second report of the same minute is kept, and so is one whose
    sender counts keys from 1 again every day.
    """
    words = json.dumps(asdict(report), sort_keys=True, default=str)
    if key is not None:
        return f"key:{_digest(str(person), key, words)}"
    return f"minute:{_digest(str(person), f'{at:%Y%m%d%H%M}', words)}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _known(viewer: Viewer, student_id: UUID | None) -> Student | None:
    return viewer.find(Student, student_id) if student_id else None


def _unidentified(report: ReportInput) -> ReportInput:
    if report.student_id is None:
        return report
    who = f"{report.who}（报告中的学生编号：{report.student_id}）"
    return replace(report, student_id=None, who=who)


def _role(viewer: Viewer, student: Student | None) -> Role:
    held = viewer.roles_towards(student) or viewer.roles
    nearest = next((role for role in _NEAREST if role in held), None)
    if nearest is not None:
        return nearest
    if held:
        return min(held)
    company = CompanyMember.objects.filter(person=viewer.person).exists()
    return Role.CM if company else Role.G
