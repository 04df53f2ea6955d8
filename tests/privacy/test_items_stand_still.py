"""A guardian who had an item before a crisis named them keeps it as it stood, and nothing since."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from parties import clock, tenancy
from parties.access import Viewer
from records import (
    check_ins,
    evaluations,
    item_files,
    item_rows,
    plan_amending,
    plan_times,
    plan_views,
    plans,
)
from records.attachments import Upload
from records.models import ActionItem, Attachment, ItemCheckIn
from tests.api.callers import Caller, member
from tests.api.plan_stories import today
from tests.api.stories import triaged
from tests.factories import HOUR, World
from tests.portal.visitors import by_password
from tests.processes.walker import FATHER
from tests.records import agreed
from tests.records.uploads.files import jpeg

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
    when = {"at": clock.now(), **more}
    verb(school_id=world.id, item_id=item.pk, by=world[by], **when)


def before_it() -> datetime:
    """A story of a crisis begins a minute ago."""
    return clock.now() - timedelta(minutes=30)


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
    do(world, check_ins.check_in, item, "mother", at=before_it())
    named(world)

    found = father.get(f"/items/{item.pk}").json()
    assert (found["state"], found["progress"]["done"]) == ("DOING", 1)


def test_how_far_it_got_says_nothing_of_its_end(world: World) -> None:
    """Days that nobody looks at any more count for nobody: here they would tell that it ended."""
    item, father = item_of(world), member(world, "father")
    with tenancy.scope(world.id):
        began = item.starts_on - timedelta(days=3)
        ActionItem.objects.filter(pk=item.pk).update(
            starts_on=began, next_day_at=plan_times.morning_after(began)
        )
    named(world)
    before = father.get(f"/items/{item.pk}").json()["progress"]
    assert before["so_far"] == 4

    do(world, plans.drop, item, "teacher", why="已转为住校")

    assert father.get(f"/items/{item.pk}").json()["progress"] == before
    ended = member(world, "mother").get(f"/items/{item.pk}").json()["progress"]
    assert ended["so_far"] == 1


def amend(world: World, item: ActionItem, **values: Any) -> None:
    verb = plan_amending.amend
    do(
        world, verb, item, "teacher", values=values, unchanged=lambda _viewer, _item: None,
        why="家里排班变了",
    )  # fmt: skip


def test_words_that_were_amended_since_stay_for_him_as_they_were(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    before = answers(father, world, item)

    amend(world, item, target="住在外婆家期间每天完成", title="在外婆家签到")
    amend(world, item, target="再试一次", recurrence="", due_at=clock.now() + timedelta(days=40))

    assert answers(father, world, item) == before
    assert before[1]["target"] == "每天完成"
    mother = member(world, "mother").get(f"/items/{item.pk}").json()
    assert (mother["title"], mother["target"]) == ("在外婆家签到", "再试一次")


def test_who_took_it_on_since_stays_unknown_to_him(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    before = answers(father, world, item)

    amend(world, item, owner_id=world["mother"].pk)

    assert answers(father, world, item) == before
    assert before[1]["owner_person"] is None
    mother = member(world, "mother").get(f"/items/{item.pk}").json()
    assert mother["owner_person"] == str(world["mother"].pk)


def test_words_of_before_that_nobody_kept_are_absent(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    with tenancy.scope(world.id):  # as it was before earlier words were kept
        found = ActionItem.objects.get(pk=item.pk)
        found.target = "住在外婆家期间每天完成"
        found.save(update_fields=["target"])
        item_rows.record("plan.item_amended", item, at=clock.now(), fields=["target"])

    answer = father.get(f"/items/{item.pk}").json()
    assert "target" not in answer
    assert answer["title"] == item.title


def test_a_class_that_others_raised_since_is_not_told_by_its_name(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    before = answers(father, world, item)

    do(world, check_ins.check_in, item, "mother", excuse="家里交不起网费")

    assert answers(father, world, item) == before
    with tenancy.scope(world.id):
        assert ActionItem.objects.get(pk=item.pk).field_class == "ECO"


def test_words_beside_it_that_he_knew_stay_when_others_write_new_ones(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    do(world, plans.block, item, "mother", why="网断了", at=before_it())
    do(world, plans.finish, item, "mother", note="都做完了", at=before_it())
    do(world, plans.reopen, item, "teacher", as_read=looked_at(world, item), at=before_it())
    read = father.get(f"/items/{item.pk}").json()
    named(world)
    before = answers(father, world, item)
    assert before[1]["evidence_note"] == read["evidence_note"] == "都做完了"
    assert before[1]["blocked_why"] == "网断了"

    do(world, plans.finish, item, "mother", note="在外婆家做完的")
    do(world, plans.reopen, item, "teacher", as_read=looked_at(world, item))

    assert answers(father, world, item) == before


def photo(world: World, item: ActionItem, by: str, **more: Any) -> Attachment:
    upload = Upload(source=jpeg(), name="作业.jpg", media_type="image/jpeg")
    when = {"at": clock.now(), **more}
    return item_files.store(
        school_id=world.id, by=world[by], item_id=item.pk, upload=upload, **when
    )


def opens(world: World, who: str, file: Attachment) -> bool:
    return bool(member(world, who).get(f"/attachments/{file.pk}").status_code == 200)


def test_evidence_that_was_replaced_since_is_there_for_him_as_it_was(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    old = photo(world, item, "mother", at=before_it())
    do(world, plans.finish, item, "mother", note="做完了", evidence=[old.pk], at=before_it())
    named(world)
    page = by_password(world, "father")
    address = f"/plan/{item.pk}/evidence"
    before, shown = answers(father, world, item), page.open(address).content

    new = photo(world, item, "mother", replaces=old.pk)
    newest = photo(world, item, "mother", replaces=new.pk)

    assert answers(father, world, item) == before
    assert before[1]["evidence"] == [str(old.pk)]
    assert page.open(address).content == shown
    assert [opens(world, "father", one) for one in (old, new, newest)] == [True, False, False]
    assert member(world, "mother").get(f"/items/{item.pk}").json()["evidence"] == [str(newest.pk)]


def test_what_he_names_as_evidence_is_what_stands_in_its_place(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    old = photo(world, item, "mother", at=before_it())
    named(world)
    new = photo(world, item, "mother", replaces=old.pk)

    answer = father.post(f"/items/{item.pk}/done", {"note": "做完了", "evidence": [str(old.pk)]})

    assert (answer.status_code, answer.json()["evidence"]) == (200, [str(old.pk)])
    with tenancy.scope(world.id):
        assert ActionItem.objects.get(pk=item.pk).evidence == [new.pk]


def test_evidence_that_was_replaced_before_he_was_named_is_not_his(world: World) -> None:
    item = item_of(world)
    old = photo(world, item, "mother", at=before_it())
    new = photo(world, item, "mother", replaces=old.pk, at=before_it())
    named(world)

    assert [opens(world, "father", one) for one in (old, new)] == [False, True]


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


def test_a_date_that_moved_since_moves_no_line_of_his_page(world: World) -> None:
    first, phone = item_of(world, title="第一项"), by_password(world, "father")
    item_of(world, title="第二项", due_at=first.due_at + timedelta(days=1))
    named(world)
    phone.open("/plan")
    before = phone.text
    assert 0 < before.index("第一项") < before.index("第二项")

    amend(world, first, due_at=first.due_at + timedelta(days=9), recurrence="")

    phone.open("/plan")
    assert phone.text == before


def test_a_plan_of_after_it_is_none_to_score(world: World) -> None:
    empty, kept = (agreed.meeting(world, began=before_it()) for _ in range(2))
    named(world)
    agreed.agree(world, kept, today(), when=clock.now())
    with tenancy.scope(world.id):
        evaluations.begin_round(student=world.student, case_id=kept, at=clock.now())
    father, given = member(world, "father"), {"score": 1}

    hidden, none = (father.post(f"/cases/{one}/evaluations", given) for one in (kept, empty))

    assert hidden.status_code == none.status_code == 422
    assert hidden.json()["errors"] == none.json()["errors"]
    mother = member(world, "mother")
    assert mother.post(f"/cases/{kept}/evaluations", given).status_code == 201


def test_an_item_of_after_it_is_none_to_score_beside_those_he_knows(world: World) -> None:
    case = agreed.meeting(world, began=before_it())
    known, later = agreed.agree(world, case, today(), today(), when=before_it())
    named(world)
    with tenancy.scope(world.id):
        ActionItem.objects.filter(pk=later.pk).update(created_at=clock.now())
    father = member(world, "father")

    hidden, none = (
        father.post(f"/cases/{case}/evaluations", {"score": 1, "item": str(one)})
        for one in (later.pk, uuid4())
    )

    assert hidden.status_code == none.status_code == 422
    assert hidden.json()["errors"] == none.json()["errors"]
    assert hidden.json()["errors"][0]["field"] == "item"
    for who, item in (("father", known.pk), ("mother", later.pk)):
        given = {"score": 1, "item": str(item)}
        assert member(world, who).post(f"/cases/{case}/evaluations", given).status_code == 201
