"""Whoever knows only that there is a record is not told why it was written, on no page and copy."""

import pytest

from ledger.models import Event
from parties import tenancy
from records import exports, file, reading, sheets
from records.file import Filters
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

WHY = "表扬"


def told(desk: Desk, who: str) -> str:
    """The line of the one record in the student's file, everything that is shown of it."""
    with desk.as_(who) as viewer:
        page = file.read(
            viewer=viewer, student_id=desk.world.student.pk, filters=Filters(), limit=9
        )
        sheet, _ = exports.collect(
            viewer=viewer,
            student_id=desk.world.student.pk,
            filters=Filters(kind="communication"),
            purpose=exports.Purpose.REVIEW,
            form=exports.Form.JSON,
        )
    lines = [entry.line for entry in page.entries if entry.kind == "communication"]
    assert len(lines) == len(sheet.entries) == 1
    return f"{lines} {sheet.entries}"


def test_a_line_of_the_file_does_not_tell_why_a_record_was_written(desk: Desk) -> None:
    desk.offered()

    line = told(desk, "grade_leader")

    assert line.count("沟通记录") >= 2
    assert not [word for word in (WHY, "PRAISE") if word in line]


@pytest.mark.parametrize("who", ["grade_leader", "auditor"])
def test_neither_does_its_page(desk: Desk, who: str) -> None:
    record = desk.offered()

    with desk.as_(who) as viewer:
        found = reading.read(viewer, record.pk)
        sheet = sheets.sheet_of(found, school="")

    assert "trigger" not in found.fields
    assert WHY not in str(sheet)


def test_nor_the_ledger(desk: Desk) -> None:
    desk.offered()
    with tenancy.scope(desk.world.id):
        bodies = [bytes(event.body) for event in Event.objects.filter(kind__startswith="record.")]

    assert bodies
    assert not [body for body in bodies if b"PRAISE" in body]


@pytest.mark.parametrize("who", ["teacher", "mother", "student", "head_of_office"])
def test_who_reads_the_record_is_told_why_it_was_written(desk: Desk, who: str) -> None:
    desk.offered()

    assert told(desk, who).count(f"沟通记录：{WHY}") == 2


def test_who_took_part_in_the_talk_is_told_why(desk: Desk) -> None:
    record = desk.drafted()
    desk.meet(record, "mother", "counsellor")
    desk.check(record)
    desk.offer(record)

    assert WHY in told(desk, "counsellor")
