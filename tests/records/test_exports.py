"""A copy of a file: what is on it, whose it is, and that taking it is written down."""

from datetime import date
from typing import Any

import pytest

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import NotAllowed, NotFound
from records import exports
from records.exports import Form, Purpose
from records.file import Filters
from records.printing.documents import FileSheet, Watermark
from tests.factories import MINUTE, NOW, World
from tests.records.filed import CRISIS, case

pytestmark = pytest.mark.django_db


def collect(world: World, name: str, **filters: Any) -> tuple[FileSheet, Watermark]:
    with tenancy.scope(world.id):
        return exports.collect(
            viewer=Viewer.load(world[name], at=NOW),
            student_id=world.student.pk,
            filters=Filters(**filters),
            purpose=Purpose.REVIEW,
            form=Form.JSON,
        )


def test_a_copy_holds_what_its_reader_sees_oldest_first(world: World) -> None:
    with tenancy.scope(world.id):
        case(world)
        case(world, at=NOW - MINUTE, channel="MEETING", shown_channel="MEETING")
        case(world, **CRISIS)

    sheet, mark = collect(world, "mother")

    assert [entry.title for entry in sheet.entries] == ["面对面会谈", "常规通知"]
    assert (sheet.start, sheet.end) == (date(2026, 10, 9), date(2026, 10, 9))
    assert (mark.reader, mark.at, mark.purpose) == ("mother", NOW, "复核")
    assert len(collect(world, "teacher")[0].entries) == 3


def test_the_period_and_the_filters_stand_on_the_copy(world: World) -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 31)

    sheet, _ = collect(world, "mother", kind="case", party="SCHOOL", start=first, end=last)

    assert (sheet.start, sheet.end, sheet.entries) == (first, last, ())
    assert sheet.filters == ("事项", "学校录入")


def test_taking_a_copy_is_an_event_with_its_purpose(world: World) -> None:
    collect(world, "mother", kind="case")

    with tenancy.scope(world.id):
        event = Event.objects.get(kind="file.exported")
    assert (event.actor, event.subject_id) == (world["mother"].pk, world.student.pk)
    assert b'{"form":"json","kind":"case","purpose":"review","records":0,"rows":0}' in bytes(
        event.body
    )


def test_a_company_takes_no_copy_and_a_stranger_finds_nothing(world: World) -> None:
    with pytest.raises(NotAllowed):
        collect(world, "mentor")
    with pytest.raises(NotFound):
        collect(world, "stranger")
