"""What `may` of an item of a plan names: what its state takes."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.api import plan_stories
from tests.api.callers import Caller
from tests.factories import World

As = Callable[[str], Caller]


@pytest.fixture
def case(world: World) -> UUID:
    return plan_stories.running(world)


@pytest.mark.parametrize(
    ("state", "owner", "teacher"),
    [
        ("TODO", ["check_in", "finish", "start"], ["amend", "drop"]),
        ("DOING", ["check_in", "finish"], ["amend", "drop"]),
        ("BLOCKED", ["check_in", "finish", "start"], ["amend", "drop"]),
        ("DONE", [], ["drop", "verify"]),
        ("VERIFIED", [], []),
        ("DROPPED", [], []),
    ],
)
def test_only_acts_are_named_that_the_state_takes(
    world: World, as_: As, case: UUID, state: str, owner: list[str], teacher: list[str]
) -> None:
    address = f"/items/{plan_stories.item(world, case).pk}"
    if state == "DOING":
        as_("mother").post(f"{address}/start")
    if state == "BLOCKED":
        as_("mother").post(f"{address}/block", {"why": "这周上夜班"})
    if state in ("DONE", "VERIFIED"):
        as_("mother").post(f"{address}/done", {"note": "每晚八点一起看作业"})
    if state == "VERIFIED":
        seen = as_("teacher").get(address).json()["as_read"]
        as_("teacher").post(f"{address}/verify", {"as_read": seen})
    if state == "DROPPED":
        as_("teacher").post(f"{address}/drop", {"why": "已经另有安排"})

    found = {who: as_(who).get(address).json() for who in ("mother", "teacher")}

    assert found["mother"]["state"] == state
    assert found["mother"]["may"] == owner
    assert found["teacher"]["may"] == teacher
    assert ("as_read" in found["teacher"]) == ("verify" in teacher)
