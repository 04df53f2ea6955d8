"""The school itself: its name, calendar and classes."""

from collections.abc import Sequence

from parties.models import CalendarDay, School, SchoolClass
from parties.roster.rows import CalendarRow, ClassRow, SchoolRow
from parties.roster.upsert.job import Job, given


def plan_school(job: Job, rows: Sequence[SchoolRow]) -> None:
    """Bring the name up to date. A new school is founded by the importer, before its rows."""
    for row in rows:
        school = School.objects.filter(pk=job.school_id, code=row.code).first()
        if school is not None:
            job.changes.change(school, {"name": row.name}, sort="学校")


def plan_calendar(job: Job, rows: Sequence[CalendarRow]) -> None:
    known = {day.date: day for day in CalendarDay.objects.all()} if rows else {}
    for row in rows:
        values = {"is_working": row.is_working, "note": row.note}
        if row.date in known:
            job.changes.change(known[row.date], values, sort="校历")
        else:
            day = CalendarDay(school_id=job.school_id, date=row.date, **values)
            job.changes.add(day, sort="校历")


def plan_classes(job: Job, rows: Sequence[ClassRow]) -> None:
    for row in rows:
        values = given({"name": row.name, "grade": row.grade, "major": row.major})
        known = job.classes.get(row.code)
        if known is not None:
            job.changes.change(known, values, sort="班级")
            continue
        school_class = SchoolClass(school_id=job.school_id, code=row.code, **values)
        job.classes[row.code] = school_class
        job.changes.add(school_class, sort="班级")
