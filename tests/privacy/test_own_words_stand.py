"""What a guardian does themselves counts for them, though an item stands still to them."""

from typing import Any

import pytest

from records import plans
from records.models import ActionItem
from tests.api.callers import Caller, member
from tests.factories import World
from tests.privacy.test_items_stand_still import before_it, do, item_of, looked_at, named

pytestmark = pytest.mark.django_db(transaction=True)


def read(caller: Caller, item: ActionItem) -> Any:
    return caller.get(f"/items/{item.pk}").json()


def back_and_forth(world: World, item: ActionItem, note: str, **more: Any) -> None:
    """The mother says that it is done, and the teacher asks to go on."""
    do(world, plans.finish, item, "mother", note=note, **more)
    do(world, plans.reopen, item, "teacher", as_read=looked_at(world, item), **more)


def says_done(caller: Caller, item: ActionItem, note: str) -> Any:
    return caller.post(f"/items/{item.pk}/done", {"note": note})


@pytest.mark.parametrize("note", ["父亲C", "在外婆家B"])
def test_his_own_word_is_his_though_others_wrote_meanwhile(world: World, note: str) -> None:
    item, father = item_of(world), member(world, "father")
    back_and_forth(world, item, "A", at=before_it())
    named(world)
    back_and_forth(world, item, "在外婆家B")
    assert read(father, item)["evidence_note"] == "A"

    assert says_done(father, item, note).status_code == 200

    for _ in range(2):
        found = read(father, item)
        assert (found["state"], found["evidence_note"]) == ("DONE", note)
        assert found["done_by"] == str(world["father"].pk)
        assert found["done_at"] is not None
        do(world, plans.reopen, item, "teacher", as_read=looked_at(world, item))
        do(world, plans.finish, item, "mother", note="D")


@pytest.mark.parametrize("why", ["没有网", "他前晚动手"])
def test_his_own_difficulty_is_his_though_others_wrote_meanwhile(world: World, why: str) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    do(world, plans.block, item, "mother", why="他前晚动手")
    do(world, plans.start, item, "mother")
    assert read(father, item)["blocked_why"] == ""

    assert father.post(f"/items/{item.pk}/block", {"why": why}).status_code == 200

    found = read(father, item)
    assert (found["state"], found["blocked_why"]) == ("BLOCKED", why)
