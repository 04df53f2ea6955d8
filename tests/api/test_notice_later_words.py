"""What a family says after it has answered is kept and looked through; its answer stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ledger.models import Event
from parties import clock, tenancy
from records.models import NoticeReceipt
from tests.api.callers import Caller, code
from tests.api.test_notice_scans import scan
from tests.factories import CN, World
from tests.portal.visitors import by_password
from tests.processes.notice_walk import Sent
from tests.processes.notice_walk import sent as sent_at
from workflow.models import HumanTask, Notification

As = Callable[[str], Caller]
DANGER = "孩子说不想活了"


def sent(world: World, **given: Any) -> Sent:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    return sent_at(world, at=yesterday, **given)


def write_down(as_: As, walk: Sent, **given: Any) -> Any:
    body = {
        "student": str(walk.world.student.pk),
        "guardian": str(walk.world["father"].pk),
        "how": "PHONE",
        **given,
    }
    return as_("teacher").post(f"/notices/{walk.notice_id}/on-paper", body)


def said(walk: Sent) -> str:
    receipt = walk.receipt("father")
    with tenancy.scope(walk.world.id):
        return str(receipt.reply)


def questions(world: World) -> int:
    with tenancy.scope(world.id):
        return HumanTask.objects.filter(name="upgrade_decide").count()


@pytest.mark.parametrize("witnessed", [True, False])
def test_words_by_phone_after_the_answer_are_kept_and_asked_about(
    world: World, as_: As, witnessed: bool
) -> None:
    walk = sent(world)
    before = walk.act("confirm", "father")
    given = {"witness": str(world["counsellor"].pk)} if witnessed else {}

    answer = write_down(as_, walk, reply=DANGER, **given)

    assert (answer.status_code, answer.json()["reply"]) == (201, DANGER)
    after = walk.receipt("father")
    kept = ("state", "how", "confirmed_at", "settled_at", "recorded_by_id", "witness_id", "scan")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert after.hint == NoticeReceipt.Hint.RED
    assert questions(world) == 1
    with tenancy.scope(world.id):
        event = Event.objects.get(kind="receipt.replied")
        assert event.actor == world["teacher"].pk
        assert DANGER.encode() not in bytes(event.body)


def test_a_later_complaint_tells_the_office(world: World, as_: As) -> None:
    walk = sent(world)
    write_down(as_, walk, witness=str(world["counsellor"].pk), reply="知道了")

    assert write_down(as_, walk, reply="再这样我就找律师").status_code == 201

    assert said(walk) == "知道了\n再这样我就找律师"
    receipt = walk.receipt("father")
    assert receipt.hint == NoticeReceipt.Hint.COMPLAINT
    with tenancy.scope(world.id):
        assert Notification.objects.filter(key__startswith=f"hint:{receipt.pk}:").exists()


def test_a_second_tap_adds_nothing_and_no_words_are_refused_as_before(
    world: World, as_: As
) -> None:
    walk = sent(world)
    walk.act("confirm", "father")
    write_down(as_, walk, reply=DANGER)

    for again in (
        write_down(as_, walk, reply=DANGER),
        write_down(as_, walk, witness=str(world["counsellor"].pk)),
    ):
        assert (again.status_code, code(again)) == (409, "state.wrong")
    assert said(walk) == DANGER
    assert write_down(as_, walk, reply="他又说了一遍").status_code == 201


def test_later_words_never_change_what_a_signature_rests_on(world: World, as_: As) -> None:
    walk = sent(world, strength="SIGN")
    kept = scan(as_("teacher"), walk.receipt("father").pk).json()["id"]
    witness = str(world["counsellor"].pk)
    assert write_down(as_, walk, how="PAPER", witness=witness).json()["state"] == "SIGNED"
    other = scan(as_("teacher"), walk.receipt("mother").pk).json()["id"]

    assert write_down(as_, walk, how="PAPER", scan=other, reply="改天再说").status_code == 409
    assert write_down(as_, walk, how="PAPER", reply="我们会来").status_code == 201

    after = walk.receipt("father")
    assert (after.state, after.how, str(after.scan)) == ("SIGNED", "PAPER", kept)
    assert (str(after.witness_id), said(walk)) == (witness, "我们会来")


def test_a_slip_that_asks_for_a_signature_is_no_later_word(world: World, as_: As) -> None:
    """Confirmed by phone, and now the signed slip: without a second colleague it is refused."""
    walk = sent(world, strength="SIGN")
    write_down(as_, walk, witness=str(world["counsellor"].pk))
    scan(as_("teacher"), walk.receipt("father").pk)

    refused = write_down(as_, walk, how="PAPER", reply="知道了")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "witness")


def test_the_page_takes_later_words_as_well(world: World) -> None:
    walk = sent(world)
    walk.act("reply", "father", text="知道了")
    walk.act("confirm", "father")
    address = f"/receipts/{walk.receipt('father').pk}/slip"
    phone = by_password(world, "teacher")
    phone.open(f"/notices/{walk.notice_id}/contacts")
    assert address in phone.html
    phone.open(address)
    assert "家长后来说的话" in phone.text

    phone.send(address, reply=DANGER)

    assert phone.page.status_code == 200
    assert said(walk) == f"知道了\n{DANGER}"
    assert questions(world) == 1
