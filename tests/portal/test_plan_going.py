"""How a plan goes on the school's page: difficulties, reasons, days, and what is over."""

from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from records.models import ActionItem
from tests.api import plan_stories
from tests.api.callers import member
from tests.factories import World
from tests.portal.test_case_plan import at_plan, typed
from tests.portal.test_plan_desk import finished
from tests.portal.visitors import by_password
from tests.privacy.test_items_stand_still import item_of, named
from workflow.models import Case

NIGHT, BOOK, FEVER = "最近上夜班，看不了作业", "孩子把作业留在学校", "孩子发烧"


@pytest.fixture
def item(world: World) -> ActionItem:
    return plan_stories.item(world)


def say(world: World, item: ActionItem, act: str, by: str = "mother", **words: Any) -> None:
    phone = by_password(world, by)
    phone.open("/plan")
    phone.send(f"/plan/{item.pk}/{act}", **words)
    assert phone.page.status_code == 200, phone.text


def close(world: World, case: UUID) -> None:
    with tenancy.scope(world.id):
        found = Case.objects.get(pk=case)
        found.work()
        found.accompany()
        found.evaluate()
        found.settle(at=clock.now())
        found.save()


def test_the_teacher_reads_what_stands_in_the_way(world: World, item: ActionItem) -> None:
    say(world, item, "stuck", why=NIGHT)
    say(world, item, "stuck", by="father", why=BOOK)

    text = at_plan(world, item.case_id).text

    assert text.index(f"说到的困难：{NIGHT}") < text.index(f"说到的困难：{BOOK}")


def test_the_teacher_reads_why_a_day_was_not_done_and_how_many_were(
    world: World, item: ActionItem
) -> None:
    say(world, item, "excuse", excuse=FEVER)

    text = at_plan(world, item.case_id).text

    assert f"，mother：{FEVER}" in text
    assert "签到：到今天 1 天，已签 0 天，说明 1 天，未签 0 天" in text
    assert "怎样衡量：作业本签字" in text
    assert "约定时的情况：每周三次未交" in text


def test_words_about_money_name_the_item_to_the_teacher_and_no_more(
    world: World, item: ActionItem
) -> None:
    say(world, item, "stuck", why="家里交不起房租，我晚上要打工")

    text = at_plan(world, item.case_id).text

    assert "资助事项" in text
    assert "房租" not in text
    assert "说到的困难" not in text


def test_what_was_agreed_is_read_when_the_case_is_over(world: World, item: ActionItem) -> None:
    finished(world, item)
    before = at_plan(world, item.case_id)
    close(world, item.case_id)
    phone = by_password(world, "teacher")
    phone.open(f"/cases/{item.case_id}")
    assert f'href="/cases/{item.case_id}/plan"' in phone.html

    phone.open(f"/cases/{item.case_id}/plan")

    assert "完成情况：两周都做到了" in phone.text
    assert "添加一项" not in phone.text
    answer = before.send(f"/cases/{item.case_id}/plan", **typed(title="别的"))
    assert answer.status_code == 409
    assert "别的" in before.text


def test_the_family_reads_why_an_item_is_not_gone_on_with(world: World, item: ActionItem) -> None:
    teacher = at_plan(world, item.case_id)
    assert "家庭也看得到" in teacher.text
    teacher.send(f"/plan/{item.pk}/drop", why="改为学校晚自习辅导")

    for who in ("mother", "student"):
        phone = by_password(world, who)
        phone.open("/plan")
        assert "不再进行的约定 每日签到监督作业 改为学校晚自习辅导" in phone.text


def test_whoever_is_shut_out_reads_no_reason_that_came_since(
    world: World,
) -> None:
    item = item_of(world)
    named(world)
    at_plan(world, item.case_id).send(f"/plan/{item.pk}/drop", why="改为学校晚自习辅导")

    phone = by_password(world, "father")
    phone.open("/plan")
    assert "晚自习" not in phone.html
    assert "不再进行" not in phone.text


def test_the_interface_tells_the_school_why_a_day_was_not_done(
    world: World, item: ActionItem
) -> None:
    say(world, item, "excuse", excuse=FEVER)

    told = {
        who: member(world, who).get(f"/items/{item.pk}").json().get("reasons")
        for who in ("teacher", "mother", "student")
    }

    assert [(one["by"]["name"], one["text"]) for one in told.pop("teacher")] == [("mother", FEVER)]
    assert told == {"mother": None, "student": None}
