"""Words of danger in a request that is answered with 409 ask the office all the same."""

from collections.abc import Callable

import pytest

from parties import clock, tenancy
from records import plans
from tests.api import plan_stories
from tests.api.callers import Caller, code
from tests.factories import World
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db

DANGER = "孩子割腕了，说不想活"


def asked(world: World) -> int:
    with tenancy.scope(world.id):
        return HumanTask.objects.filter(name="upgrade_decide", state="OPEN").count()


def test_stuck_on_a_dropped_item(world: World, as_: Callable[[str], Caller]) -> None:
    item = plan_stories.item(world)
    plans.drop(
        school_id=world.id, item_id=item.pk, by=world["teacher"], at=clock.now(), why="改用别的办法"
    )
    path = f"/items/{item.pk}/block"

    assert as_("stranger").post(path, {"why": DANGER}).status_code == 404
    assert asked(world) == 0
    for _ in range(2):
        answer = as_("mother").post(path, {"why": DANGER})
        assert (answer.status_code, code(answer)) == (409, "state.wrong")
        assert asked(world) == 1
