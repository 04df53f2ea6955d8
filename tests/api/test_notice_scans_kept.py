"""What a family signed stays: no later upload takes the place of a scan that an answer rests on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.models import Event
from parties import clock, tenancy
from parties.models import GuardianLink
from records.models import Attachment, NoticeReceipt
from tests.api.callers import Caller, code
from tests.api.test_notice_scans import scan
from tests.factories import CN, World
from tests.portal.visitors import by_password
from tests.processes.notice_walk import Sent
from tests.processes.notice_walk import sent as sent_at
from tests.records.uploads.files import jpeg, png

As = Callable[[str], Caller]
REASON = "拍成了另一个家庭的回执。"


def sent(world: World, strength: str = "SIGN") -> Sent:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    return sent_at(world, at=yesterday, strength=strength)


def on_paper(as_: As, walk: Sent, **given: Any) -> Any:
    body = {
        "student": str(walk.world.student.pk),
        "guardian": str(walk.world["father"].pk),
        "how": "PAPER",
        "witness": str(walk.world["counsellor"].pk),
        **given,
    }
    return as_("teacher").post(f"/notices/{walk.notice_id}/on-paper", body)


def signed(as_: As, walk: Sent) -> str:
    """The father's slip came back, was photographed and written down; the number of its scan."""
    kept: str = scan(as_("teacher"), walk.receipt("father").pk).json()["id"]
    assert on_paper(as_, walk, scan=kept).status_code == 201
    return kept


def another(caller: Caller, walk: Sent) -> Any:
    return scan(caller, walk.receipt("father").pk, png(), name="回执.png", type="image/png")


def test_a_scan_that_an_answer_rests_on_stays(world: World, as_: As) -> None:
    walk = sent(world)
    kept = signed(as_, walk)

    refused = another(as_("teacher"), walk)

    assert (refused.status_code, code(refused)) == (409, "state.wrong")
    assert "德育处负责人" in refused.json()["detail"]
    assert as_("father").get(f"/attachments/{kept}").content[:2] == b"\xff\xd8"
    receipt = walk.receipt("father")
    assert (receipt.state, str(receipt.scan)) == ("SIGNED", kept)
    with tenancy.scope(world.id):
        assert Attachment.objects.get().state == Attachment.State.STORED


@pytest.mark.parametrize("strength", ["READ", "CONFIRM"])
def test_what_was_confirmed_by_its_scan_keeps_it_as_well(
    world: World, as_: As, strength: str
) -> None:
    walk = sent(world, strength)
    signed(as_, walk)

    assert another(as_("teacher"), walk).status_code == 409


def test_an_answer_by_phone_rests_on_no_scan(world: World, as_: As) -> None:
    walk = sent(world)
    scan(as_("teacher"), walk.receipt("father").pk)
    assert on_paper(as_, walk, how="PHONE").json()["state"] == "CONFIRMED"

    newer = another(as_("teacher"), walk)

    assert newer.status_code == 201
    assert on_paper(as_, walk).json()["state"] == "SIGNED"
    assert another(as_("teacher"), walk).json()["id"] == newer.json()["id"]  # the same bytes


@pytest.mark.parametrize(
    ("strength", "act"), [("SIGN", "sign"), ("CONFIRM", "confirm"), ("CONFIRM", "phone")]
)
def test_who_has_answered_by_other_means_needs_no_scan(
    world: World, as_: As, strength: str, act: str
) -> None:
    walk = sent(world, strength)
    if act == "phone":
        assert on_paper(as_, walk, how="PHONE").json()["state"] == "CONFIRMED"
    else:
        walk.act(act, "father", how="APP")

    refused = another(as_("teacher"), walk)

    assert (refused.status_code, code(refused)) == (409, "state.wrong")
    assert "这位家长已经答复" in refused.json()["detail"]
    assert "这位家长已经答复" in on_paper(as_, walk).json()["detail"]
    assert walk.receipt("father").scan is None
    with tenancy.scope(world.id):
        assert not Attachment.objects.exists()
        assert not Event.objects.filter(kind="receipt.scanned").exists()


def test_who_has_only_confirmed_may_still_sign_on_paper(world: World, as_: As) -> None:
    walk = sent(world)
    walk.act("confirm", "father", how="APP")

    assert another(as_("teacher"), walk).status_code == 201
    assert on_paper(as_, walk).json()["state"] == "SIGNED"


def test_the_same_picture_twice_is_one_act(world: World, as_: As) -> None:
    walk = sent(world)
    before = [scan(as_("teacher"), walk.receipt("father").pk).json()["id"] for _ in range(2)]
    on_paper(as_, walk)
    after = scan(as_("teacher"), walk.receipt("father").pk)

    assert after.status_code == 201
    assert {*before, after.json()["id"]} == {before[0]}
    with tenancy.scope(world.id):
        assert Attachment.objects.count() == 1
        assert Event.objects.filter(kind="receipt.scanned").count() == 1


def test_the_page_keeps_it_as_well_and_says_what_to_do(world: World, as_: As) -> None:
    walk = sent(world)
    address = f"/receipts/{walk.receipt('father').pk}/slip"
    phone = by_password(world, "teacher")
    phone.open(address)
    token = phone.value("csrfmiddlewaretoken")
    kept = signed(as_, walk)

    def send(data: bytes, name: str, kind: str) -> int:
        file = SimpleUploadedFile(name, data, content_type=kind)
        phone.send(address, csrfmiddlewaretoken=token, file=file)
        return int(phone.page.status_code)

    assert send(png(), "b.png", "image/png") == 409
    assert "德育处负责人" in phone.text
    assert send(jpeg(), "a.jpg", "image/jpeg") == 200  # a second tap
    assert f"/notices/{walk.notice_id}/contacts" in phone.page.redirect_chain[-1][0]
    phone.open(address)
    assert "再次上传会替换它" not in phone.text
    assert "不能替换" in phone.text
    assert 'name="file"' not in phone.html
    assert str(walk.receipt("father").scan) == kept


def destroy(caller: Caller, kept: str, **given: str) -> Any:
    body = {"why": "mistaken", "reason": REASON, **given}
    return caller.post(f"/attachments/{kept}/destroy", body)


def test_the_head_of_the_office_destroys_it_with_a_reason(world: World, as_: As) -> None:
    walk = sent(world)
    kept = signed(as_, walk)
    head = as_("head_of_office")

    assert destroy(head, kept, reason="错了").status_code == 422
    assert [destroy(head, kept).status_code for _ in range(2)] == [204, 204]

    assert code(head.get(f"/attachments/{kept}")) == "access.not_found"
    with tenancy.scope(world.id):
        gone = Attachment.objects.get()
        assert (gone.state, gone.destroyed_reason) == ("DESTROYED", REASON)
        event = Event.objects.get(kind="attachment.destroyed")
        assert event.actor == world["head_of_office"].pk
        assert REASON.encode() not in bytes(event.body)
    assert walk.receipt("father").state == NoticeReceipt.State.SIGNED
    assert another(as_("teacher"), walk).status_code == 201  # the right page of the same slip
    assert scan(as_("teacher"), walk.receipt("father").pk).status_code == 409


def test_nobody_else_destroys_it_nor_the_head_what_no_answer_rests_on(
    world: World, as_: As
) -> None:
    walk = sent(world)
    loose = scan(as_("teacher"), walk.receipt("father").pk).json()["id"]
    assert code(destroy(as_("head_of_office"), loose)) == "access.not_found"
    on_paper(as_, walk)

    for who in ("teacher", "father"):
        assert destroy(as_(who), loose).status_code == 403, who
    for who in ("mother", "duty_officer", "principal"):
        assert destroy(as_(who), loose).status_code == 404, who
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["head_of_office"],
            relation="OTHER",
        )  # fmt: skip
    assert destroy(as_("head_of_office"), loose).status_code == 404
    with tenancy.scope(world.id):
        assert Attachment.objects.get().state == Attachment.State.STORED
