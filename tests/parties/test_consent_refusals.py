"""Two guardians, one consent: the most protective word of those who have the right counts."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from parties import clock, consents, tenancy
from parties.errors import InvalidInput, NotAllowed
from parties.models import Consent, GuardianLink, Restriction
from tests.factories import World
from tests.records.consented import give, withdraw
from tests.records.desk import Desk
from tests.workflow.moves import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, clock.now() - timedelta(days=1))


def held(desk: Desk) -> bool:
    """As the desk is told, and as whatever rests on it is."""
    with desk.as_("teacher") as viewer:
        told = consents.is_held(viewer, student=desk.world.student, purpose="PSY_REPORT")
        found = consents.live(student=desk.world.student, purpose="PSY_REPORT", at=desk.at)
    assert told is (found is not None)
    return bool(told)


def refused(desk: Desk, who: str = "teacher") -> Any:
    with desk.as_(who) as viewer:
        return consents.refused(viewer, student=desk.world.student)


def after_a_no(desk: Desk, by: str = "father") -> None:
    """The mother's yes is taken back by `by`, and an hour later she says yes again."""
    withdraw(desk, give(desk), by)
    desk.later(hours=1)
    give(desk)


def test_after_one_guardians_no_the_others_yes_is_kept_and_does_not_hold(desk: Desk) -> None:
    after_a_no(desk)

    assert not held(desk)
    assert refused(desk) == ["PSY_REPORT"]
    with tenancy.scope(desk.world.id):
        assert Consent.objects.filter(state="GIVEN").count() == 1


@pytest.mark.parametrize("who", ["mother", "student"])
def test_nobody_elses_yes_outweighs_it(desk: Desk, who: str) -> None:
    after_a_no(desk)
    desk.later(hours=1)

    give(desk, who)

    assert not held(desk)


def test_it_holds_once_that_guardian_says_yes_too(desk: Desk) -> None:
    after_a_no(desk)
    desk.later(hours=1)

    made = give(desk, "father")

    assert held(desk)
    assert refused(desk) == []
    withdraw(desk, made)  # by the mother: it is her no now
    assert not held(desk)


def test_a_no_of_ones_own_is_ones_own_to_change(desk: Desk) -> None:
    after_a_no(desk, "mother")

    assert held(desk)


@pytest.mark.parametrize("lost", [{"state": "ENDED"}, {"legal_guardian": False}])
def test_a_no_ends_with_the_right_and_does_not_come_back_with_it(
    desk: Desk, lost: dict[str, Any]
) -> None:
    after_a_no(desk)
    with tenancy.scope(desk.world.id):
        links = GuardianLink.objects.filter(guardian=desk.world["father"])
        links.update(**lost)
    assert held(desk)
    with tenancy.scope(desk.world.id):
        links.update(state="LIVE", legal_guardian=True)

    assert held(desk)


def test_a_barred_guardians_no_counts_no_more(desk: Desk) -> None:
    after_a_no(desk)
    with tenancy.scope(desk.world.id):
        Restriction.objects.create(
            school=desk.world.school, student=desk.world.student, person=desk.world["father"],
            kind="NO_CONTACT", starts_at=desk.at, ends_at=desk.at + timedelta(hours=2),
        )  # fmt: skip

    assert held(desk)
    desk.later(hours=3)
    assert held(desk)


def test_a_no_of_somebody_without_the_right_outlives_nothing(desk: Desk) -> None:
    with tenancy.scope(desk.world.id):
        GuardianLink.objects.filter(guardian=desk.world["father"]).update(legal_guardian=False)
    after_a_no(desk)

    assert held(desk)


def test_from_eighteen_on_the_students_yes_holds_against_every_no(desk: Desk) -> None:
    after_a_no(desk)
    with tenancy.scope(desk.world.id):
        type(desk.world.student).objects.update(birth_date="2008-01-01")
        desk.world.student.refresh_from_db()

    give(desk, "student")

    assert held(desk)


def test_a_report_cannot_rest_on_a_yes_that_another_refuses(desk: Desk) -> None:
    first = give(desk)
    withdraw(desk, first, "father")
    desk.later(hours=1)
    second = give(desk)

    with tenancy.scope(desk.world.id):
        assert not consents.holds(first, at=desk.at)
        assert not consents.holds(second, at=desk.at)


@pytest.mark.parametrize("who", ["mother", "father", "student", "stranger"])
def test_nobody_else_is_told_whether_somebody_refuses(desk: Desk, who: str) -> None:
    after_a_no(desk)

    assert refused(desk, who) is None


# --- written down by staff ------------------------------------------------------------------------


def said(desk: Desk, whose: str | None, by: str = "teacher") -> None:
    """Somebody of the family says so on the telephone."""
    with desk.as_(by) as viewer:
        consents.withdraw_all(
            viewer, student_id=desk.world.student.pk, purpose="PSY_REPORT",
            said_by=None if whose is None else desk.world[whose].pk,
        )  # fmt: skip


@pytest.mark.parametrize(("whose", "holds"), [("father", False), ("mother", True), (None, True)])
def test_a_no_that_staff_writes_down_is_that_of_whoever_said_it(
    desk: Desk, whose: str | None, holds: bool
) -> None:
    give(desk)
    said(desk, whose)
    desk.later(hours=1)

    give(desk)

    assert held(desk) is holds
    assert refused(desk) == ([] if holds else ["PSY_REPORT"])


def test_a_students_own_no_counts_when_it_is_written_down(desk: Desk) -> None:
    give(desk)
    said(desk, "student")
    desk.later(hours=1)

    with pytest.raises(InvalidInput, match="学生本人撤回了同意"):
        give(desk)


@pytest.mark.parametrize("whose", ["stranger", "mentor"])
def test_nobody_else_can_have_said_it(desk: Desk, whose: str) -> None:
    give(desk)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "said_by"):
        said(desk, whose)


def test_nobody_at_home_says_no_in_anothers_name(desk: Desk) -> None:
    give(desk)

    with pytest.raises(NotAllowed):
        said(desk, "father", by="mother")


@pytest.mark.django_db(transaction=True)
def test_a_no_waits_for_what_rests_on_another_yes(world: World) -> None:
    """Whoever looks and whoever says no at the same moment: one after the other, never between."""
    desk = Desk(world, clock.now() - timedelta(hours=1))
    first, second = give(desk), give(desk)
    seen: list[tuple[bool, bool]] = []

    def look() -> None:
        with tenancy.scope(world.id):
            before = consents.holds(second, at=clock.now())
            seen.append((before, consents.holds(second, at=clock.now())))

    together(look, partial(withdraw, desk, first, "father"), look)

    assert all(before == after for before, after in seen)
