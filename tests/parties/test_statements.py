"""A statement is built once for all who are alike, and each of them gets rows of their own."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from pytest_django import DjangoAssertNumQueries

from parties import likeness, statements, tenancy
from parties.access import Viewer
from parties.likeness import Ids
from parties.models import GuardianLink, Person, Student
from parties.prepared import Statement
from tests.factories import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    statements.forget()
    yield
    statements.forget()


@pytest.fixture
def world(world: World) -> World:
    """With a second family that is like the first."""
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school,
            student=Student.objects.get(person=world["classmate"]),
            guardian=world.add("neighbour"),
            relation="MOTHER",
        )
    return world


def children(viewer: Viewer) -> QuerySet[Student]:
    links = GuardianLink.objects.filter(student=OuterRef("pk"), guardian=viewer.person)
    seen = Student.objects.filter(Q(pk__in=viewer.wards), Q(Exists(links)))
    return seen.select_related("person").annotate(linked=Exists(links)).order_by("pk")


def sql_of(build: Callable[..., Any], *given: Any) -> str:
    made = statements._kept(build, likeness.of(given).form)
    assert isinstance(made, Statement)
    return made.sql


def test_two_who_are_alike_share_a_statement_and_no_value(world: World) -> None:
    with tenancy.scope(world.id):
        mother, neighbour = (Viewer.load(world[who], at=NOW) for who in ("mother", "neighbour"))
        before = len(statements._statements)
        for _ in range(2):
            (own,) = statements.rows(children, mother)
            (other,) = statements.rows(children, neighbour)
            assert (own.person, other.person) == (world["student"], world["classmate"])
        assert len(statements._statements) == before + 1
        kept = sql_of(children, mother)

    assert kept.count("$") > 1
    ids = [world.student.pk, *(person.pk for person in world.people.values())]
    assert [pk for pk in ids if pk.hex in kept.replace("-", "")] == []


def test_a_right_that_ends_is_gone_from_the_next_reading(world: World) -> None:
    with tenancy.scope(world.id):
        for who in ("mother", "neighbour"):
            assert statements.rows(children, Viewer.load(world[who], at=NOW))
        GuardianLink.objects.get(guardian=world["mother"]).delete()

        assert not statements.rows(children, Viewer.load(world["mother"], at=NOW))
        assert statements.rows(children, Viewer.load(world["neighbour"], at=NOW))


def test_rows_are_the_objects_that_django_makes(world: World) -> None:
    with tenancy.scope(world.id):
        mother = Viewer.load(world["mother"], at=NOW)
        (kept,), (made,) = statements.rows(children, mother), children(mother)

    assert vars(kept).keys() == vars(made).keys()
    assert all(vars(kept)[name] == vars(made)[name] for name in vars(made).keys() - _NOT_COMPARED)
    assert kept._state.fields_cache == made._state.fields_cache
    assert vars(kept)["linked"] is True


#: Sealed values are only ever themselves.
_NOT_COMPARED = {"_state", "national_edu_id", "official_id"}


def by_text(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk=str(person.pk))


def by_number(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk=UUID(int=person.pk.int ^ 0))


def by_a_made_up_id(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=[person.pk, UUID(int=person.pk.int ^ 1)])


def by_day(person: Person, at: datetime) -> QuerySet[Person]:
    return Person.objects.filter(pk=person.pk) if at.day else Person.objects.none()


def by_asking(person: Person) -> QuerySet[Person]:
    found = Person.objects.filter(pk=person.pk)
    return found if found.exists() else found.none()


def by_more_of_a_row(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk=person.pk, name=person.name)


def by_part_of_a_list(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=[person.pk])[:1]


def by_a_mixed_list(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk=person.pk).extra(
        where=["%s = ANY(%s)"], params=[person.pk, [person.pk, UUID(int=0)]]
    )


@pytest.mark.parametrize(
    "build",
    [
        by_text,
        by_a_made_up_id,
        by_day,
        by_asking,
        by_more_of_a_row,
        by_part_of_a_list,
        by_a_mixed_list,
    ],
)
def test_what_depends_on_more_is_built_for_each_and_told_in_the_log(
    world: World, build: Callable[..., QuerySet[Person]], caplog: pytest.LogCaptureFixture
) -> None:
    moment = (NOW,) if build is by_day else ()
    with tenancy.scope(world.id), caplog.at_level(logging.WARNING):
        assert not statements.kept(build, world["mother"], *moment)
        for who in ("mother", "father"):
            assert list(statements.rows(build, world[who], *moment, limit=None)) == [world[who]]

    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        f"{__name__}.{build.__name__} is built anew each time"
    ]


def test_a_value_that_comes_out_as_it_went_in_is_known_again(world: World) -> None:
    with tenancy.scope(world.id):
        assert statements.kept(by_number, world["mother"])
        assert list(statements.rows(by_number, world["mother"])) == [world["mother"]]
        assert list(statements.rows(by_number, world["father"])) == [world["father"]]


def among(ids: Ids) -> QuerySet[Person]:
    return Person.objects.filter(statements.among("pk", ids)).order_by("-name")


def test_any_number_of_ids_is_one_statement(world: World) -> None:
    everybody = Ids(person.pk for person in world.people.values())
    with tenancy.scope(world.id):
        before = len(statements._statements)
        for many in (0, 1, 5):
            found = statements.rows(among, Ids(everybody[:many]))
            assert {person.pk for person in found} == set(everybody[:many])
        assert len(statements._statements) == before + 1
        names = [person.name for person in statements.rows(among, everybody, limit=3)]

    assert names == sorted(world.people, reverse=True)[:3]


def nobody(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk=person.pk, pk__in=[])


def test_where_nothing_can_be_found_nobody_is_asked(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenancy.scope(world.id), django_assert_num_queries(0):
        assert statements.kept(nobody, world["mother"])
        assert not statements.rows(nobody, world["mother"], limit=3)


def named(person: Person, words: str) -> QuerySet[Person]:
    return Person.objects.filter(pk=person.pk).exclude(name__contains=words)


@pytest.mark.parametrize("words", ["%s", "100%", "$1", "'; --", "\\", "%(id)s", "%%"])
def test_words_of_a_policy_stay_words(world: World, words: str) -> None:
    with tenancy.scope(world.id):
        assert statements.kept(named, world["mother"], words)
        assert list(statements.rows(named, world["mother"], words)) == [world["mother"]]
        Person.objects.filter(pk=world["mother"].pk).update(name=f"a{words}b")
        assert not statements.rows(named, world["mother"], words)


def test_the_server_plans_it_once(world: World) -> None:
    with tenancy.scope(world.id):
        mother = Viewer.load(world["mother"], at=NOW)
        statements.rows(children, mother)
        [(before, _)] = planned(sql_of(children, mother))
        for _ in range(3):
            statements.rows(children, mother)

        assert planned(sql_of(children, mother)) == [(before + 3, 0)]


def planned(statement: str) -> list[tuple[int, int]]:
    """How often it was run as it was planned once, and how often it was planned for its values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = %s",
            [statement],
        )
        return list(cursor.fetchall())


def test_the_least_used_is_forgotten_first(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(statements, "_MOST", 2)
    with tenancy.scope(world.id):
        for words in ("a", "b", "a", "c"):
            statements.rows(named, world["mother"], words)

    left = {key[1].tree[2][1][2] for key in statements._statements}
    assert left == {"a", "c"}


def test_each_thread_asks_on_its_own_connection(world: World) -> None:
    """The other sees nothing of what this transaction has not committed."""
    found: list[Any] = []

    def ask() -> None:
        with tenancy.scope(world.id):
            found.append(list(statements.rows(by_number, world["mother"])))
        connection.close()

    with tenancy.scope(world.id):
        found.append(list(statements.rows(by_number, world["mother"])))
        other = threading.Thread(target=ask)
        other.start()
        other.join()

    assert found == [[world["mother"]], []]


def test_an_unknown_person_finds_nothing(world: World) -> None:
    with tenancy.scope(world.id):
        somebody = Person(id=uuid4(), school_id=world.id)
        assert not statements.rows(by_number, somebody)
