"""What a connection has planned outlives a refusal; nothing does that was written before it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger import cursors

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "SELECT code FROM parties_school WHERE code = %s"


class Refused(Exception):
    pass


@pytest.fixture(autouse=True)
def own_connection() -> None:
    connection.close()


def ask(code: str = "x") -> list[Any]:
    with cursors.preparing("default") as cursor:
        return list(cursor.execute(QUESTION, [code]).fetchall())


def plans() -> list[tuple[int, str]]:
    """How often each prepared way of asking was used; in a transaction as everything is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans, name FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT code FROM parties_school%'"
        )
        return list(cursor.fetchall())


def refuse() -> None:
    with transaction.atomic():
        ask()
        raise Refused


def refuse_inside() -> None:
    with transaction.atomic():
        try:
            refuse()
        except Refused:
            ask()
            raise


@pytest.mark.parametrize("refusing", [refuse, refuse_inside])
def test_what_was_planned_stays_planned(refusing: Callable[[], None]) -> None:
    with pytest.raises(Refused):
        refusing()
    [(before, name)] = plans()

    ask()

    assert plans() == [(before + 1, name)]


def note(key: str, *, refused: bool) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_session VALUES (%s, '', now())", [key])
        if refused:
            raise Refused


def test_nothing_that_was_refused_is_there() -> None:
    with pytest.raises(Refused):
        note("whole", refused=True)
    with transaction.atomic():
        with pytest.raises(Refused):
            note("inner", refused=True)
        note("outer", refused=False)

    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session")
        assert cursor.fetchall() == [("outer",)]


def test_after_a_fault_of_the_server_all_is_planned_anew() -> None:
    ask()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    assert plans() == []
    assert ask() == []
    assert len(plans()) == 1
