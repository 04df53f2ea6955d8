"""When a meeting is over: deadlines count from it."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import pytest

from parties import round_trips, tenancy
from records.meetings import answers, outcomes, rows
from tests.factories import World
from tests.records.meeting_days import choose, later, local, offered, prepared

pytestmark = pytest.mark.django_db

_ASKED: Final = f"SELECT ({rows.APPOINTMENT}) FROM (SELECT %s::uuid AS id) c"  # noqa: S608


def found(world: World, case: UUID) -> datetime | None:
    with tenancy.scope(world.id):
        row = round_trips.execute(_ASKED, [case]).fetchone()
    return row[0] if row else None


def test_nothing_is_agreed_yet(world: World) -> None:
    assert found(world, uuid4()) is None
    assert found(world, offered(world)[0].case_id) is None


def test_as_agreed_and_not_as_called_off(world: World) -> None:
    meeting, slots = offered(world)
    choose(world, meeting, slots[1].pk)
    assert found(world, meeting.case_id) == local(13, 13, 15)

    with tenancy.scope(world.id):
        row = type(meeting).objects.get(pk=meeting.pk)
        answers.call_off(row, at=later(hours=1))
        row.save(update_fields=["sequence"])

    assert found(world, meeting.case_id) is None


def test_as_held(world: World) -> None:
    meeting, slots = offered(world)
    choose(world, meeting, slots[0].pk)

    with tenancy.scope(world.id):
        outcomes.held(meeting_id=meeting.pk, by=world["teacher"], at=local(12, 10, 20))

    assert found(world, meeting.case_id) == local(12, 10, 20)


def test_one_that_was_set_aside_makes_room_for_the_next(world: World) -> None:
    meeting, slots = offered(world)
    choose(world, meeting, slots[0].pk)
    with tenancy.scope(world.id):
        outcomes.set_aside(meeting_id=meeting.pk, at=later(hours=1), reason="crisis")
    assert found(world, meeting.case_id) is None

    prepared(world, case_id=meeting.case_id, at=later(hours=2))

    assert found(world, meeting.case_id) is None
