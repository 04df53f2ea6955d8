"""A text that waits for the morning was promised before the crisis: its absence would tell him."""

from collections.abc import Callable
from datetime import datetime

import pytest

from parties import tenancy
from parties.models import Restriction
from tests.factories import HOUR, MINUTE, World
from tests.processes.intake_walk import Intake, in_meeting
from tests.processes.walker import FATHER, triaged
from tests.receivers import Gateway
from tests.workflow.moves import confirm, propose, settle, upgrade
from tests.workflow.outbox import SENT, UNDELIVERABLE, deliver, later, promise, row_of

pytestmark = pytest.mark.django_db(transaction=True)


def to_father(world: World, walk: Intake, at: datetime) -> str:
    return promise(
        world, walk.case_id, to="father", to_role="G", template="meeting.choose", at=at,
        lane="routine",
    )  # fmt: skip


def in_the_morning(world: World, key: str) -> str:
    later(world, 10 * 3600)
    while deliver("routine"):
        pass
    return str(row_of(world, key).state)


def of_this_case(walk: Intake) -> None:
    upgrade(walk, suspects=FATHER)
    settle(walk, safe="no")


def taken_down(walk: Intake) -> None:
    of_this_case(walk)
    confirm(walk, propose(walk))


def of_another(walk: Intake) -> None:
    """The order that this one brings is about the whole child."""
    triaged(walk.world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")


def court(walk: Intake) -> None:
    with tenancy.scope(walk.world.id):
        Restriction.objects.create(
            school=walk.world.school, student=walk.world.student, person=walk.world["father"],
            kind=Restriction.Kind.NO_CONTACT, starts_at=walk.at,
        )  # fmt: skip


CRISES = [of_this_case, taken_down, of_another]


@pytest.mark.parametrize("happens", CRISES)
def test_what_was_promised_before_a_crisis_arrives_as_in_a_calm_night(
    world: World, sms_gateway: Gateway, happens: Callable[[Intake], None]
) -> None:
    walk = in_meeting(world)
    key = to_father(world, walk, walk.at - MINUTE)

    happens(walk)

    assert in_the_morning(world, key) == SENT
    assert world["father"].phone in {one.verified()["to"] for one in sms_gateway.requests}


@pytest.mark.usefixtures("sms_gateway")
@pytest.mark.parametrize("happens", CRISES)
def test_what_is_promised_since_does_not_reach_him(
    world: World, happens: Callable[[Intake], None]
) -> None:
    walk = in_meeting(world)
    happens(walk)

    key = to_father(world, walk, walk.at + HOUR)

    assert in_the_morning(world, key) == UNDELIVERABLE


@pytest.mark.usefixtures("sms_gateway")
@pytest.mark.parametrize("happens", CRISES)
def test_an_order_from_elsewhere_keeps_it_back_all_the_same(
    world: World, happens: Callable[[Intake], None]
) -> None:
    walk = in_meeting(world)
    key = to_father(world, walk, walk.at - MINUTE)
    court(walk)

    happens(walk)

    assert in_the_morning(world, key) == UNDELIVERABLE
