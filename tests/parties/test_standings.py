"""One statement says what parties.relations says of each model: the two are held together."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from parties import round_trips, standings, tenancy
from parties.access import Viewer
from parties.models import (
    Company,
    CompanyMember,
    GuardianLink,
    Membership,
    Placement,
    Restriction,
)
from parties.relations import in_force
from parties.roles import Role
from parties.standings import Standing
from tests.factories import LONG_AGO, NOW, World
from tests.parties.seats import company, intern, joins

pytestmark = pytest.mark.django_db

_LEAST = timedelta(microseconds=1)
#: Of something in force from NOW for an hour: before, both ends, within, after.
MOMENTS = [
    NOW - _LEAST,
    NOW,
    NOW + timedelta(minutes=30),
    NOW + timedelta(hours=1) - _LEAST,
    NOW + timedelta(hours=1),
]
TERM = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}


def loaded(world: World, who: str, at: datetime) -> Standing:
    with tenancy.scope(world.id):
        return standings.load(world[who], at)


@pytest.mark.parametrize("at", MOMENTS)
def test_posts_in_force(world: World, at: datetime) -> None:
    with tenancy.scope(world.id):
        for role in (Role.GL, Role.ST):
            Membership.objects.create(
                school=world.school, person=world["teacher"], role=role, grade="2024", **TERM
            )
        rows = in_force(Membership.objects.filter(person=world["teacher"]), at).order_by("pk")
        wanted = [(row.role, row.school_class_id, row.grade, row.head) for row in rows]

    posts = loaded(world, "teacher", at).posts
    assert [(one.role, one.school_class_id, one.grade, one.head) for one in posts] == wanted


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize("kind", Restriction.Kind.values)
def test_orders_in_force(world: World, kind: str, at: datetime) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"], kind=kind, **TERM
        )
        orders = Restriction.objects.filter(
            person=world["father"], kind__in=("NO_CONTACT", "DO_NOT_TELL"), case_id=None
        )
        barred = in_force(orders, at).exists()

    father = loaded(world, "father", at)
    assert father.kin == {world.student.pk}
    assert father.wards == (frozenset() if barred else {world.student.pk})


@pytest.mark.parametrize("at", MOMENTS)
def test_seats_in_force(world: World, at: datetime) -> None:
    with tenancy.scope(world.id):
        made = Company.objects.create(school=world.school, uscc="91420100MA99999999", name="二厂")
        for role in (Role.CM, Role.CA):
            CompanyMember.objects.create(
                school=world.school, company=made, person=world["mentor"], role=role, **TERM
            )
        held = in_force(CompanyMember.objects.filter(person=world["mentor"]), at)
        wanted = {(row.company_id, row.role) for row in held}

    mentor = loaded(world, "mentor", at)
    assert {(c, role) for c, roles in mentor.companies.items() for role in roles} == wanted
    assert mentor.mentees == {world.student.pk}


@pytest.mark.parametrize(("days", "runs"), [(-61, False), (-60, True), (60, True), (61, False)])
def test_an_internship_runs_from_its_first_to_its_last_day(
    world: World, days: int, *, runs: bool
) -> None:
    mentor = loaded(world, "mentor", NOW + timedelta(days=days))

    assert mentor.mentees == ({world.student.pk} if runs else frozenset())


@pytest.mark.parametrize(("state", "runs"), [("SUSPENDED", True), ("ENDED", False)])
def test_an_internship_that_is_suspended_is_one_still(
    world: World, state: str, *, runs: bool
) -> None:
    with tenancy.scope(world.id):
        Placement.objects.filter(pk=world.placement.pk).update(state=state)

    assert bool(loaded(world, "mentor", NOW).mentees) == runs


def test_a_link_that_has_ended_makes_nobody_kin(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.filter(guardian=world["father"]).update(state=GuardianLink.State.ENDED)

    assert loaded(world, "father", NOW).kin == frozenset()


def test_whoever_may_not_have_the_data_is_kin_and_has_no_ward(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.filter(guardian=world["father"]).update(child_data_access=False)

    father = loaded(world, "father", NOW)
    assert (father.kin, father.wards) == (frozenset({world.student.pk}), frozenset())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements that stay prepared: Django counts none of them."""
    said: list[str] = []
    real = round_trips.execute

    def listen(statement: Any, given: Any = ()) -> Any:
        said.append(statement)
        return real(statement, given)

    monkeypatch.setattr(round_trips, "execute", listen)
    return said


@pytest.mark.parametrize("who", ["teacher", "counsellor", "father", "mentor", "student"])
def test_a_load_costs_one_statement_and_one_for_the_walls(
    world: World, who: str, asked: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenancy.scope(world.id), django_assert_num_queries(0):
        asked.clear()
        Viewer.load(world[who], at=NOW)

    assert len(asked) == (2 if who == "father" else 1)


def test_many_relations_cost_as_many_statements_as_one(
    world: World, asked: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenancy.scope(world.id):
        for number in range(5):
            other = world.pupil(f"child_{number}", world.other_class)
            GuardianLink.objects.create(
                school=world.school, student=other, guardian=world["father"], relation="FATHER"
            )
            world.staff(f"filler_{number}", Role.ST)
            Membership.objects.create(
                school=world.school,
                person=world["father"],
                role=Role.ST,
                grade=str(number),
                starts_at=LONG_AGO,
            )
            where = company(world, f"厂{number}")
            joins(world, "father", where, Role.CA)
            intern(world, f"intern_{number}", where)
        asked.clear()
        with django_assert_num_queries(0):
            viewer = Viewer.load(world["father"], at=NOW)
    assert len(asked) == 2
    assert (len(viewer.kin), len(viewer.posts), len(viewer.interns)) == (6, 5, 5)
