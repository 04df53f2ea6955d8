"""One file, one transaction: read, recognise, parse, plan; write only if nothing is wrong."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.db import IntegrityError, connection
from django.utils.timezone import localdate

from ledger import events
from parties import clock, schools, tenancy
from parties.roster import parse, reading, recognise
from parties.roster.findings import Finding, Place, UnreadableFile
from parties.roster.headers import Purpose
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
from parties.roster.upsert.changes import Tally
from parties.roster.upsert.duty import plan_duty
from parties.roster.upsert.families import plan_guardians, plan_students
from parties.roster.upsert.job import Job, of_type
from parties.roster.upsert.school import plan_calendar, plan_classes, plan_school
from parties.roster.upsert.staff import plan_staff
from parties.roster.upsert.work import plan_companies, plan_company_people, plan_placements

#: No school has this number: inside its scope nothing is visible, which is what a new school sees.
_NOWHERE: Final = 0


class NoSchool(Exception):
    """It is not clear into which school the file goes; the message says how to say it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, or would be; with findings, nothing was."""

    findings: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    written: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """What a file holds once it was read: rows, why sensitive columns may come, its SHA-256."""

    rows: Sequence[Row]
    purposes: Mapping[str, Purpose]
    digest: str


def import_file(
    *,
    path: Path,
    school_code: str = "",
    dry_run: bool = False,
    mapped: Mapping[str, Purpose] | None = None,
) -> Outcome:
    """Import `path` into the school of `school_code`, named by its 学校 sheet, or the only one.

    Opens its own scope. Repeating it changes nothing.

    Raises NoSchool.
    """
    try:
        sheets = reading.read(path)
    except UnreadableFile as error:
        return Outcome(findings=[Finding(Place("文件"), "", str(error).rstrip("。"), "")])
    seen = recognise.recognise(sheets, mapped=mapped)
    rows, findings = parse.parse(seen.tables, today=localdate(clock.now()))
    findings = [*seen.findings, *findings]
    said = of_type(rows, SchoolRow)
    school_id, code = _school(school_code, said)
    findings += [_other_school(row) for row in said if school_code and row.code != school_code]
    if findings:
        return Outcome(findings=findings, notes=seen.notes)
    founding = school_id is None
    load = Load(rows, mapped or {}, hashlib.sha256(path.read_bytes()).hexdigest())
    outcome = _run(school_id or _NOWHERE, load, dry_run=dry_run or founding)
    if founding and not dry_run and not outcome.findings:
        outcome = _run(schools.found(code=code, name=said[0].name).pk, load, dry_run=False)
    return _told(outcome, seen.notes, founding=founding)


def _school(school_code: str, said: Sequence[SchoolRow]) -> tuple[int | None, str]:
    """Number (None for a school to be founded) and code of the school the file goes into."""
    code = school_code or (said[0].code if said else "")
    if not code:
        known = schools.all_ids()
        if len(known) != 1:
            raise NoSchool("请用 --school 学校代码 指明导入到哪所学校，或在文件中加一张“学校”表。")
        return known[0], ""
    school_id = schools.find(code)
    if school_id is None and not said:
        raise NoSchool(
            f"没有代码为 {code} 的学校。新学校请在文件中加一张“学校”表（学校代码、学校名称）。"
        )
    return school_id, code


def _other_school(row: SchoolRow) -> Finding:
    return Finding(row.place, "学校代码", "与 --school 指定的学校不一致", "请核对要导入到哪所学校")


def _run(school_id: int, load: Load, *, dry_run: bool) -> Outcome:
    """Plan in the school's scope and write there unless it is a rehearsal or something is wrong."""
    try:
        with tenancy.scope(school_id) as at:
            _one_at_a_time(school_id)
            job = Job(school_id=school_id, at=at, purposes=load.purposes)
            _plan(job, load.rows)
            write = not dry_run and not job.findings
            if write:
                job.changes.write(school_id)
                _record(job, at, load.digest)
    except IntegrityError as error:
        return Outcome(findings=[_refused(error)])
    return Outcome(job.findings, job.notes, job.changes.tallies(), written=write)


def _plan(job: Job, rows: Sequence[Row]) -> None:
    """What is pointed to comes before what points to it."""
    plan_school(job, of_type(rows, SchoolRow))
    plan_calendar(job, of_type(rows, CalendarRow))
    plan_classes(job, of_type(rows, ClassRow))
    plan_staff(job, of_type(rows, StaffRow))
    plan_duty(job, of_type(rows, DutyRow))
    plan_students(job, of_type(rows, StudentRow))
    plan_guardians(job, of_type(rows, GuardianRow))
    plan_companies(job, of_type(rows, CompanyRow))
    plan_company_people(job, of_type(rows, CompanyPersonRow))
    plan_placements(job, of_type(rows, PlacementRow))


def _one_at_a_time(school_id: int) -> None:
    """Two clerks importing at once wait for each other instead of making everybody twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('roster.import', %s))", [school_id]
        )


def _record(job: Job, at: datetime, digest: str) -> None:
    tallies = job.changes.tallies().values()
    events.append(
        school_id=job.school_id,
        kind="roster.imported",
        actor=None,
        subject=("roster_import", uuid4()),
        at=at,
        payload={
            "file_sha256": digest,
            "new": sum(tally.new for tally in tallies),
            "changed": sum(tally.changed for tally in tallies),
            "unchanged": sum(tally.unchanged for tally in tallies),
        },
    )


def _refused(error: IntegrityError) -> Finding:
    """What planning cannot foresee: somebody else wrote the same thing meanwhile."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    wrong = f"与已有数据冲突（{constraint or '数据库约束'}），全部撤销"
    return Finding(Place("文件"), "", wrong, "请重新导入；仍不成功请联系管理员")


def _told(outcome: Outcome, notes: Sequence[str], *, founding: bool) -> Outcome:
    """With what reading had to say; a founded school counts as new."""
    tallies = {"学校": Tally(new=1), **_but_school(outcome)} if founding else outcome.tallies
    return Outcome(outcome.findings, [*notes, *outcome.notes], tallies, outcome.written)


def _but_school(outcome: Outcome) -> dict[str, Tally]:
    return {sort: tally for sort, tally in outcome.tallies.items() if sort != "学校"}
