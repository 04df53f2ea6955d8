"""Prepared statements, and savepoints that are made when something is asked inside them."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg.pq import TransactionStatus

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


def open_with(statement: bytes) -> tuple[object, ...]:
    with transaction.atomic():
        row = round_trips.opening(statement)
        assert connection.connection.info.transaction_status == TransactionStatus.INTRANS
        return row


def test_a_transaction_opens_with_its_first_statement() -> None:
    moment = "timestamptz '2026-03-02 08:00:00.25+08'"

    assert open_with(f"SELECT 1, {moment}".encode()) == (
        1,
        datetime(2026, 3, 2, 0, 0, 0, 250000, UTC),
    )
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


def test_inside_of_a_transaction_it_opens_no_second_one() -> None:
    with transaction.atomic():
        first = open_with(b"SELECT txid_current()")
        assert open_with(b"SELECT txid_current()") == first


def test_an_opening_that_fails_opens_nothing() -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        open_with(b"SELECT 1 / 0")

    assert open_with(b"SELECT 2") == (2,)


def test_an_opening_on_a_session_that_has_ended_says_so_as_django_does() -> None:
    with pytest.raises(OperationalError):
        open_with(b"SELECT pg_terminate_backend(pg_backend_pid())")

    assert open_with(b"SELECT 2") == (2,)  # on a new one


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
