"""A world that is put back is the world that was built: row for row, and object for object."""

from collections.abc import Callable
from typing import Any

import pytest

from parties import tenancy
from parties.models import Person
from tests import template_database
from tests.factories import World
from tests.kept_worlds import Worlds
from tests.owner import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> dict[str, list[str]]:
    """Everything in the database, asked by the owner, whom no policy hides anything from."""
    with owner_connection() as owner, owner.cursor() as cursor:
        found = {}
        for table in template_database.filled_tables(owner.connection):
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608
            found[table] = [row[0] for row in cursor.fetchall()]
    return {table: kept for table, kept in found.items() if kept}


def objects(world: World) -> dict[str, Any]:
    """Values of every object, and of every person by name."""
    own = {name: thing for name, thing in vars(world).items() if name != "people"}
    return {
        name: {key: value for key, value in vars(thing).items() if key != "_state"}
        for name, thing in [*own.items(), *world.people.items()]
    }


def test_no_row_is_missing_and_none_is_another(wipe: Callable[[], None]) -> None:
    Worlds().one_more()
    once = rows()
    wipe()

    Worlds().one_more()

    assert rows() == once
    assert {"parties_school", "parties_person", "parties_subjectkey"} <= once.keys()


def test_everybody_is_as_they_were_whatever_a_test_did_to_them(
    wipe: Callable[[], None],
) -> None:
    first = Worlds().one_more()
    before = objects(first)
    first.student.student_no = "changed"
    del first.people["father"]
    wipe()

    again = Worlds().one_more()

    assert objects(again) == before
    assert again.student is not first.student
    assert again.student.person is again["student"]


def test_what_is_sealed_opens(wipe: Callable[[], None]) -> None:
    Worlds().one_more()
    wipe()
    world = Worlds().one_more()

    with tenancy.scope(world.id):
        mother = Person.objects.get(name="mother")

        assert mother.phone == world["mother"].phone
        assert mother.phone.startswith("+86")


def test_two_worlds_of_one_test_share_nothing() -> None:
    worlds = Worlds()
    one, other = worlds.one_more(), worlds.one_more()

    assert one.id != other.id
    assert not {one[name].pk for name in one.people} & {other[name].pk for name in other.people}
