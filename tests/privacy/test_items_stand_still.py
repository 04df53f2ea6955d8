"""A guardian who had an item before a crisis named them keeps it as it stood, and nothing since."""

from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from parties.access import Viewer
from records import check_ins, plan_views, plans
from records.models import ActionItem, Attachment, ItemCheckIn
from tests.api.callers import Caller, member
from tests.api.plan_stories import today
from tests.api.stories import triaged
from tests.factories import HOUR, World
from tests.portal.visitors import by_password
from tests.processes.walker import FATHER
from tests.records import agreed

pytestmark = pytest.mark.django_db(transaction=True)


def item_of(world: World, **changes: Any) -> ActionItem:
    """Agreed on an hour ago, in a meeting that the family knows of."""
    ago = clock.now() - HOUR
    case = agreed.meeting(world, began=ago)
    return agreed.agree(world, case, today(**changes), when=ago)[0]


def named(world: World) -> None:
    triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")


def answers(caller: Caller, world: World, item: ActionItem) -> tuple[Any, ...]:
    """What reaches a guardian of one item, over every door."""
    read = caller.get(f"/items/{item.pk}")
    plan = caller.get(f"/students/{world.student.pk}/plan").json()["results"]
    lines = caller.get(f"/students/{world.student.pk}/file").json()["results"]
    kept = [one for one in lines if one["kind"] in ("action_item", "plan_checkin", "attachment")]
    return read.status_code, read.json(), read.headers.get("ETag"), plan, kept


def do(world: World, verb: Any, item: ActionItem, by: str, **more: Any) -> None:
    verb(school_id=world.id, item_id=item.pk, by=world[by], at=clock.now(), **more)


def looked_at(world: World, item: ActionItem) -> str:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=clock.now())
        return plan_views.mark(plan_views.shown(viewer, viewer.get(ActionItem, item.pk)))


def went_on(world: World, item: ActionItem) -> None:
    """A day of the mother's, her words, a file of hers, and the teacher's look."""
    do(world, check_ins.check_in, item, "mother")
    do(world, plans.block, item, "mother", why="父亲前天晚上动手")
    do(world, plans.start, item, "mother")
    with tenancy.scope(world.id):
        Attachment.objects.create(
            school=world.school, student=world.student, item_id=item.pk, name="a.jpg",
            media_type="image/jpeg", size=1, sha256=b"1" * 32, original_sha256=b"1" * 32,
            sensitivity="COM", blob="11111111-1111-4111-8111-111111111111",
            uploaded_by=world["mother"], uploaded_at=clock.now(),
        )  # fmt: skip
    do(world, plans.finish, item, "mother", note="在外婆家做完的")
    do(world, plans.verify, item, "teacher", as_read=looked_at(world, item))


def test_what_came_after_he_was_named_is_not_there_for_him(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    before = answers(father, world, item)
    assert before[1]["state"] == "TODO"

    went_on(world, item)

    assert answers(father, world, item) == before
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["father"], at=clock.now())
        assert not viewer.rows(ItemCheckIn).filter(item=item).exists()
        assert not viewer.rows(Attachment).filter(item_id=item.pk).exists()


def test_she_and_the_school_read_on(world: World) -> None:
    item = item_of(world)
    named(world)
    went_on(world, item)

    for who in ("mother", "teacher"):
        found = member(world, who).get(f"/items/{item.pk}").json()
        assert (found["state"], found["evidence_note"]) == ("VERIFIED", "在外婆家做完的"), who
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["mother"], at=clock.now())
        assert viewer.rows(ItemCheckIn).filter(item=item).count() == 1
        assert viewer.rows(Attachment).filter(item_id=item.pk).count() == 1


def test_what_was_there_before_stays_with_him(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    moment = clock.now() - timedelta(minutes=30)
    check_ins.check_in(school_id=world.id, item_id=item.pk, by=world["mother"], at=moment)
    named(world)

    found = father.get(f"/items/{item.pk}").json()
    assert (found["state"], found["progress"]["done"]) == ("DOING", 1)


def test_words_that_were_amended_since_are_not_shown_to_him(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    do(
        world, plans.amend, item, "teacher",
        values={"target": "住在外婆家期间每天完成"}, unchanged=lambda _viewer, _item: None,
    )  # fmt: skip

    found = father.get(f"/items/{item.pk}").json()
    assert "target" not in found
    assert found["title"] == item.title
    assert "外婆" in member(world, "mother").get(f"/items/{item.pk}").json()["target"]


def test_his_own_day_is_his_own(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    father.post(f"/items/{item.pk}/check-ins")

    found = father.get(f"/items/{item.pk}").json()
    assert (found["state"], found["progress"]["done"]) == ("DOING", 1)


@pytest.mark.parametrize("ends", ["verified", "dropped"])
def test_his_page_of_the_plan_stands_still_too(world: World, ends: str) -> None:
    item, phone = item_of(world), by_password(world, "father")
    named(world)
    phone.open("/plan")
    before = phone.text
    assert item.title in before

    if ends == "dropped":
        do(world, plans.drop, item, "teacher", why="已转为住校")
    else:
        went_on(world, item)

    phone.open("/plan")
    assert phone.text == before
