"""The notice on a phone: by the link that came with it, or signed in."""

from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from parties.models import SignInLink
from records.models import Notice, NoticeReceipt
from tests.api.callers import PASSWORD
from tests.factories import CN, World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.notice_walk import Sent, second_family
from tests.processes.notice_walk import sent as sent_at

pytestmark = pytest.mark.django_db


def sent(world: World, **given: Any) -> Sent:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    return sent_at(world, at=yesterday, **given)


def with_link(world: World, walk: Sent, who: str = "mother") -> Phone:
    """Who opens the link of the own receipt."""
    receipt = walk.receipt(who)
    return by_link(world, who, purpose=SignInLink.Purpose.NOTICE, target_id=receipt.pk)


def test_the_link_leads_to_the_notice_with_the_child_at_the_top(world: World) -> None:
    walk = sent(world)

    phone = with_link(world, walk)

    assert phone.page.redirect_chain[-1][0] == f"/notices/{walk.receipt('mother').pk}"
    assert phone.text.index("student") < phone.text.index("家长会通知")
    assert walk.receipt("mother").state == NoticeReceipt.State.OPENED


def test_one_button_confirms(world: World) -> None:
    walk = sent(world)
    phone = with_link(world, walk)

    phone.send(f"/notices/{walk.receipt('mother').pk}", confirm="1")

    assert "确认，谢谢" in phone.text
    assert walk.receipt("mother").state == NoticeReceipt.State.CONFIRMED
    assert walk.notice.state == Notice.State.CLOSED


def test_the_link_is_proof_enough_to_sign(world: World) -> None:
    walk = sent(world, strength="SIGN")
    phone = with_link(world, walk)
    assert "再输入一次密码" not in phone.text

    phone.send(f"/notices/{walk.receipt('mother').pk}", sign="1")

    assert walk.receipt("mother").how == NoticeReceipt.How.LINK
    assert walk.receipt("mother").state == NoticeReceipt.State.SIGNED


def test_whoever_signed_in_types_the_password_before_signing(world: World) -> None:
    walk = sent(world, strength="SIGN")
    phone, path = by_password(world, "mother"), f"/notices/{walk.receipt('mother').pk}"
    phone.open(path)

    phone.send(path, sign="1", password="x")  # noqa: S106
    assert "密码不正确" in phone.text
    assert walk.receipt("mother").state == NoticeReceipt.State.OPENED
    phone.send(path, sign="1", password=PASSWORD)
    assert walk.receipt("mother").state == NoticeReceipt.State.SIGNED


def test_a_reply_is_kept_and_shown(world: World) -> None:
    walk = sent(world)
    phone, path = with_link(world, walk), f"/notices/{walk.receipt('mother').pk}"

    phone.send(path, reply="1", text="我们会准时到。")

    assert "您的回复" in phone.text
    with tenancy.scope(world.id):
        assert NoticeReceipt.objects.get(guardian=world["mother"]).reply == "我们会准时到。"


def test_an_empty_reply_is_a_kind_sentence(world: World) -> None:
    walk = sent(world)
    phone = with_link(world, walk)

    phone.send(f"/notices/{walk.receipt('mother').pk}", reply="1", text=" ")

    assert phone.page.status_code == 400
    assert "还没有写内容" in phone.text


def test_the_link_opens_no_other_page(world: World) -> None:
    walk = sent(world)
    phone = with_link(world, walk)

    assert phone.open(f"/notices/{walk.receipt('father').pk}").status_code == 403
    assert phone.open("/").status_code == 403


def test_nobody_else_opens_it(world: World) -> None:
    walk = sent(world)

    for who in ("father", "stranger", "student", "mentor", "classmate"):
        phone = by_password(world, who)
        assert phone.open(f"/notices/{walk.receipt('mother').pk}").status_code == 404, who


def test_the_first_page_of_a_family_lists_its_own_notices(world: World) -> None:
    second_family(world)
    sent(world)

    phone = by_password(world, "mother")

    assert "student：家长会通知" in phone.text
    assert "classmate" not in phone.text
    assert "已发出的通知" not in phone.text


def test_the_teacher_finds_who_to_call_and_looks_at_a_marked_reply(world: World) -> None:
    second_family(world)
    walk = sent(world)
    walk.act("reply", "mother", text="孩子说不想活了")
    walk.act("confirm", "mother")

    phone = by_password(world, "teacher")
    assert "请尽快看这些回复" in phone.text
    phone.open(f"/notices/{walk.notice_id}/contacts")

    assert "仍需联系 1 户" in phone.text
    assert "classmate" in phone.text
    assert "+8619955000001" in phone.text
    phone.open(f"/notices/{walk.receipt('mother').pk}")
    assert "孩子说不想活了" in phone.text
    assert "我已知悉" not in phone.text


def test_the_case_of_a_notice_leads_to_who_has_answered(world: World) -> None:
    walk = sent(world)
    door = f'href="/notices/{walk.notice.pk}/contacts"'
    teacher, mother = by_password(world, "teacher"), by_password(world, "mother")

    teacher.open(f"/cases/{walk.notice.case_id}")
    assert door in teacher.html
    assert teacher.open(f"/notices/{walk.notice.pk}/contacts").status_code == 200
    mother.open(f"/cases/{walk.notice.case_id}")
    assert door not in mother.html
