"""What somebody reports, who they mean by it, and the slip that proves it was received."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from parties import inserts, statements
from parties.models import GuardianLink, Person, Student
from parties.roles import Role
from workflow.models import Case, CaseParty, CrisisReport

#: No letters or digits that a person on the phone mixes up.
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Whom the reporter names: by relation to the student, or by id from the directory."""

    relation: str
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Three mandatory answers (who, observed, safe_now) and what else the reporter knows."""

    who: str
    observed: str
    safe_now: str
    student_id: UUID | None = None
    place: str = ""
    with_whom: str = ""
    injuries: str = ""
    keep_secret: bool = True
    suspects: Sequence[Suspect] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that the report is stored; `repeated` when the same request came before."""

    case_id: UUID
    receipt_no: str
    reported_at: datetime
    repeated: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A report with who made it, as what, and about whom if the school knows them.

    `request_key` makes two requests one report.
    """

    reporter: Person | None
    role: Role
    report: ReportInput
    request_key: str
    at: datetime
    student: Student | None

    def known(self) -> "Said":
        """With the student whom the report names by id. Inside a scope."""
        pk = self.report.student_id
        found = () if pk is None else statements.rows(_students, pk)
        return replace(self, student=next(iter(found), None))


def _students(pk: UUID) -> QuerySet[Student]:
    return Student.objects.filter(pk=pk)


def receipt_no(at: datetime, *, prefix: str = "WJ") -> str:
    """Prefix, the local day, and eight random characters: nothing can be counted from it."""
    day = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{prefix}{day:%Y%m%d}-{tail}"


def keep(case: Case, said: Said) -> CrisisReport:
    """Store the words of a report. An id that nobody has becomes part of them: nothing is lost."""
    report = said.report
    unknown = report.student_id is not None and case.student_id is None
    stored = CrisisReport(
        school_id=case.school_id,
        case=case,
        receipt_no=receipt_no(said.at),
        reporter=said.reporter,
        reporter_role=said.role.value,
        keep_secret=report.keep_secret,
        who=f"{report.who}（学生编号：{report.student_id}）" if unknown else report.who,
        observed=report.observed,
        place=report.place,
        with_whom=report.with_whom,
        injuries=report.injuries,
        safe_now=report.safe_now,
        request_key=said.request_key,
        reported_at=said.at,
    )
    inserts.insert([stored])
    return stored


def name_parties(
    case: Case,
    *,
    student: Student | None,
    reporter: Person | None,
    report: ReportInput,
    at: datetime,
) -> frozenset[UUID]:
    """Write down who the report is about, who made it, and whom it names.

    Returns those whom it names against them.
    """
    parts: dict[tuple[UUID, str], None] = {}
    if student is not None:
        parts[student.person_id, CaseParty.Part.SUBJECT] = None
    if reporter is not None:
        parts[reporter.pk, CaseParty.Part.REPORTER] = None
    for suspect in report.suspects:
        for person, part in _meant(suspect, student):
            parts[person, part] = None
    name(case, parts, at=at)
    return frozenset(person for person, part in parts if part in CaseParty.AGAINST)


def name(case: Case, parts: dict[tuple[UUID, str], None], *, at: datetime) -> None:
    """Add parts; naming somebody twice changes nothing."""
    named = [
        CaseParty(school_id=case.school_id, case=case, person_id=person, part=part, since=at)
        for person, part in parts
    ]
    inserts.insert(named, ignore_conflicts=True)


def _meant(suspect: Suspect, student: Student | None) -> list[tuple[UUID, str]]:
    if suspect.person_id is not None:
        known = Person.objects.filter(pk=suspect.person_id).select_related("student").first()
        if known is not None:
            is_student = hasattr(known, "student")
            part = CaseParty.Part.ACCUSED_STUDENT if is_student else CaseParty.Part.SUSPECT
            return [(known.pk, part)]
    if student is None:  # an id that nobody has leaves the relation, which still shields
        return []
    links = GuardianLink.objects.filter(student=student)
    if suspect.relation != "GUARDIAN":
        links = links.filter(relation=suspect.relation)
    return [(pk, CaseParty.Part.SUSPECT) for pk in links.values_list("guardian_id", flat=True)]
