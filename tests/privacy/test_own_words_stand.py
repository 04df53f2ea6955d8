"""What a guardian does themselves counts for them, though an item stands still to them."""

from typing import Any

import pytest

from parties import tenancy
from records import check_ins, plans
from records.models import ActionItem
from tests.api.callers import Caller, member
from tests.factories import World
from tests.privacy.test_items_stand_still import before_it, do, item_of, looked_at, named
from workflow.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)

SHE = ("mother", "teacher")


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
    with tenancy.scope(world.id):
        heard = Notification.objects.filter(template="plan.blocked", recipient=world["teacher"])
        assert heard.count() == 1


def kept(caller: Caller, world: World) -> Any:
    """The weeks of 签到 in the file, but for the ids and moments of rows."""
    lines = caller.get(f"/students/{world.student.pk}/file").json()["results"]
    return [(one["title"], one["state"]) for one in lines if one["kind"] == "plan_checkin"]


def told(caller: Caller, world: World, item: ActionItem, **body: Any) -> Any:
    """His own check-in, and all that he reads of it: twice, for phones send again."""
    both = [caller.post(f"/items/{item.pk}/check-ins", body) for _ in range(2)]
    said = [(one.status_code, one.json().get("state"), one.json().get("progress")) for one in both]
    found = read(caller, item)
    return said, found["state"], found["progress"], kept(caller, world)


@pytest.mark.parametrize("excuse", ["", "没有网"])
@pytest.mark.parametrize("hers", ["day", "excuse", "done", "verified", "dropped"])
def test_his_own_day_counts_for_him_whatever_others_did(
    world: World, hers: str, excuse: str
) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    if hers == "day":
        do(world, check_ins.check_in, item, "mother")
    elif hers == "excuse":
        do(world, check_ins.check_in, item, "mother", excuse="孩子累了")
    else:
        ended(world, item, hers)

    said, state, progress, lines = told(
        father, world, item, **({"excuse": excuse} if excuse else {})
    )

    day = "EXCUSED" if excuse else "DONE"
    assert [one[:2] for one in said] == [(200, day)] * 2
    assert said[0][2] == said[1][2] == progress
    assert (state, progress["today"], progress["done"]) == ("DOING", day, int(not excuse))
    assert lines == [("签到", "签到 0 天，说明 1 天" if excuse else "签到 1 天")]


def ended(world: World, item: ActionItem, how: str) -> None:
    if how == "dropped":
        do(world, plans.drop, item, "teacher", why="已转为住校")
        return
    do(world, plans.finish, item, "mother", note="在外婆家B")
    if how == "verified":
        do(world, plans.verify, item, "teacher", as_read=looked_at(world, item))


def seen(world: World, who: str, item: ActionItem) -> Any:
    """The item itself. What is noted beside it is the school's (test_noted_on_items)."""
    found = read(member(world, who), item)
    if who != "mother":
        found.pop("noted", None)
    return found


def test_she_and_the_school_read_of_his_day_what_the_day_is(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    do(world, check_ins.check_in, item, "mother")
    before = [(seen(world, who, item), kept(member(world, who), world)) for who in SHE]

    told(father, world, item, excuse="没有网")

    now = [(seen(world, who, item), kept(member(world, who), world)) for who in SHE]
    assert now == before


@pytest.mark.parametrize("how", ["done", "verified", "dropped"])
def test_what_he_does_with_an_item_that_ended_is_his_own_word(world: World, how: str) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    ended(world, item, how)
    before = [seen(world, who, item) for who in SHE]

    assert father.post(f"/items/{item.pk}/block", {"why": "没有网"}).status_code == 200
    assert read(father, item)["blocked_why"] == "没有网"
    assert father.post(f"/items/{item.pk}/start").status_code == 200
    assert read(father, item)["state"] == "DOING"
    assert says_done(father, item, "父亲C").status_code == 200

    found = read(father, item)
    assert (found["state"], found["evidence_note"]) == ("DONE", "父亲C")
    assert (found["done_by"], found["verified_by"]) == (str(world["father"].pk), None)
    assert says_done(father, item, "再说一次").status_code == 409
    assert [seen(world, who, item) for who in SHE] == before


def test_what_he_knows_to_be_done_is_done_though_others_went_on(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    says_done(father, item, "父亲C")
    do(world, plans.reopen, item, "teacher", as_read=looked_at(world, item))

    assert says_done(father, item, "再说一次").status_code == 409
    assert father.post(f"/items/{item.pk}/check-ins", {}).status_code == 409
