"""A record stands in the file at its own date, also after that was corrected."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from parties import tenancy
from parties.access import Viewer
from parties.errors import WrongState
from records import communication, drafts, exports
from records.draft_input import Header
from records.exports import Form, Purpose
from records.file import Filters, read
from records.models import CommunicationRecord, FileEntry
from tests.records.desk import Desk, next_version

pytestmark = pytest.mark.django_db

EARLIER = timedelta(days=40)


def correct(desk: Desk, record: CommunicationRecord, to: datetime, **more: Any) -> None:
    values = {"trigger": "PRAISE", "place_kind": "OFFICE", **more}
    with desk.as_("teacher") as viewer:
        drafts.change(viewer, record_id=record.pk, header=Header(started_at=to, **values))


def found(desk: Desk, day: date, by: str = "teacher") -> list[Any]:
    """The records in the file of that one day."""
    with tenancy.scope(desk.world.id):
        page = read(
            viewer=Viewer.load(desk.world[by], at=desk.at),
            student_id=desk.world.student.pk,
            filters=Filters(kind="communication", start=day, end=day),
            limit=50,
        )
        return [one.object_id for one in page.entries]


def entry(desk: Desk, record_id: Any) -> FileEntry:
    with tenancy.scope(desk.world.id):
        return FileEntry.objects.get(kind="communication", object_id=record_id)


def test_the_file_of_a_day_follows_a_corrected_date(desk: Desk) -> None:
    record = desk.drafted()
    wrong, right = timezone.localdate(desk.at), timezone.localdate(desk.at - EARLIER)
    assert found(desk, wrong) == [record.pk]

    correct(desk, record, desk.at - EARLIER)

    assert (found(desk, wrong), found(desk, right)) == ([], [record.pk])


def test_a_copy_of_a_period_has_it_at_its_corrected_date(desk: Desk) -> None:
    record = desk.drafted()
    correct(desk, record, desk.at - EARLIER)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    day = timezone.localdate(desk.at - EARLIER)

    for by in ("teacher", "mother"):
        with tenancy.scope(desk.world.id):
            sheet, _ = exports.collect(
                viewer=Viewer.load(desk.world[by], at=desk.at),
                student_id=desk.world.student.pk,
                filters=Filters(kind="communication", start=day, end=day),
                purpose=Purpose.REVIEW,
                form=Form.JSON,
            )
        assert len(sheet.entries) == 1, by


def test_one_that_was_offered_and_recalled_moves_and_keeps_its_readers(desk: Desk) -> None:
    record = desk.offered()
    before = entry(desk, record.pk)
    with desk.as_("teacher") as viewer:
        communication.recall(viewer, record_id=record.pk)

    correct(desk, record, desk.at - EARLIER)

    moved = entry(desk, record.pk)
    assert moved.at == desk.at - EARLIER
    assert (moved.readers, moved.people) == (before.readers, before.people)


def test_other_corrections_leave_it_where_it_is(desk: Desk) -> None:
    record = desk.effective()
    desk.later(days=1)
    newer = next_version(desk, record)
    before = entry(desk, newer).at

    correct(desk, CommunicationRecord(pk=newer), record.started_at, place="302")

    assert entry(desk, newer).at == before


def test_what_was_signed_stays_at_its_date(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")

    with pytest.raises(WrongState):
        correct(desk, record, desk.at - EARLIER)

    assert entry(desk, record.pk).at == record.started_at


def test_what_is_refused_moves_nothing(desk: Desk) -> None:
    record = desk.drafted()
    with desk.as_("teacher") as viewer, pytest.raises(WrongState):
        drafts.change(
            viewer,
            record_id=record.pk,
            header=Header(trigger="PRAISE", place_kind="OFFICE", started_at=desk.at - EARLIER),
            seen=99,
        )

    assert entry(desk, record.pk).at == record.started_at
