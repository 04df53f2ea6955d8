"""Who is called when: the roster to the second, who stands in, and posts that have ended."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.models import Absence, Membership, Person
from parties.relations import able, absent, deputies, holders, on_duty
from parties.roles import Role
from tests.factories import HOUR, LONG_AGO, MINUTE, NOW, World, people_of

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)


def on_roster(world: World, at: datetime) -> set[str]:
    with tenancy.scope(world.id):
        return names(world, [post.person for post in on_duty(role=Role.ME, at=at)])


def holding(world: World, role: Role, **asked: Any) -> set[str]:
    with tenancy.scope(world.id):
        found = holders(role=role, **{"at": NOW, **asked})
        return names(world, [post.person for post in found])


def reachable(world: World, role: Role, *, excluded: Collection[str] = ()) -> set[str]:
    with tenancy.scope(world.id):
        posts = holders(role=role, at=NOW)
        ids = {world[name].pk for name in excluded}
        return names(world, list(able(posts, at=NOW, excluded=ids)))


def names(world: World, people: list[Person]) -> set[str]:
    return people_of(world, {person.pk for person in people})


def away(world: World, name: str, **times: datetime) -> None:
    with tenancy.scope(world.id):
        Absence.objects.create(
            school=world.school,
            person=world[name],
            **{"starts_at": NOW - MINUTE, "ends_at": NOW + HOUR, **times},
        )


def substitute(world: World, name: str, by: str) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world[name]).update(substitute=world[by])


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (NOW - HOUR - TICK, {"duty_officer", "head_of_office"}),
        (NOW - HOUR, {"duty_officer"}),
        (NOW, {"duty_officer"}),
        (NOW + 12 * HOUR - TICK, {"duty_officer"}),
        (NOW + 12 * HOUR, {"duty_officer", "head_of_office"}),
    ],
    ids=["before", "at the start", "during", "last moment", "at the end"],
)
def test_a_shift_holds_from_its_start_and_no_longer_at_its_end(
    world: World, at: datetime, found: set[str]
) -> None:
    assert on_roster(world, at) == found


def test_at_the_change_of_shift_there_is_always_exactly_one(world: World) -> None:
    with tenancy.scope(world.id):
        world.duty("head_of_office", Role.ME, starts_at=NOW + 12 * HOUR, ends_at=NOW + 24 * HOUR)

    seen = [on_roster(world, NOW + 12 * HOUR + step) for step in (-SECOND, -TICK, 0 * TICK, TICK)]

    assert seen == [{"duty_officer"}] * 2 + [{"head_of_office"}] * 2


def test_several_may_be_on_duty_together(world: World) -> None:
    with tenancy.scope(world.id):
        world.duty("head_of_office", Role.ME)

    assert on_roster(world, NOW) == {"duty_officer", "head_of_office"}


def test_an_empty_roster_means_every_holder_towards_the_student(world: World) -> None:
    with tenancy.scope(world.id):
        found = on_duty(role=Role.HT, at=NOW, student=world.student)
        assert names(world, [post.person for post in found]) == {"teacher"}


def test_the_roster_of_one_role_says_nothing_about_another(world: World) -> None:
    with tenancy.scope(world.id):
        found = on_duty(role=Role.PSY, at=NOW)
        assert names(world, [post.person for post in found]) == {"counsellor"}


def test_a_shift_brings_its_own_substitute(world: World) -> None:
    with tenancy.scope(world.id):
        shift = on_duty(role=Role.ME, at=NOW)
        assert [post.substitute for post in shift] == [None]
        world.duty("head_of_office", Role.ME, substitute=world["counsellor"])
        both = {post.substitute for post in on_duty(role=Role.ME, at=NOW)}
    assert both == {None, world["counsellor"]}


def test_a_class_post_is_for_its_own_class(world: World) -> None:
    assert holding(world, Role.HT, student=world.student) == {"teacher"}
    assert holding(world, Role.HT) == set()


def test_a_grade_post_is_for_its_grade_and_for_whoever_is_unknown(world: World) -> None:
    with tenancy.scope(world.id):
        world.staff("other_grade", Role.GL, grade="2025")
        world.staff("all_grades", Role.GL)

    assert holding(world, Role.GL, student=world.student) == {"grade_leader", "all_grades"}
    assert holding(world, Role.GL) == {"grade_leader", "other_grade", "all_grades"}


def test_a_post_of_the_whole_school_holds_for_every_student(world: World) -> None:
    assert holding(world, Role.PSY, student=world.student) == {"counsellor"}
    assert holding(world, Role.PSY) == {"counsellor"}


def test_head_and_deputy_are_asked_for_by_flag(world: World) -> None:
    assert holding(world, Role.ME, head=True) == {"head_of_office"}
    assert holding(world, Role.FA, deputy=True) == {"deputy"}
    assert holding(world, Role.ME, deputy=True) == set()


@pytest.mark.parametrize(
    ("ends_at", "held"),
    [(NOW + TICK, True), (NOW, False), (NOW - MINUTE, False), (None, True)],
    ids=["in a moment", "now", "a minute ago", "never"],
)
def test_a_post_that_ended_is_held_by_nobody(
    world: World, ends_at: datetime | None, held: bool
) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["counsellor"]).update(ends_at=ends_at)

    assert ("counsellor" in holding(world, Role.PSY)) is held


def test_a_post_that_begins_later_is_not_held_yet(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["counsellor"]).update(starts_at=NOW + TICK)

    assert holding(world, Role.PSY) == set()
    assert holding(world, Role.PSY, at=NOW + TICK) == {"counsellor"}


def test_deputies_are_found_whatever_their_role_and_only_in_time(world: World) -> None:
    with tenancy.scope(world.id):
        world.staff("second_deputy", Role.REG, deputy=True, ends_at=NOW)
        found = {(post.person, post.role) for post in deputies(at=NOW)}
    assert found == {(world["deputy"], Role.FA)}


def test_the_longest_in_office_come_first(world: World) -> None:
    with tenancy.scope(world.id):
        newer = world.staff("newer", Role.PSY)
        Membership.objects.filter(person=newer).update(starts_at=LONG_AGO + HOUR)
        order = [post.person for post in holders(role=Role.PSY, at=NOW)]
    assert order == [world["counsellor"], newer]


def test_who_is_away_is_replaced_by_their_substitute(world: World) -> None:
    substitute(world, "vice_principal", "counsellor")
    assert reachable(world, Role.VP) == {"vice_principal"}

    away(world, "vice_principal")

    assert reachable(world, Role.VP) == {"counsellor"}


def test_who_is_named_is_replaced_and_their_named_substitute_is_not(world: World) -> None:
    substitute(world, "vice_principal", "counsellor")

    assert reachable(world, Role.VP, excluded={"vice_principal"}) == {"counsellor"}
    assert reachable(world, Role.VP, excluded={"vice_principal", "counsellor"}) == set()


def test_a_substitute_who_is_away_too_leaves_nobody(world: World) -> None:
    substitute(world, "vice_principal", "counsellor")
    away(world, "vice_principal")
    away(world, "counsellor")

    assert reachable(world, Role.VP) == set()


def test_who_stands_in_for_two_is_called_once(world: World) -> None:
    for name in ("duty_officer", "head_of_office"):
        substitute(world, name, "counsellor")
        away(world, name)

    with tenancy.scope(world.id):
        found = able(holders(role=Role.ME, at=NOW), at=NOW, excluded=set())
    assert found == [world["counsellor"]]


@pytest.mark.parametrize(
    ("times", "gone"),
    [
        ({"starts_at": NOW}, True),
        ({"starts_at": NOW + TICK}, False),
        ({"ends_at": NOW}, False),
        ({"ends_at": NOW + TICK}, True),
    ],
    ids=["begins now", "begins in a moment", "ended now", "ends in a moment"],
)
def test_an_absence_counts_from_its_start_and_no_longer_at_its_end(
    world: World, times: dict[str, datetime], gone: bool
) -> None:
    away(world, "counsellor", **times)

    with tenancy.scope(world.id):
        assert (world["counsellor"].pk in absent(at=NOW)) is gone


def test_nobody_of_another_school_is_ever_found(world: World) -> None:
    with tenancy.scope(world.id + 1_000_000):
        assert list(holders(role=Role.ME, at=NOW)) == []
        assert list(on_duty(role=Role.ME, at=NOW)) == []
        assert list(deputies(at=NOW)) == []
