"""The first wall that shut a row, as the database decides it, against a plain account of it."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Value

from parties import tenancy
from parties.models import Student
from parties.wall_moments import first_shut
from parties.walls import NEVER, Wall, Walls
from tests.factories import World

pytestmark = pytest.mark.django_db

START = datetime(2026, 9, 1, tzinfo=UTC)
THEIRS, OTHER, ELSE = UUID(int=1), UUID(int=2), UUID(int=3)


def moments(chance: random.Random) -> tuple[datetime, datetime]:
    since = START + timedelta(hours=chance.randrange(9))
    return since, chance.choice([NEVER, since + timedelta(hours=chance.randrange(9))])


def some(chance: random.Random) -> list[Wall]:
    about = [THEIRS, OTHER, ELSE]
    return [Wall(chance.choice(about), *moments(chance)) for _ in range(chance.randrange(5))]


def accounted(walls: list[Wall], came: datetime | None, meant: list[UUID | None]) -> object:
    up = [one for one in walls if one.about in meant and (came is None or one.until >= came)]
    return min((one.since for one in up), default=None)


def asked(walls: list[Wall], came: datetime | None, meant: list[UUID | None]) -> object:
    mine = Walls.of(walls, ())
    given = [list(mine.about), list(mine.since), list(mine.until), came, *meant]
    kinds = "%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz, %s::uuid, %s::uuid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT first_shut({kinds})", given)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("seed", range(6))
def test_the_database_finds_the_wall_that_a_plain_account_finds(seed: int) -> None:
    chance, found = random.Random(seed), set()  # noqa: S311 -- a seed that can be told
    for _ in range(60):
        walls = some(chance)
        came = chance.choice([None, START + timedelta(hours=chance.randrange(18))])
        meant = [THEIRS, chance.choice([None, OTHER])]

        shut = asked(walls, came, meant)

        assert shut == accounted(walls, came, meant), (walls, came, meant)
        found.add(shut is None)
    assert found == {True, False}


def test_what_came_at_the_very_end_of_a_wall_is_shut_and_what_came_later_is_not() -> None:
    end = START + timedelta(hours=1)
    walls = [Wall(THEIRS, START, end)]

    assert asked(walls, end, [THEIRS, None]) == START
    assert asked(walls, end + timedelta(microseconds=1), [THEIRS, None]) is None


def test_a_queryset_asks_it_of_its_columns(world: World) -> None:
    walls = Walls.of([Wall(world.student.pk, START)], ())
    with tenancy.scope(world.id):
        rows = Student.objects.annotate(shut=first_shut(walls, Value(START), ["pk", "person_id"]))
        found = dict(rows.values_list("pk", "shut"))

    assert found.pop(world.student.pk) == START
    assert set(found.values()) == {None}
