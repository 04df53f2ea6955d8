"""An item says which point of which record's consensus it comes from, to whoever may read that."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput
from records import plan_views
from records.models import ActionItem, Statement
from tests.factories import World
from tests.records.agreed import MONDAY, draft, one
from tests.records.desk import FACT, Desk

pytestmark = pytest.mark.django_db

AGREED = "每周二、四晚由家长签到。"


def consensus(world: World, text: str = AGREED, *, offer: bool = True, **said: Any) -> Statement:
    desk = Desk(world, at=MONDAY)
    record = desk.drafted(FACT)
    made = desk.say(record, text, section=said.pop("section", "CONSENSUS"), **said)
    if offer:
        desk.check(record)
        desk.offer(record)
    return made


def made_from(world: World, point: UUID, **changes: Any) -> ActionItem:
    return one(world, draft(from_consensus=point, **changes))


def sees(world: World, who: str, item: ActionItem) -> Any:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=MONDAY)
        found = viewer.find(ActionItem, item.pk)
        return None if found is None else plan_views.shown(viewer, found).get("from_consensus")


def test_an_item_names_the_record_its_version_and_the_words(world: World) -> None:
    point = consensus(world)
    item = made_from(world, point.pk)

    for who in ("teacher", "mother", "student"):
        found = sees(world, who, item)
        assert (found["record"], found["version"]) == (str(point.record_id), 1), who
        assert found["text"] == AGREED
        assert found["record_no"].startswith("JL")


def test_who_may_not_read_the_record_reads_no_word_of_it_here(world: World) -> None:
    item = made_from(world, consensus(world).pk)
    company = made_from(world, consensus(world).pk, owner_party="COMPANY", title="每周二不排夜班")

    assert sees(world, "grade_leader", item) is None
    assert sees(world, "mentor", company) is None


def test_nobody_refers_to_a_point_that_they_may_not_read(world: World) -> None:
    point = consensus(world, "一起准备助学金申请材料。")

    with pytest.raises(InvalidInput, check=lambda no: no.field == "from_consensus"):
        made_from(world, point.pk)


@pytest.mark.parametrize(
    "given",
    [{"section": "FACT"}, {"section": "DISAGREEMENT"}, {"offer": False}],
)
def test_what_is_no_agreed_point_is_refused(world: World, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == "from_consensus"):
        made_from(world, consensus(world, **given).pk)


def test_a_point_of_another_student_or_of_nobody_is_refused(world: World) -> None:
    with tenancy.scope(world.id):
        classmate = world["classmate"].student
    own, world.student = world.student, classmate
    mother = world["mother"]
    with tenancy.scope(world.id):
        world.guardian("mother", "OTHER")  # the classmate's
    foreign = consensus(world)
    world.student, world.people["mother"] = own, mother

    for strange in (foreign.pk, uuid4()):
        with pytest.raises(InvalidInput, check=lambda no: no.field == "from_consensus"):
            made_from(world, strange)
