"""A promise that is put off: whoever it was made to hears of it, and so does somebody above."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from records.models import ActionItem
from tests.factories import World
from tests.privacy.test_items_stand_still import item_of, named
from tests.records.agreed import DAY, at, draft, one
from tests.workflow.outbox import events
from tests.workflow.test_plan_ladder import look, told
from workflow import plan_moves
from workflow.models import Notification

pytestmark = pytest.mark.django_db

FRIDAY = at(16, 17, 30)


def move(
    world: World, item: ActionItem, to: datetime, *, when: datetime, by: str = "teacher"
) -> None:
    amend(world, item, when=when, by=by, due_at=to)


def amend(
    world: World, item: ActionItem, *, when: datetime, by: str = "teacher", **values: Any
) -> None:
    plan_moves.amend(
        school_id=world.id, item_id=item.pk, by=world[by], at=when, values=values,
        unchanged=lambda _viewer, _item: None, why="考核推迟一周",
    )  # fmt: skip


def heard(world: World) -> list[str]:
    return [name for _, name, channel in told(world, "plan.moved") if channel == "in_app"]


def late(world: World, **changes: Any) -> ActionItem:
    return one(world, draft(due_at=FRIDAY, **changes))


def test_the_family_hears_that_its_deadline_was_moved(world: World) -> None:
    move(world, late(world), at(19, 17, 30), when=at(14))

    assert sorted(heard(world)) == ["father", "mother"]
    assert events(world, "plan.moved")[0]["payload"] == {"times": 1, "later": True, "to": []}


def test_what_the_school_promised_is_told_to_the_family_as_well(world: World) -> None:
    item = late(world, owner_party="SCHOOL", owner_id=world["duty_officer"].pk)
    move(world, item, at(19, 17, 30), when=at(14))

    assert sorted(heard(world)) == ["duty_officer", "father", "mother"]


def test_the_homeroom_teacher_hears_of_a_move_by_somebody_else(world: World) -> None:
    move(world, late(world), at(19, 17, 30), when=at(14), by="head_of_office")

    assert "teacher" in heard(world)


def test_other_words_are_no_move(world: World) -> None:
    amend(world, late(world), when=at(14), target="每天完成两页")

    assert heard(world) == []
    assert events(world, "plan.moved") == []


def test_two_moves_are_an_adjustment_and_a_third_is_heard_above(world: World) -> None:
    item = late(world)
    for day in (13, 14, 15):
        assert "grade_leader" not in heard(world)
        move(world, item, FRIDAY + (day - 12) * DAY, when=at(day))

    assert heard(world).count("grade_leader") == 1
    assert [event["payload"]["times"] for event in events(world, "plan.moved")] == [1, 2, 3]


def test_a_deadline_moved_every_day_reaches_the_office(world: World) -> None:
    """The ladder itself would stand on its first rung for ever."""
    item = late(world)
    for day in range(13, 23):
        look(at(day, 9))
        move(world, item, FRIDAY + (day - 12) * DAY, when=at(day))

    assert told(world, "plan.overdue") == []
    assert heard(world).count("grade_leader") == 8
    assert heard(world).count("duty_officer") == heard(world).count("head_of_office") == 6


def test_an_earlier_deadline_is_told_and_counts_as_no_delay(world: World) -> None:
    item = late(world)
    for day in (15, 14, 13):
        move(world, item, at(day, 17, 30), when=at(12, 11))

    assert set(heard(world)) == {"father", "mother"}
    assert not any(event["payload"]["later"] for event in events(world, "plan.moved"))


def test_a_deadline_that_has_passed_is_not_moved_in_silence(world: World) -> None:
    item = late(world)
    look(FRIDAY)
    move(world, item, at(23, 17, 30), when=at(17))

    assert "grade_leader" in heard(world)


def test_one_long_move_is_heard_above(world: World) -> None:
    move(world, late(world), FRIDAY + timedelta(days=29), when=at(14))

    assert "grade_leader" in heard(world)


def test_what_the_grade_leader_moves_is_heard_by_the_office(world: World) -> None:
    item = late(world)
    look(FRIDAY)
    move(world, item, at(23, 17, 30), when=at(17), by="grade_leader")

    assert "grade_leader" not in heard(world)
    assert {"duty_officer", "head_of_office"} <= set(heard(world))


@pytest.mark.django_db(transaction=True)
def test_whoever_may_not_know_of_it_is_not_told(world: World) -> None:
    """To him the item stands still, and so does its deadline."""
    item = item_of(world)
    named(world)
    now = clock.now()
    move(world, item, now + 40 * DAY, when=now)

    with tenancy.scope(world.id):
        found = Notification.objects.filter(template="plan.moved")
        people = set(found.values_list("recipient", flat=True))
    assert world["father"].pk not in people
    assert world["mother"].pk in people
