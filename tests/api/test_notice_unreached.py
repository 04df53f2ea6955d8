"""Children about whom nobody may be told stand on the list of who still needs contact, by name."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from parties import clock, tenancy
from parties.models import GuardianLink, Restriction
from tests.api.callers import Caller
from tests.factories import CN, LONG_AGO, World
from tests.portal.visitors import by_password
from tests.processes.notice_walk import Sent, drafted, second_family
from tests.processes.notice_walk import sent as sent_at

As = Callable[[str], Caller]
SAID = "家里没有人收到"


def sent(world: World) -> Sent:
    return sent_at(world, at=clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1))


def listed(as_: As, walk: Sent, who: str = "teacher") -> list[str]:
    found = as_(who).get(f"/notices/{walk.notice_id}/contacts").json()["unreached"]
    return [one["name"] for one in found]


def page(world: World, walk: Sent, who: str = "teacher") -> str:
    phone = by_password(world, who)
    phone.open(f"/notices/{walk.notice_id}/contacts")
    return phone.text


def test_the_teacher_reads_who_has_nobody_to_tell(world: World, as_: As) -> None:
    walk = sent(world)

    assert "classmate" in listed(as_, walk)
    assert "student" not in listed(as_, walk)
    assert SAID in page(world, walk)
    assert "classmate" in page(world, walk)


def test_a_family_that_got_it_is_not_on_it(world: World, as_: As) -> None:
    second_family(world)
    walk = sent(world)

    assert listed(as_, walk) == []
    assert SAID not in page(world, walk)


def test_an_order_looks_like_a_family_without_guardians(world: World, as_: As) -> None:
    child = second_family(world)
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=child, person=world["other_mother"],
            kind=Restriction.Kind.NO_CONTACT, starts_at=LONG_AGO,
        )  # fmt: skip
    walk = sent(world)

    assert listed(as_, walk) == ["classmate"]
    assert "other_mother" not in page(world, walk)


@pytest.mark.parametrize("who", ["grade_leader", "head_of_office"])
def test_who_does_not_call_reads_no_names(world: World, as_: As, who: str) -> None:
    walk = sent(world)

    assert listed(as_, walk, who) == []
    assert SAID not in page(world, walk, who)


def test_nobody_is_listed_before_it_went_out_nor_of_the_own_family(world: World, as_: As) -> None:
    assert listed(as_, drafted(world)) == []
    with tenancy.scope(world.id):
        GuardianLink.objects.filter(student=world.student).delete()
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["teacher"],
            relation="OTHER", child_data_access=False,
        )  # fmt: skip
    walk = sent(world)

    assert "student" not in listed(as_, walk)
