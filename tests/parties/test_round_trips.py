"""Prepared statements, and savepoints that are made when something is asked inside them."""

import pytest
from django.db import DatabaseError, connection, transaction

from parties import round_trips, tenancy
from parties.models import Person
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


def names(world: World) -> set[str]:
    with tenancy.scope(world.id):
        return set(Person.objects.filter(name__startswith="P-").values_list("name", flat=True))


def add(world: World, name: str) -> None:
    Person.objects.create(school=world.school, name=name)


def fail(world: World, name: str) -> None:
    add(world, name)
    raise LookupError


def fail_around(world: World) -> None:
    with round_trips.tentatively():
        add(world, "P-inner")
    fail(world, "P-outer")


def promise_and_fail(kept: list[str]) -> None:
    transaction.on_commit(lambda: kept.append("second"))
    raise LookupError


def break_statement() -> None:
    round_trips.execute("SELECT 1 / 0")


def test_an_error_is_the_one_that_django_raises(world: World) -> None:
    with pytest.raises(DatabaseError), tenancy.scope(world.id):
        break_statement()


def test_what_fails_inside_is_taken_back_alone(world: World) -> None:
    with tenancy.scope(world.id):
        add(world, "P-before")
        with pytest.raises(LookupError), round_trips.tentatively():
            fail(world, "P-inside")
        add(world, "P-after")

    assert names(world) == {"P-before", "P-after"}


def test_a_broken_statement_leaves_the_transaction_usable(world: World) -> None:
    with tenancy.scope(world.id):
        add(world, "P-before")
        with pytest.raises(DatabaseError), round_trips.tentatively():
            break_statement()
        add(world, "P-after")

    assert names(world) == {"P-before", "P-after"}


def test_what_succeeds_stays_and_a_later_one_fails_by_itself(world: World) -> None:
    with tenancy.scope(world.id):
        with round_trips.tentatively():
            add(world, "P-first")
        with pytest.raises(LookupError), round_trips.tentatively():
            fail(world, "P-second")

    assert names(world) == {"P-first"}


def test_an_outer_one_takes_an_inner_one_with_it(world: World) -> None:
    with tenancy.scope(world.id):
        with pytest.raises(LookupError), round_trips.tentatively():
            fail_around(world)
        add(world, "P-after")

    assert names(world) == {"P-after"}


def test_djangos_own_savepoints_fit_inside(world: World) -> None:
    with tenancy.scope(world.id), round_trips.tentatively():
        add(world, "P-kept")
        with pytest.raises(LookupError), transaction.atomic():
            fail(world, "P-lost")

    assert names(world) == {"P-kept"}


def test_promises_for_the_commit_go_with_what_was_taken_back(world: World) -> None:
    kept: list[str] = []
    with tenancy.scope(world.id):
        with round_trips.tentatively():
            add(world, "P-first")
            transaction.on_commit(lambda: kept.append("first"))
        with pytest.raises(LookupError), round_trips.tentatively():
            promise_and_fail(kept)

    assert kept == ["first"]


def test_nothing_asked_means_no_savepoint(world: World) -> None:
    with tenancy.scope(world.id):
        with round_trips.tentatively():
            pass
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT tentative_0")
