"""The three talks of a round come 2, 4 and 8 weeks after it began, whoever is late for one."""

from datetime import timedelta

import pytest

from tests.factories import World
from tests.processes.test_follow_up import CONTACT, CONTACTS, EFFECT, Follow, followed

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def late(world: World) -> Follow:
    """The first talk waits for its teacher."""
    follow = followed(world)
    follow.until(CONTACTS[0])
    return follow


def test_a_contact_held_late_moves_none_of_those_to_come(late: Follow) -> None:
    late.until(CONTACTS[0] + 11 * DAY)
    late.answer("hold_contact", CONTACT)
    for moment in CONTACTS[1:]:
        late.until(moment - SECOND)
        assert late.open() == set()
        late.until(moment)
        assert late.open() == {"hold_contact"}
        late.answer("hold_contact", CONTACT)

    assert late.open() == {"evaluate_effect"}


def test_a_week_that_passed_meanwhile_opens_right_after_the_contact_before(late: Follow) -> None:
    late.until(CONTACTS[1] + 3 * DAY)
    late.answer("hold_contact", CONTACT)
    late.sweep()

    assert late.open() == {"hold_contact"}
    late.answer("hold_contact", CONTACT)
    late.until(CONTACTS[2] - SECOND)
    assert late.open() == set()
    late.until(CONTACTS[2])
    assert late.open() == {"hold_contact"}


def test_another_round_has_weeks_of_its_own(late: Follow) -> None:
    for moment in CONTACTS:
        late.until(moment)
        late.answer("hold_contact", CONTACT)
    late.answer("evaluate_effect", EFFECT)
    late.score("mother", 1)
    late.until(CONTACTS[2] + 2 * DAY)
    late.answer("close_or_continue", {"decision": "new_round", "reason": "再试一轮"})

    begun = late.at
    for days in (14, 28, 56):
        late.until(begun + days * DAY - SECOND)
        assert late.open() == set()
        late.until(begun + days * DAY)
        late.answer("hold_contact", CONTACT)
    assert late.open() == {"evaluate_effect"}
