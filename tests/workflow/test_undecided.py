"""Before a person has routed a matter, nobody takes it down, and no plan shows it to a family."""

import pytest

from parties import tenancy
from parties.roles import Role
from records.models import ActionItem
from tests.factories import World
from tests.processes.intake_walk import AMBER, RED, Intake, in_meeting, raised
from tests.records.agreed import MONDAY, draft
from tests.workflow.moves import lower, upgrade
from workflow import plans
from workflow.errors import WrongState

pytestmark = pytest.mark.django_db


def plan(walk: Intake) -> None:
    plans.make(
        school_id=walk.world.id, student_id=walk.world.student.pk, case_id=walk.case_id,
        by=walk.world["teacher"], at=MONDAY, drafts=[draft()],
    )  # fmt: skip


def items(walk: Intake) -> int:
    with tenancy.scope(walk.world.id):
        return ActionItem.objects.filter(case_id=walk.case_id).count()


@pytest.mark.parametrize("by", ["teacher", "grade_leader", "duty_officer"])
@pytest.mark.parametrize("words", [RED, AMBER])
def test_nobody_alone_takes_a_question_down(world: World, by: str, words: str) -> None:
    walk = raised(world, words=words)
    before = walk.all_open()

    with pytest.raises(WrongState, match="还没有人决定走哪个渠道"):
        lower(walk, by=by)

    assert walk.all_open() == before
    assert walk.case.channel == "MEETING"
    assert walk.case.shown_channel == ""


def test_nor_where_the_family_raised_it_or_the_second_name_is_waited_for(world: World) -> None:
    walk = raised(world, by="mother", role=Role.G, words=RED, danger="yes")
    walk.choose("meeting")

    with pytest.raises(WrongState, match="还没有人决定走哪个渠道"):
        lower(walk)

    assert "confirm_channel" in walk.all_open()


def test_no_plan_is_made_of_a_question(world: World) -> None:
    walk = raised(world, words=RED)

    with pytest.raises(WrongState, match="还没有人决定走哪个渠道"):
        plan(walk)

    assert items(walk) == 0


def test_danger_takes_it_up_all_the_same(world: World) -> None:
    walk = raised(world, words=AMBER)

    upgrade(walk)

    assert walk.case.channel == "CRISIS"


def test_once_routed_it_goes_down_and_has_a_plan(world: World) -> None:
    walk = in_meeting(world)

    plan(walk)
    lower(walk)

    assert items(walk) == 1
    assert walk.case.channel == "NOTICE"
