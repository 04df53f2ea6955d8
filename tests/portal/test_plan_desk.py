"""约定的事项 on a phone: school and company say what they did, and somebody else looks at it."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parties import tenancy
from parties.access import Act, Viewer
from records import plans
from records.models import ActionItem, Attachment, ItemCheckIn
from tests.api import plan_stories
from tests.api.callers import member
from tests.factories import World
from tests.portal.visitors import Phone, by_password
from tests.records import agreed
from tests.records.uploads.files import jpeg
from workflow import plan_ladder, plan_waiting
from workflow.models import Notification

SHIFT: dict[str, Any] = {"owner_party": "COMPANY", "title": "每周二四不排晚班", "recurrence": ""}
TRAINING: dict[str, Any] = {"owner_party": "SCHOOL", "title": "训练改到周一下午", "recurrence": ""}
LINK = 'href="/plan/desk"'


def school_item(world: World, **changes: Any) -> ActionItem:
    owner = {"owner_id": world["teacher"].pk}
    return plan_stories.item(world, **{**TRAINING, **owner, **changes})


def at_desk(world: World, name: str) -> Phone:
    phone = by_password(world, name)
    phone.open("/plan/desk")
    return phone


def state(world: World, item: ActionItem) -> str:
    return str(agreed.now(world, item).state)


def finished(world: World, item: ActionItem, by: str = "mother") -> None:
    answer = member(world, by).post(f"/items/{item.pk}/done", {"note": "两周都做到了"})
    assert answer.status_code == 200, answer.content


def mark(phone: Phone, act: str) -> str:
    found = re.search(rf'/{act}">.*?name="as_read" value="([^"]*)"', phone.html, re.DOTALL)
    assert found, phone.text
    return found[1]


# --- whose item it is -----------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_the_first_page_leads_each_owner_to_their_items(world: World, who: str) -> None:
    assert LINK not in by_password(world, who).html
    if who == "teacher":
        school_item(world)
    else:
        plan_stories.item(world, **SHIFT)

    assert LINK in by_password(world, who).html
    for other in ("mother", "student", "stranger", "classmate"):
        assert LINK not in by_password(world, other).html, other


@pytest.mark.parametrize(("who", "what"), [("teacher", TRAINING), ("mentor", SHIFT)])
def test_an_owner_says_what_is_difficult_and_that_it_is_done(
    world: World, who: str, what: dict[str, Any]
) -> None:
    item = plan_stories.item(world, **what)
    phone = at_desk(world, who)
    assert item.title in phone.text

    phone.send(f"/plan/{item.pk}/stuck", why="设备在检修")
    assert state(world, item) == "BLOCKED"
    assert phone.page.request["PATH_INFO"] == "/plan/desk"
    assert "遇到困难" in phone.text

    phone.send(f"/plan/{item.pk}/done", note="排班表已改")
    assert state(world, item) == "DONE"
    assert phone.page.request["PATH_INFO"] == "/plan/desk"
    assert "已完成，待核实" in phone.text
    assert f'/plan/{item.pk}/verify"' not in phone.html


@pytest.mark.parametrize(("who", "what"), [("teacher", TRAINING), ("mentor", SHIFT)])
def test_an_owner_adds_a_photo(world: World, who: str, what: dict[str, Any]) -> None:
    item = plan_stories.item(world, **what)
    phone = at_desk(world, who)
    address = f"/plan/{item.pk}/evidence"
    assert f'href="{address}"' in phone.html
    phone.open(address)
    photo = SimpleUploadedFile("排班表.jpg", jpeg(), content_type="image/jpeg")
    phone.send(address, file=photo)
    assert "排班表.jpg" in phone.text
    assert LINK in phone.html

    phone.open("/plan/desk")
    phone.send(f"/plan/{item.pk}/done", note="排班表已改")

    with tenancy.scope(world.id):
        made = Attachment.objects.get(item_id=item.pk)
        assert ActionItem.objects.get(pk=item.pk).evidence == [made.pk]


@pytest.mark.parametrize(("who", "party"), [("teacher", "SCHOOL"), ("mentor", "COMPANY")])
def test_an_owner_signs_day_by_day(world: World, who: str, party: str) -> None:
    item = plan_stories.item(world, owner_party=party, title="每天问一次学习情况")
    phone = at_desk(world, who)
    assert "今天完成了，签到" in phone.text

    phone.send(f"/plan/{item.pk}/excuse", excuse="今天外出培训")
    phone.send(f"/plan/{item.pk}/check-in")

    assert phone.page.request["PATH_INFO"] == "/plan/desk"
    with tenancy.scope(world.id):
        found = ItemCheckIn.objects.get(item=item.pk, aside=False, replaced_at=None)
        assert found.state == "DONE"


def test_words_that_are_missing_are_asked_for(world: World) -> None:
    item = school_item(world)
    phone = at_desk(world, "teacher")

    for verb in ("stuck", "done"):
        answer = phone.send(f"/plan/{item.pk}/{verb}")
        assert answer.status_code == 422, verb
        phone.open("/plan/desk")
    assert state(world, item) == "TODO"


# --- who looks at it ------------------------------------------------------------------------------


def test_what_the_family_finished_is_verified(world: World) -> None:
    item = plan_stories.item(world, recurrence="")
    finished(world, item)
    phone = by_password(world, "teacher")
    assert LINK in phone.html
    phone.open("/plan/desk")
    assert "两周都做到了" in phone.text
    assert world["mother"].name in phone.text

    phone.send(f"/plan/{item.pk}/verify", as_read=mark(phone, "verify"))

    assert agreed.now(world, item).verified_by == world["teacher"]
    assert item.title not in phone.text
    assert LINK not in by_password(world, "teacher").html


@pytest.mark.parametrize(("owner", "what"), [("mother", {"recurrence": ""}), ("mentor", SHIFT)])
def test_what_is_not_there_yet_is_given_back(
    world: World, owner: str, what: dict[str, Any]
) -> None:
    item = plan_stories.item(world, **what)
    finished(world, item, by=owner)
    phone = at_desk(world, "teacher")

    phone.send(f"/plan/{item.pk}/reopen", as_read=mark(phone, "reopen"))

    assert state(world, item) == "DOING"
    assert f'/plan/{item.pk}/reopen"' not in phone.html


@pytest.mark.parametrize("verb", ["verify", "reopen"])
@pytest.mark.parametrize("seen", ["", "something else"])
def test_only_what_was_looked_at_is_verified(world: World, verb: str, seen: str) -> None:
    item = plan_stories.item(world, recurrence="")
    finished(world, item)
    phone = at_desk(world, "teacher")

    assert phone.send(f"/plan/{item.pk}/{verb}", as_read=seen).status_code == 409
    assert state(world, item) == "DONE"


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 403), ("mentor", 404), ("mother", 403), ("stranger", 404)]
)
def test_nobody_verifies_their_own_or_without_the_right(
    world: World, who: str, status: int
) -> None:
    item = school_item(world)
    finished(world, item, by="teacher")
    phone = at_desk(world, who)
    assert f'/plan/{item.pk}/verify"' not in phone.html

    for verb in ("verify", "reopen"):
        phone.open("/")
        assert phone.send(f"/plan/{item.pk}/{verb}", as_read="x").status_code == status
    assert state(world, item) == "DONE"


def test_the_message_that_asks_leads_to_the_page(world: World) -> None:
    item = plan_stories.item(world, recurrence="")
    finished(world, item)
    with tenancy.scope(world.id) as at:
        daytime = at.astimezone(agreed.MONDAY.tzinfo).replace(hour=12) + agreed.DAY
    assert plan_ladder.look_due(via="test", at=daytime) == 1
    with tenancy.scope(world.id):
        message = Notification.objects.get(template="plan.verify", recipient=world["teacher"])
        message.mark_sent(at=daytime, via="test")
        message.save()
    phone = by_password(world, "teacher")
    assert "有一项约定等您核实" in phone.text

    phone.send(f"/inbox/{message.pk}")

    assert phone.page.request["PATH_INFO"] == "/plan/desk"
    assert "核实，已完成" in phone.text


def test_who_only_hears_of_it_finds_the_page_from_the_first_one(world: World) -> None:
    item = plan_stories.item(world, recurrence="")
    assert LINK not in by_password(world, "grade_leader").html

    finished(world, item)

    assert LINK in by_password(world, "grade_leader").html
    for other in ("mother", "mentor", "stranger", "classmate"):
        assert LINK not in by_password(world, other).html, other


def test_who_hears_of_it_above_sees_who_is_to_look(world: World) -> None:
    item = plan_stories.item(world, recurrence="")
    finished(world, item)

    phone = at_desk(world, "grade_leader")

    assert item.title in phone.text
    assert "等别人核实" in phone.text
    assert f'/plan/{item.pk}/verify"' not in phone.html


@pytest.mark.parametrize(("verb", "field"), [("stuck", "why"), ("done", "note")])
def test_words_that_do_not_belong_there_stay_beside_what_to_do(
    world: World, verb: str, field: str
) -> None:
    other, item = school_item(world, title="家访一次"), school_item(world)
    with tenancy.scope(world.id):
        ActionItem.objects.filter(pk=item.pk).update(owner_person=None)
    phone = at_desk(world, "teacher")
    words = "已申请助学金，家里经济困难。"

    answer = phone.send(f"/plan/{item.pk}/{verb}", **{field: words})

    assert answer.status_code == 422
    form = phone.html.split(f'action="/plan/{item.pk}/{verb}"')[1].split("</form>")[0]
    assert "请只写这一事项本身" in form
    assert f'value="{words}"' in form
    assert phone.html.count(words) == 1
    assert other.title in phone.text
    assert state(world, item) == "TODO"


def test_words_for_an_item_that_the_page_shows_no_more_come_back(world: World) -> None:
    item = school_item(world)
    phone = at_desk(world, "teacher")
    finished(world, item, by="teacher")

    answer = phone.send(f"/plan/{item.pk}/stuck", why="设备还在检修")

    assert answer.status_code == 409
    assert "设备还在检修" in phone.html


# --- what a company reads -------------------------------------------------------------------------


def test_a_company_reads_its_own_item_and_nothing_beside_it(world: World) -> None:
    case = plan_stories.running(world)
    plan_stories.item(world, case, title="和孩子约好作息")
    plan_stories.item(world, case, **TRAINING)
    before = at_desk(world, "mentor").text
    item = plan_stories.item(world, case, **SHIFT, measure="排班表", baseline="每周四次晚班")
    finished(world, item, by="mentor")
    phone = at_desk(world, "mentor")

    assert item.title not in before
    assert item.title in phone.text
    for hidden in ("作息", TRAINING["title"], "每周四次晚班", str(case), "两周都做到了"):
        assert hidden not in phone.html, hidden


def test_what_the_lists_find_is_what_the_rights_allow(world: World) -> None:
    made = [
        plan_stories.item(world, recurrence=""),
        plan_stories.item(world, **SHIFT),
        plan_stories.item(world, **TRAINING),
        school_item(world, title="家访一次"),
        plan_stories.item(world, owner_party="STUDENT", recurrence=""),
        plan_stories.item(world, recurrence="", field_class="ECO", title="申请助学金"),
    ]
    for step in ("live", "done"):
        for who in sorted(world.people):
            with tenancy.scope(world.id) as at:
                viewer = Viewer.load(world[who], at=at)
                rows = list(viewer.rows(ActionItem).exclude(student__in=viewer.kin))
                own = {one.pk for one in rows if viewer.may(Act.FINISH, one)}
                looks = {one.pk for one in rows if viewer.may(Act.VERIFY, one)}
                if viewer.student_id is None:
                    assert {one.pk for one in plan_waiting.own(viewer)} == own, (step, who)
                found = {one.pk for one in plan_waiting.to_verify(viewer)}
                assert found == (looks if step == "done" else set()), (step, who)
        if step == "live":
            for item, by in zip(
                made, ("mother", "mentor", "teacher", "teacher", "student", "mother"), strict=True
            ):
                plans.finish(
                    school_id=world.id, item_id=item.pk, by=world[by], at=item.created_at, note="好"
                )


def test_who_cannot_read_what_was_done_is_not_asked_to_verify_it(world: World) -> None:
    """资助 is read by its office; 班主任 sees that there is one, and hears that it waits."""
    item = plan_stories.item(world, recurrence="", field_class="ECO", title="申请助学金")
    finished(world, item)

    teacher = at_desk(world, "teacher")
    assert "核实，已完成" not in teacher.text
    assert "等别人核实" in teacher.text
    answer = member(world, "teacher").post(f"/items/{item.pk}/verify", {"as_read": "1"})
    assert answer.status_code == 403, answer.content
    assert state(world, item) == "DONE"

    office = at_desk(world, "deputy")
    assert "两周都做到了" in office.text
    office.send(f"/plan/{item.pk}/verify", as_read=mark(office, "verify"))
    assert state(world, item) == "VERIFIED"


def test_a_photo_of_the_other_parent_is_there_to_be_looked_at(world: World) -> None:
    item = plan_stories.item(world, recurrence="")
    address = f"/plan/{item.pk}/evidence"
    father = by_password(world, "father")
    father.open(address)
    photo = SimpleUploadedFile("作业本.jpg", jpeg(), content_type="image/jpeg")
    father.send(address, file=photo)
    mother = by_password(world, "mother")
    mother.open("/plan")
    mother.send(f"/plan/{item.pk}/done", note="两周都做到了")

    with tenancy.scope(world.id):
        made = Attachment.objects.get(item_id=item.pk)
        assert ActionItem.objects.get(pk=item.pk).evidence == [made.pk]
    phone = at_desk(world, "teacher")
    assert f'href="{address}"' in phone.html
    assert "照片和文件（1）" in phone.text
