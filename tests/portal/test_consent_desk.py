"""A yes on paper or by telephone is written down on a page, taken back there, and asked for."""

from datetime import timedelta

import pytest

from parties import clock, tenancy
from parties.models import Consent, GuardianLink, SignInLink
from tests.factories import CN, World
from tests.portal.visitors import Phone, by_link, by_password
from tests.records.consented import give, withdraw
from tests.records.desk import Desk
from workflow.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, at=clock.now() - timedelta(minutes=1))


def address(world: World) -> str:
    return f"/students/{world.student.pk}/consent-desk"


def at_desk(world: World, who: str = "teacher") -> Phone:
    phone = by_password(world, who)
    phone.open(address(world))
    return phone


def typed(world: World, **changed: str) -> dict[str, str]:
    in_a_month = clock.now().astimezone(CN) + timedelta(days=30)
    return {
        "giver": str(world["mother"].pk),
        "proof": "PAPER",
        "proof_note": "3号柜／2026-2册",
        "ends_on": f"{in_a_month:%Y-%m-%d}",
        **changed,
    }


def stored(world: World) -> list[tuple[str, str, str]]:
    with tenancy.scope(world.id):
        rows = Consent.objects.select_related("giver")
        return sorted((one.giver.name, one.proof, str(one.state)) for one in rows)


def test_a_teacher_writes_down_what_was_signed_on_paper(world: World, desk: Desk) -> None:
    phone = by_password(world, "teacher")
    phone.open(f"/students/{world.student.pk}/file")
    assert f'href="{address(world)}"' in phone.html
    phone.open(address(world))
    assert "现在没有有效的同意" in phone.text

    phone.send(address(world), **typed(world))

    assert "现在有有效的同意" in phone.text
    assert "3号柜／2026-2册" in phone.text
    assert stored(world) == [("mother", "PAPER", "GIVEN")]
    with tenancy.scope(world.id):
        ends = Consent.objects.get().ends_at.astimezone(CN)
        assert (ends.hour, ends.minute) == (23, 59)


def test_a_second_tap_of_the_same_page_writes_nothing_more(world: World, desk: Desk) -> None:
    phone = at_desk(world)
    given = typed(world, nonce=phone.value("nonce"))

    phone.send(address(world), **given)
    phone.send(address(world), **given)

    assert len(stored(world)) == 1


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"giver": ""}, "giver", "请填写这一项"),
        ({"giver": "student"}, "giver", "这个人不能表示同意"),
        ({"proof": "IN_APP"}, "proof", "请从给出的选项中选择"),
        ({"proof_note": " "}, "proof_note", "请填写这一项"),
        ({"ends_on": "2020-01-01"}, "ends_on", "期限不合适"),
        ({"ends_on": "2099-01-01"}, "ends_on", "期限不合适"),
    ],
)
def test_what_cannot_count_is_said_at_its_field_and_nothing_typed_is_lost(
    world: World, desk: Desk, changed: dict[str, str], field: str, why: str
) -> None:
    if changed.get("giver") == "student":
        changed = {"giver": str(world["student"].pk)}
        with tenancy.scope(world.id):
            type(world.student).objects.filter(pk=world.student.pk).update(birth_date=None)
    phone = at_desk(world)

    answer = phone.send(address(world), **typed(world, **changed))

    assert answer.status_code == 400
    wrong = phone.html.split(f'id="field-{field}"')[1].split("<input")[0].split("<textarea")[0]
    assert why in wrong
    if field != "proof_note":
        assert "3号柜／2026-2册" in phone.html
    assert stored(world) == []


def test_the_family_says_that_it_takes_it_back(world: World, desk: Desk) -> None:
    give(desk, "mother")
    give(desk, "father")
    phone = at_desk(world)

    phone.send(f"{address(world)}/withdraw")

    assert "现在没有有效的同意" in phone.text
    assert {state for *_, state in stored(world)} == {"WITHDRAWN"}


@pytest.mark.parametrize(
    "who",
    [
        "stranger",
        "grade_leader",
        "auditor",
        "classmate",
        "mentor",
        "mother",
        "student",
        "principal",
    ],
)
def test_for_everybody_else_there_is_no_such_page(world: World, desk: Desk, who: str) -> None:
    give(desk)
    phone = by_password(world, who)
    phone.open(f"/students/{world.student.pk}/file")
    assert address(world) not in phone.html

    for act in (
        lambda: phone.open(address(world)),
        lambda: phone.send(address(world), **typed(world)),
        lambda: phone.send(f"{address(world)}/withdraw"),
        lambda: phone.send(f"{address(world)}/refuse", said_by=str(world["mother"].pk)),
        lambda: phone.send(f"{address(world)}/ask"),
    ):
        phone.open("/")
        assert act().status_code == 404
    assert stored(world) == [("mother", "IN_APP", "GIVEN")]
    with tenancy.scope(world.id):
        assert not Notification.objects.filter(template="consent.asked").exists()


def test_a_teacher_has_no_such_page_for_their_own_child(world: World, desk: Desk) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["teacher"],
            relation="MOTHER", contact_priority=9,
        )  # fmt: skip

    assert at_desk(world).page.status_code == 404


def test_the_family_is_asked_once_and_not_pressed(world: World, desk: Desk) -> None:
    phone = at_desk(world)

    phone.send(f"{address(world)}/ask")

    assert "7 天内已经征求过" in phone.text
    assert "发出征求</button>" not in phone.html
    answer = phone.send(f"{address(world)}/ask")
    assert answer.status_code == 400
    with tenancy.scope(world.id):
        assert Notification.objects.filter(template="consent.asked").count() == 3


def test_the_link_opens_the_page_where_she_decides_and_nothing_else(
    world: World, desk: Desk
) -> None:
    student = world.student.pk
    phone = by_link(world, "mother", purpose=SignInLink.Purpose.CONSENT, target_id=student)
    assert "同意不同意，由您决定" in phone.text
    assert "回到首页" not in phone.text

    phone.send(f"/students/{student}/consents", days="30")
    assert "已同意 ：您" in phone.text
    phone.send(f"/students/{student}/consents/withdraw")

    assert stored(world) == [("mother", "IN_APP", "WITHDRAWN")]
    for path in ("/", f"/students/{student}/file", f"/students/{world['mother'].pk}/consents"):
        assert phone.open(path).status_code == 403


def test_a_link_for_a_record_opens_no_consents(world: World, desk: Desk) -> None:
    phone = by_link(
        world, "mother", purpose=SignInLink.Purpose.RECORD, target_id=world["mother"].pk
    )

    assert phone.open(f"/students/{world.student.pk}/consents").status_code == 403


def test_the_desk_reads_that_a_guardian_refuses_and_not_who(world: World, desk: Desk) -> None:
    withdraw(desk, give(desk), "father")
    desk.later(seconds=30)
    give(desk)

    phone = at_desk(world)

    assert "现在没有有效的同意" in phone.text
    assert "不同意，或撤回后没有再同意" in phone.text
    give(desk, "father")
    assert "现在有有效的同意" in at_desk(world).text


def test_the_desk_writes_down_whose_no_it_was(world: World, desk: Desk) -> None:
    give(desk)
    phone = at_desk(world)
    father = str(world["father"].pk)
    assert f'<option value="{father}">father</option>' in phone.html

    phone.send(f"{address(world)}/withdraw", said_by=father)

    with tenancy.scope(world.id):
        taken = Consent.objects.get()
    assert (taken.withdrawn_by_id, taken.withdrawn_for_id) == (
        world["teacher"].pk, world["father"].pk,
    )  # fmt: skip
    assert "不同意，或撤回后没有再同意" in at_desk(world).text


def test_the_desk_writes_down_a_no_that_came_before_any_yes(world: World, desk: Desk) -> None:
    phone = at_desk(world)

    phone.send(f"{address(world)}/refuse", said_by=str(world["father"].pk))

    assert "father（监护人），由teacher登记" in phone.text
    assert "不同意，或撤回后没有再同意" in phone.text
    phone.send(address(world), **typed(world))
    assert "现在没有有效的同意" in phone.text
    assert stored(world) == [("father", "", "REFUSED"), ("mother", "PAPER", "GIVEN")]
