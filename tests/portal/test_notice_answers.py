"""What a family answered about a notice, written down for it: on the phone, or signed on paper."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.models import Event
from parties import tenancy
from records.models import NoticeReceipt
from tests.factories import World
from tests.portal.test_notice_calls import SAID, STRANGERS, at_page
from tests.portal.test_notices import sent
from tests.portal.test_two_taps import twice
from tests.portal.visitors import by_password
from tests.processes.notice_walk import second_family
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db(transaction=True)


def answered(world: World, **changed: Any) -> dict[str, Any]:
    return {"witness": str(world["counsellor"].pk), "reply": SAID, **changed}


def kept(world: World) -> NoticeReceipt:
    with tenancy.scope(world.id):
        found = NoticeReceipt.objects.get(guardian=world["father"], student=world.student)
        _ = found.reply
        return found


def recorded(world: World) -> int:
    with tenancy.scope(world.id):
        return Event.objects.filter(kind="receipt.recorded").count()


def test_an_answer_on_the_phone_counts_with_a_second_colleague(world: World) -> None:
    walk = sent(world, needs_answer=True)
    phone, address = at_page(world, walk, "answer")
    assert "father" in phone.text
    assert f'value="{world["teacher"].pk}"' not in phone.html

    phone.send(address, **answered(world))

    made = kept(world)
    assert (made.state, made.how, made.reply) == ("CONFIRMED", "PHONE", SAID)
    assert (made.recorded_by_id, made.witness_id) == (world["teacher"].pk, world["counsellor"].pk)
    assert made.settled_at is not None
    assert phone.page.redirect_chain[-1][0] == f"/notices/{walk.notice_id}/contacts"
    assert SAID in phone.text


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"witness": ""}, "witness", "请选择"),
        ({"witness": "mother"}, "witness", "请从给出的选项中选择"),
        ({"witness": "teacher"}, "witness", "请从给出的选项中选择"),
        ({"reply": SAID * 100}, "reply", "内容太长"),
    ],
)
def test_an_answer_that_cannot_stand_keeps_its_words(
    world: World, wrong: dict[str, str], field: str, said: str
) -> None:
    phone, address = at_page(world, sent(world), "answer")
    named = wrong.get("witness")
    fields = {**wrong, "witness": str(world[named].pk)} if named else wrong

    phone.send(address, **answered(world, **fields))

    assert (phone.page.status_code, kept(world).recorded_by_id) == (400, None)
    assert said in phone.html.split(f'id="field-{field}"')[1].split("</div>")[0]
    assert SAID in phone.html


def test_two_taps_are_one_answer(world: World) -> None:
    walk = sent(world, needs_answer=True)
    phone, address = at_page(world, walk, "answer")
    page = phone.page

    got = twice(phone, address, **answered(world))
    phone.page = page
    phone.send(address, **answered(world))

    assert got == [(302, f"/notices/{walk.notice_id}/contacts")] * 2
    assert phone.page.redirect_chain[-1][0] == f"/notices/{walk.notice_id}/contacts"
    assert kept(world).reply == SAID
    assert recorded(world) == 1


def test_words_of_a_family_that_was_faster_stand_beside_its_answer(world: World) -> None:
    walk = sent(world)
    phone, address = at_page(world, walk, "answer")
    walk.act("confirm", "father")

    phone.send(address, **answered(world))

    assert phone.page.status_code == 200
    assert (kept(world).reply, kept(world).recorded_by_id) == (SAID, None)
    assert recorded(world) == 0
    phone.open(address)
    phone.send(address, **answered(world))
    assert (phone.page.status_code, kept(world).reply) == (200, SAID)


def test_a_family_that_was_faster_is_said_where_nothing_new_was(world: World) -> None:
    walk = sent(world)
    phone, address = at_page(world, walk, "answer")
    walk.act("confirm", "father")

    phone.send(address, **{**answered(world), "reply": ""})

    assert phone.page.status_code == 409
    assert "这位家长已经答复" in phone.text
    assert recorded(world) == 0


def test_a_phone_call_is_no_signature(world: World) -> None:
    phone, address = at_page(world, sent(world, strength="SIGN"), "answer")
    assert "签字请送纸质通知单" in phone.text

    phone.send(address, **answered(world))

    assert (kept(world).state, kept(world).settled_at) == ("CONFIRMED", None)


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_finds_the_page(world: World, who: str) -> None:
    second_family(world)
    walk = sent(world)
    address, phone = f"/receipts/{walk.receipt('father').pk}/answer", by_password(world, who)

    assert phone.open(address).status_code == 404
    phone.open("/")
    assert phone.send(address, **answered(world)).status_code == 404
    assert walk.notice.title not in phone.text
    assert kept(world).recorded_by_id is None


def test_a_receipt_that_is_none_is_not_found(world: World) -> None:
    assert by_password(world, "teacher").open(f"/receipts/{uuid4()}/answer").status_code == 404


def test_a_family_reads_what_was_written_down_for_it(world: World) -> None:
    walk = sent(world)
    phone, address = at_page(world, walk, "answer")
    phone.send(address, **answered(world))

    for who, reads in (("father", True), ("mother", False)):
        other = by_password(world, who)
        other.open(f"/notices/{walk.receipt(who).pk}")
        assert (SAID in other.text) is reads, who


# --- on paper -------------------------------------------------------------------------------------


def test_a_slip_without_a_witness_says_so_beside_the_field(world: World) -> None:
    phone, address = at_page(world, sent(world, strength="SIGN", needs_answer=True), "slip")
    picture = SimpleUploadedFile("slip.jpg", jpeg(), content_type="image/jpeg")

    phone.send(address, reply=SAID)
    assert "还没有选择照片" in phone.html.split('id="field-file"')[1].split("</div>")[0]
    phone.send(address, file=picture, reply=SAID)

    assert "另一位教职工见证" in phone.html.split('id="field-witness"')[1].split("</div>")[0]
    assert SAID in phone.html


def test_two_taps_are_one_slip(world: World) -> None:
    walk = sent(world, strength="SIGN", needs_answer=True)
    phone, address = at_page(world, walk, "slip")
    picture = SimpleUploadedFile("slip.jpg", jpeg(), content_type="image/jpeg")
    phone.send(address, file=picture, reply=SAID)  # keeps the scan, and asks who stood by

    got = twice(phone, address, **answered(world))

    assert got == [(302, f"/notices/{walk.notice_id}/contacts")] * 2
    assert (kept(world).state, kept(world).reply, recorded(world)) == ("SIGNED", SAID, 1)
