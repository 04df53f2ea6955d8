"""请求面谈 on the page of a notice: for whom the link is, about that child, once."""

from uuid import UUID

import pytest

from parties import tenancy
from parties.models import GuardianLink
from tests.factories import World
from tests.portal.test_notices import sent, with_link
from tests.portal.visitors import Phone, by_password
from tests.processes.notice_walk import Sent
from workflow.models import Matter

pytestmark = pytest.mark.django_db

TOLD = {"words": "最近成绩下滑，想谈一谈", "danger": "no", "trigger": "visit"}


@pytest.fixture
def walk(world: World) -> Sent:
    return sent(world)


def page_of(walk: Sent, who: str = "mother") -> str:
    return f"/notices/{walk.receipt(who).pk}/talk"


def raised(world: World) -> list[tuple[str, str, UUID]]:
    with tenancy.scope(world.id):
        rows = Matter.objects.order_by("raised_at")
        return list(rows.values_list("raised_role", "raised_by__name", "case__student__person"))


def asking(world: World, walk: Sent) -> tuple[Phone, dict[str, str]]:
    """The page as the link leads to it, and what its form holds."""
    phone = with_link(world, walk)
    assert f'href="{page_of(walk)}"' in phone.html
    phone.open(page_of(walk))
    return phone, {"student": str(world.student.pk), "nonce": phone.value("nonce"), **TOLD}


def test_who_came_by_the_link_asks_for_a_talk_and_gets_a_slip(world: World, walk: Sent) -> None:
    phone, given = asking(world, walk)
    assert "请求面谈" in phone.text
    assert phone.html.index('href="tel:110"') < phone.html.index("<h1")

    phone.send(page_of(walk), **given)

    assert "回执编号 SX" in phone.text
    [(role, name, person)] = raised(world)
    assert (role, name, person) == ("G", "mother", world["student"].pk)
    phone.open(f"/notices/{walk.receipt('mother').pk}")
    assert phone.page.status_code == 200


def test_a_second_tap_is_the_same_talk_and_other_words_are_added_to_it(
    world: World, walk: Sent
) -> None:
    phone, given = asking(world, walk)

    for words in (TOLD["words"], TOLD["words"], "还想谈谈住校的事"):
        phone.open(page_of(walk))
        phone.send(page_of(walk), **{**given, "words": words})

    assert len(raised(world)) == 1
    with tenancy.scope(world.id):
        assert Matter.objects.get().words == f"{TOLD['words']}\n还想谈谈住校的事"


def test_another_child_of_hers_is_not_asked_about_here(world: World, walk: Sent) -> None:
    phone, given = asking(world, walk)
    with tenancy.scope(world.id):
        other = world.pupil("other", world.other_class)
        GuardianLink.objects.create(
            school=world.school, student=other, guardian=world["mother"], relation="MOTHER",
            contact_priority=1,
        )  # fmt: skip

    phone.send(page_of(walk), **{**given, "student": str(other.pk)})

    assert phone.page.status_code == 400
    assert raised(world) == []


def test_the_link_opens_no_other_page_of_the_kind(world: World, walk: Sent) -> None:
    phone, given = asking(world, walk)

    for address in (page_of(walk, "father"), f"{page_of(walk, 'father')}/slip", "/matters/new"):
        assert phone.client.get(address).status_code == 403
        assert phone.send(address, **given).status_code == 403

    assert raised(world) == []


@pytest.mark.parametrize(("who", "status"), [("father", 404), ("stranger", 404), ("teacher", 403)])
def test_nobody_asks_in_her_place(world: World, walk: Sent, who: str, status: int) -> None:
    phone = by_password(world, who)

    assert phone.open(page_of(walk)).status_code == status
    assert phone.client.get(f"{page_of(walk)}/slip").status_code == status
    assert phone.send(page_of(walk), **TOLD).status_code in (403, status)

    assert raised(world) == []


def test_who_is_her_guardian_no_more_asks_for_nothing(world: World, walk: Sent) -> None:
    phone, given = asking(world, walk)
    with tenancy.scope(world.id):
        links = GuardianLink.objects.filter(guardian=world["mother"])
        links.update(state=GuardianLink.State.ENDED)

    assert phone.send(page_of(walk), **given).status_code == 404

    assert raised(world) == []


def test_what_is_missing_is_said_and_nothing_typed_is_lost(world: World, walk: Sent) -> None:
    phone, given = asking(world, walk)

    phone.send(page_of(walk), **{**given, "danger": ""})

    assert phone.page.status_code == 400
    assert TOLD["words"] in phone.html
    assert raised(world) == []
    assert phone.client.get(f"{page_of(walk)}/slip").status_code == 302


def test_who_signed_in_may_ask_here_as_well(world: World, walk: Sent) -> None:
    phone = by_password(world, "mother")
    phone.open(page_of(walk))

    phone.send(page_of(walk), student=str(world.student.pk), nonce=phone.value("nonce"), **TOLD)

    assert "回到通知" in phone.text
    assert [role for role, _, _ in raised(world)] == ["G"]
