"""我不同意 on a phone: one tap before anybody agreed, and nobody else at home learns of it."""

import re
from datetime import timedelta

import pytest

from parties import clock, tenancy
from parties.models import Consent, SignInLink
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password
from tests.records.desk import Desk
from workflow.models import Notification

pytestmark = pytest.mark.django_db

OTHERS = ("stranger", "teacher", "duty_officer", "auditor", "classmate", "mentor")


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, at=clock.now() - timedelta(minutes=1))


def address(world: World) -> str:
    return f"/students/{world.student.pk}/consents"


def at_page(world: World, who: str) -> Phone:
    phone = by_password(world, who)
    phone.open(address(world))
    return phone


def stored(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        found = Consent.objects.select_related("giver")
        return sorted((one.giver.name, str(one.state)) for one in found)


def shown(phone: Phone, page: str) -> tuple[int, str]:
    answer = phone.open(page)
    mark = r'(name="csrfmiddlewaretoken" value=")[^"]+'
    return answer.status_code, re.sub(mark, r"\1", answer.content.decode())


@pytest.mark.parametrize("who", ["father", "student"])
def test_a_first_no_is_one_tap_and_so_is_changing_ones_mind(
    world: World, desk: Desk, who: str
) -> None:
    phone = at_page(world, who)
    assert "我不同意</button>" in phone.html

    phone.send(f"{address(world)}/refuse", answer="no")
    assert "不同意 ：您" in phone.text
    assert "您现在的意见是不同意" in phone.text
    assert "我不同意</button>" not in phone.html
    phone.send(f"{address(world)}/refuse", answer="no")  # a second tap
    assert stored(world) == [(who, "REFUSED")]
    phone.send(address(world), days="30")

    assert "已同意 ：您" in phone.text
    assert "您现在的意见是不同意" not in phone.text
    assert stored(world) == [(who, "GIVEN"), (who, "REFUSED")]


@pytest.mark.parametrize(("who", "reader"), [("father", "mother"), ("student", "mother")])
def test_a_no_changes_no_byte_at_home_for_anybody_else(
    world: World, desk: Desk, who: str, reader: str
) -> None:
    """Neither before their own yes nor after it."""
    pages, silent = ("/", f"/students/{world.student.pk}/file", address(world)), clock.now()
    phone = by_password(world, reader)
    before = [shown(phone, page) for page in pages]
    at_page(world, who).send(f"{address(world)}/refuse", answer="no")
    assert [shown(phone, page) for page in pages] == before

    phone.open(address(world))
    phone.send(address(world), days="30")
    assert phone.page.status_code == 200
    assert "已同意 ：您" in phone.text
    for told in ("家里有人", f"不同意 ：{who}", f"{who}："):
        assert told not in phone.text.replace("student：同意与撤回", "")
    with tenancy.scope(world.id):
        assert not Notification.objects.filter(created_at__gte=silent).exists()


def test_a_link_opens_the_page_where_one_says_no_too(world: World, desk: Desk) -> None:
    student = world.student.pk
    phone = by_link(world, "father", purpose=SignInLink.Purpose.CONSENT, target_id=student)

    phone.send(f"{address(world)}/refuse", answer="no")

    assert stored(world) == [("father", "REFUSED")]


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_says_no_there(world: World, desk: Desk, who: str) -> None:
    phone = by_password(world, who)
    phone.open("/")

    assert phone.send(f"{address(world)}/refuse", answer="no").status_code == 404
    assert stored(world) == []


@pytest.mark.parametrize("said_by", ["", "mentor", "student"])
def test_whose_no_it_is_has_to_be_said(world: World, desk: Desk, said_by: str) -> None:
    """Also not that of a child who is too young for it."""
    with tenancy.scope(world.id):
        type(world.student).objects.filter(pk=world.student.pk).update(birth_date="2014-05-14")
    desk_page = f"/students/{world.student.pk}/consent-desk"
    phone = by_password(world, "teacher")
    phone.open(desk_page)

    whose = str(world[said_by].pk) if said_by else ""
    answer = phone.send(f"{desk_page}/refuse", said_by=whose)

    assert answer.status_code == 400
    assert ("这一项不须这个人表示" if said_by == "student" else "没有说明是谁不同意") in phone.text
    assert stored(world) == []


def test_a_request_that_says_nothing_is_no_word_of_anybody(world: World, desk: Desk) -> None:
    assert at_page(world, "father").send(f"{address(world)}/refuse").status_code == 400
    assert stored(world) == []
