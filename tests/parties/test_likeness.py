"""A form holds everything of a reader but ids and moments, and a stand-in nothing but the form."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from parties import likeness
from parties.access import Viewer
from parties.likeness import Ids, Moments, Unlike
from parties.models import Company, Person, Student
from parties.roles import Role
from parties.standings import StaffPost
from parties.walls import Wall, Walls
from tests.factories import LONG_AGO, NOW

_moments = count(1)


def reader(**changed: Any) -> Viewer:
    """Somebody with a part in everything; every id is new each time."""
    child, ward, intern, other = uuid4(), uuid4(), uuid4(), uuid4()
    whole = Viewer(
        person=Person(id=uuid4(), school_id=7),
        at=NOW,
        posts=(StaffPost(Role.HT, uuid4(), "", False), StaffPost(Role.GL, None, "2024", True)),
        kin=frozenset({child, ward, uuid4()}),
        wards=frozenset({ward}),
        student_id=uuid4(),
        company_roles=frozenset({Role.CM, Role.CA}),
        companies=frozenset({uuid4(), uuid4()}),
        mentees=frozenset({intern}),
        managed=frozenset({intern, other}),
        walls=walled(),
        _roles=frozenset({Role.HT, Role.GL, Role.G}),
    )
    return replace(whole, **changed)


def walled() -> Walls:
    """Every id and moment is new."""
    away = timedelta(microseconds=next(_moments))
    return Walls(
        Ids([uuid4()]), Moments([NOW + away]), Moments([LONG_AGO + away]), Ids([uuid4(), uuid4()])
    )


def sitting() -> StaffPost:
    return StaffPost(Role.HT, uuid4(), "", False)


#: For each field something that another statement may come of.
OTHERWISE: dict[str, list[Callable[[Viewer], Any]]] = {
    "posts": [
        lambda _: (),
        lambda it: it.posts[:1],
        lambda it: (replace(it.posts[0], role=Role.ST), it.posts[1]),
        lambda it: (replace(it.posts[0], school_class_id=None), it.posts[1]),
        lambda it: (it.posts[0], replace(it.posts[1], grade="2025")),
        lambda it: (it.posts[0], replace(it.posts[1], head=False)),
        lambda it: (*it.posts, sitting()),
    ],
    "kin": [lambda it: it.kin | {uuid4()}, lambda it: it.wards, lambda it: it.kin - it.wards],
    "wards": [lambda _: frozenset(), lambda it: it.kin, lambda _: frozenset({uuid4()})],
    "student_id": [lambda _: None, lambda it: next(iter(it.wards)), lambda it: it.person.pk],
    "company_roles": [lambda _: frozenset(), lambda _: frozenset({Role.CM})],
    "companies": [lambda _: frozenset(), lambda it: it.companies | {uuid4()}],
    "mentees": [lambda _: frozenset(), lambda _: frozenset({uuid4()}), lambda it: it.managed],
    "managed": [lambda it: it.mentees, lambda it: it.managed | it.wards],
    "walls": [lambda it: replace(it.walls, judged=it.walls.about)],
    "_roles": [lambda _: frozenset(), lambda it: it.roles | {Role.ME}],
}
CHANGES = [(name, change) for name, changes in OTHERWISE.items() for change in changes]


def test_those_who_differ_in_ids_and_moments_alone_have_one_form() -> None:
    one, other = likeness.of(reader()), likeness.of(reader(at=LONG_AGO))

    assert one.form == other.form
    assert hash(one.form) == hash(other.form)
    assert not set(one.values) & set(other.values) - {7}


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_whatever_else_differs_is_in_the_form(name: str, change: Callable[[Viewer], Any]) -> None:
    whole = reader()

    assert likeness.of(replace(whole, **{name: change(whole)})).form != likeness.of(whole).form


def test_every_field_of_a_viewer_is_tried_above() -> None:
    compared = {field.name for field in fields(Viewer) if field.compare}

    assert compared == {*OTHERWISE, "person", "at"}


def test_the_form_says_of_whom_the_file_is() -> None:
    whole = reader()
    own, ward = (Student(id=pk, school_id=7) for pk in (whole.student_id, next(iter(whole.wards))))

    forms = [
        likeness.of((whole, pupil)).form for pupil in (own, ward, Student(id=uuid4(), school_id=7))
    ]
    assert len(set(forms)) == 3


def test_whoever_is_shut_out_of_something_is_like_who_is_not() -> None:
    whole = reader(walls=Walls())
    some = Walls.of([Wall(uuid4(), LONG_AGO), Wall(uuid4(), LONG_AGO, NOW)], [uuid4(), uuid4()])

    assert likeness.of(replace(whole, walls=some)).form == likeness.of(whole).form


def test_form_and_values_give_back_the_whole() -> None:
    given = (reader(), Student(id=uuid4(), school_id=7), Ids([uuid4(), uuid4()]), "case", None)
    taken = likeness.of(given)

    assert likeness.stand_in(taken.form.tree, taken.values) == given


def test_a_stand_in_is_like_them_and_shares_no_value() -> None:
    given = (reader(), Student(id=uuid4(), school_id=7), Ids([uuid4()]))
    taken = likeness.of(given)
    drafts = [likeness.nobody(taken.form, draft=number) for number in (1, 2)]

    assert not set(drafts[0]) & set(drafts[1])
    for made in drafts:
        viewer, student, ids = likeness.stand_in(taken.form.tree, made)
        assert not set(made) & set(taken.values)
        assert (viewer.posts[1], viewer.roles) == (given[0].posts[1], given[0].roles)
        assert viewer.mentees < viewer.managed
        assert viewer.wards < viewer.kin
        assert student.pk not in {viewer.person.pk, viewer.student_id, *viewer.kin, *ids}


def test_sets_of_any_size_come_in_one_order_in_every_draft() -> None:
    taken = likeness.of(frozenset(uuid4() for _ in range(300)))
    orders = []
    for number in (1, 2):
        made = likeness.nobody(taken.form, draft=number)
        whole = likeness.stand_in(taken.form.tree, made)
        orders.append([made.index(one) for one in whole | {made[0]}])

    assert orders[0] == orders[1]


@pytest.mark.parametrize(
    "ask",
    [
        lambda viewer: str(viewer.person.pk),
        lambda viewer: viewer.person.pk.hex,
        lambda viewer: sorted(viewer.kin),
        lambda viewer: viewer.at > NOW,
        lambda viewer: viewer.at <= NOW,
        lambda viewer: viewer.at.date(),
        lambda viewer: viewer.at.astimezone(),
        lambda viewer: viewer.at - NOW,
        lambda viewer: viewer.at.year,
    ],
)
def test_more_than_sameness_is_refused(ask: Callable[[Viewer], Any]) -> None:
    form = likeness.of(reader()).form
    nobody = likeness.stand_in(form.tree, likeness.nobody(form, draft=1))

    with pytest.raises(Unlike):
        ask(nobody)


def test_nobody_stands_in_for_a_row_of_another_kind() -> None:
    with pytest.raises(TypeError, match="Company"):
        likeness.of((reader(), Company(id=uuid4())))
