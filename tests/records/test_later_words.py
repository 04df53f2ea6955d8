"""Words that come later count like the first ones: money and health are for their readers alone."""

from collections.abc import Callable
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput
from records import check_ins, plans
from records.models import ActionItem, ItemCheckIn
from tests.factories import World
from tests.records.agreed import MONDAY, daily, draft, now, one

pytestmark = pytest.mark.django_db

MONEY, HEALTH, PLAIN = "家里交不起网费", "孩子住院了", "这周作业本没带回家"

Say = Callable[[World, ActionItem, str, str], None]


def common(world: World, item: ActionItem, by: str) -> dict[str, Any]:
    return {"school_id": world.id, "item_id": item.pk, "by": world[by], "at": MONDAY}


def block(world: World, item: ActionItem, by: str, words: str) -> None:
    plans.block(**common(world, item, by), why=words)


def finish(world: World, item: ActionItem, by: str, words: str) -> None:
    plans.finish(**common(world, item, by), note=words)


def drop(world: World, item: ActionItem, by: str, words: str) -> None:
    plans.drop(**common(world, item, by), why=words)


def excuse(world: World, item: ActionItem, by: str, words: str) -> None:
    check_ins.check_in(**common(world, item, by), excuse=words)


FIELDS = {block: "blocked_why", finish: "evidence_note", drop: "dropped_why"}


def reads(world: World, who: str, item: ActionItem, field: str) -> bool:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=MONDAY)
        found = viewer.find(ActionItem, item.pk)
        return found is not None and field in viewer.fields(found)


@pytest.mark.parametrize("say", [block, finish, excuse])
@pytest.mark.parametrize(("words", "code"), [(MONEY, "ECO"), (HEALTH, "HLT"), (PLAIN, "COM")])
def test_what_a_family_adds_raises_the_class(world: World, say: Say, words: str, code: str) -> None:
    item = one(world, daily())

    say(world, item, "mother", words)

    assert now(world, item).field_class == code
    assert reads(world, "mother", item, "title")
    assert reads(world, "teacher", item, "title") == (code == "COM")


@pytest.mark.parametrize(("words", "code"), [(MONEY, "ECO"), (HEALTH, "HLT")])
def test_why_staff_lets_go_of_it_raises_the_class_too(world: World, words: str, code: str) -> None:
    item = one(world, draft())

    drop(world, item, "teacher", words)

    assert now(world, item).field_class == code
    assert not reads(world, "grade_leader", item, "dropped_why")


@pytest.mark.parametrize("words", [MONEY, HEALTH, "父母离婚"])
def test_staff_writes_nothing_of_the_kind_beside_a_companys_item(world: World, words: str) -> None:
    item = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))

    with pytest.raises(InvalidInput, check=lambda no: no.field == "why"):
        drop(world, item, "teacher", words)


@pytest.mark.parametrize(("say", "field"), [(block, "why"), (finish, "note")])
def test_staff_writes_it_beside_no_item_that_nobody_owns(
    world: World, say: Say, field: str
) -> None:
    item = one(world, draft(owner_party="SCHOOL"))

    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        say(world, item, "teacher", MONEY)


@pytest.mark.parametrize("say", [block, finish])
def test_what_a_company_adds_is_kept_for_the_office_and_the_family(world: World, say: Say) -> None:
    item = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))

    say(world, item, "mentor", HEALTH)

    found, field = now(world, item), FIELDS[say]  # type: ignore[index]
    assert (found.field_class, getattr(found, field)) == ("COM", HEALTH)
    assert reads(world, "mother", item, field)
    for who in ("teacher", "grade_leader", "head_of_office", "mentor"):
        assert not reads(world, who, item, field), who
        assert reads(world, who, item, "title"), who


def test_money_beside_an_item_about_health_is_kept_from_the_school_doctor(world: World) -> None:
    item = one(world, draft(title="按时复诊吃药"))

    block(world, item, "mother", MONEY)

    assert now(world, item).field_class == "HLT"
    assert reads(world, "mother", item, "blocked_why")
    assert reads(world, "counsellor", item, "title")
    assert not reads(world, "counsellor", item, "blocked_why")


def test_an_excuse_of_another_class_is_kept_back_too(world: World) -> None:
    item = one(world, daily(title="按时复诊吃药"))
    excuse(world, item, "mother", MONEY)

    def shows(who: str) -> bool:
        with tenancy.scope(world.id):
            viewer = Viewer.load(world[who], at=MONDAY)
            row = viewer.rows(ItemCheckIn).get(item=item)
            return "excuse" in viewer.fields(row)

    assert (shows("mother"), shows("counsellor")) == (True, False)
