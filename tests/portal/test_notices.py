"""The notice on a phone: by the link that came with it, or signed in."""

import re
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


def forms(html: str) -> list[list[str]]:
    """The names of fields and buttons of each form."""
    found = re.findall(r"<form.*?</form>", html, flags=re.DOTALL)
    return [re.findall(r'name="([^"]+)"', one) for one in found]


def reply_of(world: World) -> str:
    with tenancy.scope(world.id):
        found: str = NoticeReceipt.objects.get(guardian=world["mother"]).reply
    return found


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


@pytest.mark.parametrize(
    ("strength", "button", "state"),
    [("CONFIRM", "confirm", "CONFIRMED"), ("SIGN", "sign", "SIGNED")],
)
def test_what_was_typed_goes_along_whichever_button_is_pressed(
    world: World, strength: str, button: str, state: str
) -> None:
    """The big button is not that of the field, and nobody sees that the words were left behind."""
    walk = sent(world, strength=strength)
    phone, path = with_link(world, walk), f"/notices/{walk.receipt('mother').pk}"
    [form] = [one for one in forms(phone.html) if "text" in one]
    assert button in form

    phone.send(path, text="周五要带孩子去医院，请假。", **{button: "1"})

    assert walk.receipt("mother").state == state
    assert "您的回复 周五要带孩子去医院，请假。" in phone.text


def test_words_stay_when_the_password_beside_them_was_wrong(world: World) -> None:
    walk = sent(world, strength="SIGN")
    phone, path = by_password(world, "mother"), f"/notices/{walk.receipt('mother').pk}"
    phone.open(path)

    phone.send(path, text="周五要带孩子去医院。", sign="1", password="x")  # noqa: S106
    assert "密码不正确" in phone.text
    phone.send(path, text="周五要带孩子去医院。", sign="1", password=PASSWORD)

    assert walk.receipt("mother").state == NoticeReceipt.State.SIGNED
    assert reply_of(world) == "周五要带孩子去医院。"


def test_a_phone_that_sends_twice_says_it_once(world: World) -> None:
    walk = sent(world, needs_answer=True)
    phone, path = with_link(world, walk), f"/notices/{walk.receipt('mother').pk}"

    for _ in range(2):
        phone.send(path, reply="1", text="我们会准时到。")
    assert reply_of(world) == "我们会准时到。"
    assert walk.messages(to="teacher").count(("in_app", "notice.replied")) == 1
    phone.send(path, reply="1", text="爷爷也来。")
    phone.send(path, reply="1", text="我们会准时到。")

    assert reply_of(world) == "我们会准时到。\n爷爷也来。\n我们会准时到。"


def test_the_same_words_on_another_day_are_said_again(world: World) -> None:
    walk = sent(world, needs_answer=True)
    walk.act("reply", "mother", text="孩子说不想活了")
    walk.at += timedelta(hours=4)
    walk.act("reply", "mother", text="孩子说不想活了")

    assert reply_of(world) == "孩子说不想活了\n孩子说不想活了"


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


def test_nobody_is_said_to_have_answered_whom_nothing_reached(world: World) -> None:
    """The classmate has nobody who may be told."""
    walk = sent(world)
    walk.act("confirm", "mother")

    phone = by_password(world, "teacher")
    phone.open(f"/notices/{walk.notice_id}/contacts")

    assert "家里没有人收到" in phone.text
    assert "您负责的家庭都已答复" not in phone.text
    assert "收到通知的家庭都已答复" in phone.text


def test_a_leader_who_may_read_the_words_is_not_asked_to_call_the_family(world: World) -> None:
    """What stands beside a number leads on, and no family is counted twice."""
    walk = sent(world, strength="SIGN")
    walk.act("reply", "mother", text="孩子说不想活了")
    assert walk.receipt("mother").settled_at is None
    phone = by_password(world, "principal")

    phone.open(f"/notices/{walk.notice_id}/contacts")

    assert "还有 1 户由别的老师联系" in phone.text
    assert "/receipts/" not in phone.html
    assert "tel:+86" not in phone.html
    assert phone.open(f"/notices/{walk.receipt('mother').pk}").status_code == 200
    teacher = by_password(world, "teacher")
    teacher.open(f"/notices/{walk.notice_id}/contacts")
    assert "tel:+86" in teacher.html
