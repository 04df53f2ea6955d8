"""Who came by a link for one thing finds the way back to it: the first page is not theirs."""

import re

import pytest

from parties.models import SignInLink
from tests.api.meeting_stories import on_offer
from tests.api.papers import FACT, offered
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password

pytestmark = pytest.mark.django_db

HOME = 'href="/"'


def slot(phone: Phone, number: int) -> str:
    return str(re.findall(r'name="slot" value="([^"]+)"', phone.html)[number - 1])


def test_the_later_of_two_parents_comes_back_to_the_meeting(world: World) -> None:
    walk = on_offer(world)
    page = f"/meetings/{walk.meeting.pk}"
    father = by_link(world, "father", purpose="MEETING", target_id=walk.meeting.pk)
    assert HOME not in father.html
    late = slot(father, 2)
    walk.choose(1)

    assert father.send(page, slot=late).status_code == 409
    assert "可以申请改期" in father.text
    assert HOME not in father.html
    assert f'href="{page}">回到链接打开的那一页' in father.html
    assert "时间已经约定" in father.open(page).content.decode()


def test_a_link_that_strays_leads_back(world: World) -> None:
    paper = offered(world, FACT)
    page = f"/records/{paper.id}"
    link = {"purpose": SignInLink.Purpose.RECORD, "target_id": paper.id}
    mother = by_link(world, "mother", **link)

    assert mother.open("/").status_code == 403
    assert "这个链接只能用于指定的一件事" in mother.text
    assert f'href="{page}">回到链接打开的那一页' in mother.html
    assert HOME not in mother.html


def test_what_is_gone_does_not_lead_to_itself(world: World) -> None:
    page = f"/meetings/{world.student.pk}"
    mother = by_link(world, "mother", purpose="MEETING", target_id=world.student.pk)

    assert mother.open(page).status_code == 404
    assert "回到链接打开的那一页" not in mother.text
    assert "重新登录" in mother.text


def test_who_signed_in_goes_to_the_first_page(world: World) -> None:
    teacher = by_password(world, "teacher")

    assert teacher.open(f"/meetings/{world.student.pk}").status_code == 404
    assert f"{HOME}>回到首页" in teacher.html
