"""Many statements for one reader: asked together, each answered as if it had been asked alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import JSONObject
from pytest_django import DjangoAssertNumQueries

from ledger import cursors
from parties import likeness, prepared, statements, tenancy
from parties.access import Viewer
from parties.likeness import Ids, Known, Moments
from parties.models import Person, Student
from parties.walls import ALWAYS, NEVER
from tests.factories import NOW, World

pytestmark = pytest.mark.django_db

MOMENT: Final = datetime(2026, 9, 1, 7, 30, 0, 123456, UTC)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    statements.forget()
    yield
    statements.forget()


def people(viewer: Viewer, word: str, ids: Ids) -> QuerySet[Person]:
    """No rows can be of an empty word; one that asks is built anew for everybody."""
    if not word:
        return Person.objects.none()
    if word == "asks":
        Person.objects.exists()
    found = Person.objects.filter(statements.among("pk", ids))
    found = found.filter(Q(pk=viewer.person.pk) if word == "me" else ~Q(pk=viewer.person.pk))
    return found.annotate(card=JSONObject(name=F("name"))).order_by("pk")


def test_each_is_answered_as_if_it_had_been_asked_alone(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    everybody = Ids(sorted(person.pk for person in world.people.values()))
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["mother"], at=NOW)
        reader = Known(viewer)
        asked = [("all", everybody), ("me", everybody), ("", everybody), ("all", Ids(()))]
        alone = [list(statements.rows(people, viewer, *one)) for one in asked]

        with django_assert_num_queries(3):  # nobody is asked for what cannot be
            found = statements.rows_of_each(people, [(reader, *one) for one in asked])

        assert [list(rows) for rows in found] == alone
        assert [len(rows) for rows in found] == [len(everybody) - 1, 1, 0, 0]
        mother: Any = found[1][0]
        assert mother.card == {"name": world["mother"].name}
        assert mother._state.db == "default"


def test_what_is_built_anew_is_answered_among_the_others(world: World) -> None:
    everybody = Ids(sorted(person.pk for person in world.people.values()))
    with tenancy.scope(world.id):
        reader = Known(Viewer.load(world["mother"], at=NOW))
        asked = [(reader, word, everybody) for word in ("me", "asks", "all")]
        mine, anew, others = statements.rows_of_each(people, asked)
    assert not statements.kept(people, Viewer.load(world["mother"], at=NOW), "asks", everybody)
    assert [one.pk for one in mine] == [world["mother"].pk]
    assert list(anew) == list(others)


def test_a_mistake_in_one_is_said_and_the_connection_goes_on(world: World) -> None:
    with pytest.raises(ProgrammingError, match="nowhere"):
        _ask_together(world, "SELECT 1 FROM nowhere", "SELECT 1 FROM parties_person")
    with tenancy.scope(world.id):
        assert Person.objects.exists()


def _ask_together(world: World, *asked: str) -> None:
    with tenancy.scope(world.id), cursors.together("default"):
        sent = [cursors.preparing("default", raw=True) for _ in asked]
        for cursor, sql in zip(sent, asked, strict=True):
            cursor.execute(sql, [])
        for cursor in sent:
            cursor.fetchall()


def test_what_is_known_is_alike_as_if_it_had_been_given_whole(world: World) -> None:
    with tenancy.scope(world.id):
        mother = Viewer.load(world["mother"], at=NOW)
    known, ids = Known(mother, world.student), Ids([uuid4(), uuid4()])
    for more in [("word", ids), (uuid4(), NOW), (world.student.pk, "one of both"), ()]:
        alike = likeness.of((known, *more))
        again = likeness.stand_in(alike.form.tree, alike.values)
        assert again == (mother, world.student, *more)
        whole = likeness.of((mother, world.student, *more))
        assert alike.form.kinds.count(UUID) == whole.form.kinds.count(UUID)
    # A ward's id is not just any id: only looking at both finds that it is the same.
    assert likeness.of((known, world.student.pk)) == likeness.of(
        (mother, world.student, world.student.pk)
    )
    assert likeness.of((known, ids)).form == likeness.of((known, Ids([uuid4()]))).form
    assert likeness.of((known, "one")).form != likeness.of((known, "other")).form


@pytest.mark.parametrize(
    ("handed", "kind"),
    [
        (Ids([UUID(int=0), UUID(int=2**128 - 1), uuid4()]), "uuid"),
        (Ids(()), "uuid"),
        (Moments([NEVER, ALWAYS, MOMENT]), "timestamptz"),
        (Moments(()), "timestamptz"),
    ],
)
def test_an_array_reaches_the_server_as_it_was(handed: Any, kind: str) -> None:
    text = prepared._filled(0, [handed])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [text])
        (read,) = cursor.fetchone()
    assert tuple(read) == tuple(handed)


def told(pk: UUID) -> QuerySet[Student]:
    """Ids, days, words, sealed bytes, a moment, and JSON with whatever a name may hold."""
    card = JSONObject(name=F("person__name"), born=F("birth_date"), none=Value(None))
    return Student.objects.annotate(card=card, moment=Value(MOMENT)).filter(pk=pk)


def test_what_comes_as_the_server_keeps_it_is_what_django_reads(world: World) -> None:
    with tenancy.scope(world.id):
        Person.objects.filter(pk=world.student.person_id).update(name='张 "三" \\ {1,2}')
        assert statements.kept(told, world.student.pk)
        kept: Any = statements.rows(told, world.student.pk)[0]
        by_hand: Any = told(world.student.pk).get()
    named = [field.attname for field in Student._meta.concrete_fields]
    for name in [*named, "card", "moment"]:
        ours, django = getattr(kept, name), getattr(by_hand, name)
        assert ours == django, name
        assert type(ours) is type(django), name
    assert kept.moment.utcoffset() == by_hand.moment.utcoffset()
