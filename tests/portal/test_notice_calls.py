"""Every try to reach a family that still needs contact, written down by who calls it."""

from datetime import datetime, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from parties import clock, tenancy
from parties.access import Act
from records import notice_attempts, notices
from records.models import NoticeContact
from records.notice_attempts import Attempt
from tests.config.processes import wait_until
from tests.factories import World
from tests.portal.test_notices import sent
from tests.portal.test_two_taps import twice
from tests.portal.visitors import Phone, by_password
from tests.processes.notice_walk import Sent, second_family

pytestmark = pytest.mark.django_db(transaction=True)

SAID = "父亲说周五能来，请提前一天提醒。"
STRANGERS = ("stranger", "mother", "other_mother", "father", "student", "mentor")


def tried(**changed: Any) -> dict[str, Any]:
    moment = timezone.localtime(clock.now()) - timedelta(minutes=5)
    return {
        "channel": "PHONE",
        "at": moment.strftime("%Y-%m-%dT%H:%M"),
        "place": "办公室",
        "outcome": "REACHED",
        "note": SAID,
        **changed,
    }


def at_page(world: World, walk: Sent, page: str) -> tuple[Phone, str]:
    """The teacher comes from the list; where the page of the father's receipt lies."""
    phone, address = by_password(world, "teacher"), f"/receipts/{walk.receipt('father').pk}/{page}"
    phone.open(f"/notices/{walk.notice_id}/contacts")
    assert f'href="{address}"' in phone.html
    assert phone.open(address).status_code == 200
    return phone, address


def contacts(world: World) -> list[NoticeContact]:
    with tenancy.scope(world.id):
        found = list(NoticeContact.objects.order_by("recorded_at"))
        _ = [(one.place, one.note) for one in found]
        return found


def test_a_call_is_written_down_and_stands_on_the_list(world: World) -> None:
    walk = sent(world)
    phone, address = at_page(world, walk, "contact")
    now = timezone.localtime(clock.now())
    assert phone.value("at")[:10] == f"{now:%Y-%m-%d}"

    phone.send(address, **tried())

    [made] = contacts(world)
    assert (made.channel, made.outcome, made.place, made.note) == (
        *("PHONE", "REACHED"), "办公室", SAID,
    )  # fmt: skip
    assert (made.by_id, made.guardian_id) == (world["teacher"].pk, world["father"].pk)
    assert phone.page.redirect_chain[-1][0] == f"/notices/{walk.notice_id}/contacts"
    assert "电话 已联系到" in phone.text
    phone.open(address)
    assert SAID in phone.text
    assert "办公室" in phone.text


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"channel": ""}, "channel", "请填写这一项"),
        ({"channel": "PIGEON"}, "channel", "请从给出的选项中选择"),
        ({"outcome": ""}, "outcome", "请填写这一项"),
        ({"at": ""}, "at", "请填写这一项"),
        ({"at": "2027-03-01T09:00"}, "at", "联系时间在将来"),
        ({"place": "楼" * 101}, "place", "内容太长"),
        ({"note": SAID * 100}, "note", "内容太长"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_with_the_words_kept(
    world: World, wrong: dict[str, str], field: str, said: str
) -> None:
    phone, address = at_page(world, sent(world), "contact")

    phone.send(address, **tried(**wrong))

    assert (phone.page.status_code, contacts(world)) == (400, [])
    assert said in phone.html.split(f'id="field-{field}"')[1].split("</div>")[0]
    assert SAID in phone.html
    assert wrong.get("place", "办公室") in phone.html


def test_words_are_kept_as_they_were_typed(world: World) -> None:
    phone, address = at_page(world, sent(world), "contact")

    phone.send(address, **tried(note="第一次没有接。\r\n<b>第二次</b>接了。"))

    assert [one.note for one in contacts(world)] == ["第一次没有接。\n<b>第二次</b>接了。"]
    phone.open(address)
    assert "<b>" not in phone.html


def test_two_taps_are_one_try(world: World) -> None:
    walk = sent(world)
    phone, address = at_page(world, walk, "contact")

    got = twice(phone, address, **tried())

    assert got == [(302, f"/notices/{walk.notice_id}/contacts")] * 2
    assert len(contacts(world)) == 1


def test_the_second_tap_waits_behind_the_first(world: World) -> None:
    """The first holds the notice while it writes: the second may not look before it is done."""
    walk = sent(world)
    phone, address = at_page(world, walk, "contact")
    said = tried()
    when = timezone.make_aware(datetime.fromisoformat(said["at"]))
    second = Thread(target=_sent, args=(phone, address, said))

    with tenancy.scope(world.id) as at:
        who: dict[str, Any] = {"by": world["teacher"], "at": at}
        notices.held(walk.notice_id, **who, act=Act.CONTACT)
        second.start()
        assert wait_until(_somebody_waits_for_us)
        given = Attempt(
            student_id=world.student.pk, guardian_id=world["father"].pk, channel="PHONE",
            outcome="REACHED", tried_at=when, place="办公室", note=SAID,
        )  # fmt: skip
        notice_attempts.contact(notice_id=walk.notice_id, **who, given=given)
    second.join(timeout=60)

    assert not second.is_alive()
    assert phone.page.status_code == 200
    assert len(contacts(world)) == 1


def _sent(phone: Phone, address: str, said: dict[str, Any]) -> None:
    try:
        phone.send(address, **said)
    finally:
        connections.close_all()


def _somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def test_the_same_page_sent_later_is_one_try_and_another_call_is_another(world: World) -> None:
    phone, address = at_page(world, sent(world), "contact")
    page, first = phone.page, tried(outcome="NO_ANSWER")

    for fields in (first, first, {**first, "outcome": "REACHED"}, {**first, "note": "又打了一次"}):
        phone.page = page  # Back
        phone.send(address, **fields)

    assert len(contacts(world)) == 3


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_finds_the_page(world: World, who: str) -> None:
    second_family(world)
    walk = sent(world)
    address, phone = f"/receipts/{walk.receipt('father').pk}/contact", by_password(world, who)

    assert phone.open(address).status_code == 404
    phone.open("/")
    assert phone.send(address, **tried()).status_code == 404
    assert walk.notice.title not in phone.text
    assert contacts(world) == []


def test_a_receipt_that_is_none_is_not_found(world: World) -> None:
    assert by_password(world, "teacher").open(f"/receipts/{uuid4()}/contact").status_code == 404


def test_a_family_sees_no_try(world: World) -> None:
    walk = sent(world)
    phone, address = at_page(world, walk, "contact")
    phone.send(address, **tried(note="接通两次"))

    father = by_password(world, "father")
    father.open(f"/notices/{walk.receipt('father').pk}")

    assert walk.notice.title in father.text
    assert "接通两次" not in father.text


@pytest.mark.parametrize("note", ["家长素质低，问题家庭", "classmate的妈妈说打不通"])
def test_a_try_that_judges_or_names_another_student_is_not_kept(world: World, note: str) -> None:
    walk = sent(world)
    address = f"/receipts/{walk.receipt('mother').pk}/contact"
    phone = by_password(world, "teacher")
    phone.open(address)
    said = tried(outcome="NO_ANSWER")

    phone.send(address, **{**said, "note": note})

    assert phone.page.status_code == 400
    assert note in phone.text
    assert "可以写" in phone.text or "另一名学生的姓名" in phone.text
    with tenancy.scope(world.id):
        assert not NoticeContact.objects.exists()

    phone.send(address, **{**said, "note": "拨了三次，没有人接"})
    with tenancy.scope(world.id):
        assert NoticeContact.objects.get().note == "拨了三次，没有人接"
