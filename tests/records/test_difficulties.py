"""What stands in the way of an item: one difficulty, another one, and the same one once more."""

import pytest

from parties import tenancy
from parties.errors import WrongState
from records import plans
from records.models import ActionItem, EarlierWords
from tests.factories import World
from tests.records.agreed import draft, now, one
from tests.records.test_plans import do
from tests.workflow.outbox import events

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(world: World) -> ActionItem:
    made = one(world, draft())
    do(world, plans.block, made, "mother", why="最近上夜班")
    return made


def test_another_difficulty_is_said_beside_the_first(world: World, item: ActionItem) -> None:
    do(world, plans.block, item, "father", day=13, why="孩子把作业留在学校")

    stuck = now(world, item)
    assert (stuck.state, stuck.blocked_why) == ("BLOCKED", "孩子把作业留在学校")
    with tenancy.scope(world.id):
        kept = [row.said["blocked_why"] for row in EarlierWords.objects.order_by("place")]
    assert kept == ["", "最近上夜班"]
    assert len(events(world, "plan.item_blocked")) == 2


def test_a_second_tap_says_nothing_new(world: World, item: ActionItem) -> None:
    do(world, plans.block, item, "mother", day=13, why="最近上夜班")

    assert now(world, item).blocked_why == "最近上夜班"
    assert len(events(world, "plan.item_blocked")) == 1


def test_the_same_words_of_another_are_a_word_of_their_own(world: World, item: ActionItem) -> None:
    do(world, plans.block, item, "father", day=13, why="最近上夜班")

    said = [event["actor"] for event in events(world, "plan.item_blocked")]
    assert said == [str(world["mother"].pk), str(world["father"].pk)]


def test_what_is_over_has_no_difficulty_any_more(world: World, item: ActionItem) -> None:
    do(world, plans.drop, item, "teacher", why="已转为住校")

    with pytest.raises(WrongState):
        do(world, plans.block, item, "mother", day=13, why="孩子把作业留在学校")
