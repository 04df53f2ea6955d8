"""A file is read by SQL that was built for somebody alike: every reader gets exactly their own."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection

from parties import likeness, statements, tenancy
from parties.access import Viewer
from parties.errors import NotFound
from parties.likeness import Ids
from parties.models import CompanyMember, GuardianLink, Membership, Student
from parties.prepared import Filling, Nothing, _filled
from parties.roles import Role
from records import file, file_rows, walls
from records.file_rows import Part, Sight
from tests.factories import LONG_AGO, MINUTE, NOW, World
from tests.records.filed import CRISIS, UNROUTED, case, objects, read

pytestmark = pytest.mark.django_db

ALONE = ["teacher", "counsellor", "grade_leader", "duty_officer", "auditor", "mother", "student",
         "mentor"]  # fmt: skip
#: Readers who stand in several relations, or in one of them twice.
MANY_HATS = ["teacher_and_father", "two_classes", "two_children", "manager", "every_grade"]
WHOLE = [Part(), Part(kind="case", party="SCHOOL", since=NOW, until=NOW, case_id=uuid4())]
PLACE = Part(after_at=NOW, after_id=uuid4())

_IN = re.compile(r"IN \(([^()]+)\)")


@pytest.fixture
def world(world: World) -> World:
    with tenancy.scope(world.id):
        child = world.pupil("child", world.other_class)
        world.staff("teacher_and_father", Role.HT, school_class=world.other_class)
        world.staff("two_classes", Role.HT, school_class=world.school_class)
        world.staff("every_grade", Role.GL)
        Membership.objects.create(
            school=world.school,
            person=world["two_classes"],
            role=Role.HT,
            school_class=world.other_class,
            starts_at=LONG_AGO,
        )
        _parent(world, "teacher_and_father", world.student)
        _parent(world, "two_children", world.student)
        _parent(world, "two_children", child)
        manager = world.add("manager")
        CompanyMember.objects.create(
            school=world.school,
            company=world.company,
            person=manager,
            role=Role.CA,
            starts_at=LONG_AGO,
        )
    return world


def _parent(world: World, name: str, child: Student) -> None:
    person = world.people.get(name) or world.add(name)
    GuardianLink.objects.create(
        school=world.school, student=child, guardian=person, relation="FATHER"
    )


def test_the_sql_of_a_page_is_what_its_reader_would_get_by_hand(world: World) -> None:
    with tenancy.scope(world.id):
        for who in [*ALONE, *MANY_HATS]:
            sight = _sight(world, who)
            for part in (*WHOLE, PLACE) if who == "mother" else [PLACE]:
                kinds = file._registered(part.kind), file._sources[file.CASE]
                _same(file_rows._newest_first, sight, part, *kinds)


def test_so_is_the_sql_of_the_objects_of_every_kind(world: World) -> None:
    ids = Ids(uuid4() for _ in range(3))
    with tenancy.scope(world.id):
        for who in ("mother", "teacher", "duty_officer", "manager"):
            sight = _sight(world, who)
            for _, source in file._registered(""):
                for what in ("", file_rows._BESIDE):
                    _same(file_rows._objects, sight.viewer, sight.student, source, ids, what)


def _sight(world: World, who: str) -> Sight:
    viewer = Viewer.load(world[who], at=NOW)
    return Sight.of(viewer, world.student)


def _same(build: Callable[..., Any], *given: Any) -> None:
    """What is kept, with the reader's values in its gaps, is Django's own SQL for this reader."""
    alike = likeness.of(given)
    kept = statements._kept(build, alike.form)
    assert kept is not None, (build, given)
    if isinstance(kept, Nothing):
        with pytest.raises(EmptyResultSet):
            build(*given).query.get_compiler("default").as_sql()
        return
    written = {
        f"${number}": _literal("%s", [_by_hand(filling, alike.values)])
        for number, filling in enumerate(kept.fillings, start=1)
    }
    filled = re.sub(r"\$\d+", lambda gap: written[gap.group()], kept.sql)
    by_hand = _literal(*build(*given).query.get_compiler("default").as_sql())
    assert _sorted(filled) == _sorted(by_hand)


def _by_hand(filling: Filling, values: Sequence[Any]) -> Any:
    """As Django hands it over: an array as a list (tests/parties/test_rows_of_each.py)."""
    handed = values[filling] if isinstance(filling, int) else None
    return list(handed) if isinstance(handed, tuple) else _filled(filling, values)


def _literal(sql: str, parameters: Any) -> str:
    operations: Any = connection.ops
    return str(operations.compose_sql(sql, parameters))


def _sorted(sql: str) -> str:
    """Sets come in no order, so neither do the values of an IN."""
    return _IN.sub(lambda found: "IN (" + ", ".join(sorted(found[1].split(", "))) + ")", sql)


def test_two_families_who_are_alike_read_their_own_files(world: World) -> None:
    with tenancy.scope(world.id):
        other = Student.objects.get(person=world["classmate"])
        _parent(world, "neighbour", other)
        own = case(world)
        mine, world.student = world.student, other
        theirs = case(world)
        world.student = mine

        readers = [Viewer.load(world[who], at=NOW) for who in ("mother", "neighbour")]
        forms = {
            likeness.of(Sight.of(*each)).form for each in zip(readers, (mine, other), strict=True)
        }
        assert len(forms) == 1
        for _ in range(2):
            found = [
                [
                    one.object_id
                    for one in file.page(viewer, pupil, file.Filters(), after=None, limit=9)[0]
                ]
                for viewer, pupil in zip(readers, (mine, other), strict=True)
            ]
            assert found == [[own.pk], [theirs.pk]]
        for viewer, pupil in zip(readers, (other, mine), strict=True):
            with pytest.raises(NotFound):
                file.opened(viewer, pupil.pk)


def test_a_change_of_role_counts_on_the_next_page(world: World) -> None:
    with tenancy.scope(world.id):
        shown, hidden, crisis = case(world), case(world, **UNROUTED), case(world, **CRISIS)
    for who in ("teacher", "two_classes", "mother", "duty_officer"):  # their SQL is there by now
        objects(world, who)
    assert objects(world, "teacher") == {shown.pk, hidden.pk, crisis.pk}

    with tenancy.scope(world.id):
        _parent(world, "teacher", world.student)
    assert objects(world, "teacher") == {shown.pk}

    with tenancy.scope(world.id):
        GuardianLink.objects.filter(guardian=world["teacher"]).delete()
        Membership.objects.filter(person=world["teacher"]).update(role=Role.PSY)
    assert objects(world, "teacher") == {crisis.pk}

    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"]).update(ends_at=NOW - MINUTE)
    with pytest.raises(NotFound):
        read(world, "teacher")


def test_what_is_kept_of_a_reading_holds_nobodys_id(world: World) -> None:
    with tenancy.scope(world.id):
        made = case(world)
    statements.forget()
    for who in ("mother", "teacher", "two_children", "manager"):
        read(world, who)

    kept = list(_texts())
    assert len([text for text in kept if "records_fileentry" in text]) == 4  # one a reader
    ids = [made.pk, world.student.pk, world.school_class.pk, world.other_class.pk, world.company.pk,
           *(person.pk for person in world.people.values())]  # fmt: skip
    assert [one for one in ids for text in kept if one.hex in text] == []


def test_the_first_page_and_the_next_are_one_statement(world: World) -> None:
    with tenancy.scope(world.id):
        made = [case(world), case(world)]
    statements.forget()
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["mother"], at=NOW + MINUTE)
        first, following = file.page(viewer, world.student, file.Filters(), after=None, limit=1)
        rest, end = file.page(viewer, world.student, file.Filters(), after=following, limit=1)

    assert {one.object_id for one in (*first, *rest)} == {one.pk for one in made}
    assert end is None
    assert len([text for text in _texts() if "records_fileentry" in text]) == 1


@pytest.mark.parametrize("who", ["teacher", "duty_officer", "auditor", "student", "mentor"])
def test_for_whom_nothing_is_read_at_home_no_wall_is_built(
    world: World, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(viewer: Viewer) -> Any:
        raise AssertionError(f"a wall for {viewer.person.name}")

    monkeypatch.setattr(walls, "_unjudged", [built])
    with tenancy.scope(world.id):
        kinds = file._registered(""), file._sources[file.CASE]
        str(file_rows._newest_first(_sight(world, who), PLACE, *kinds).query)
        with pytest.raises(AssertionError, match="a wall for"):
            file_rows._newest_first(_sight(world, "mother"), PLACE, *kinds)


def _texts() -> Iterator[str]:
    """SQL and key of everything that is kept; however ids are written, without their hyphens."""
    for key, made in statements._statements.items():
        yield f"{key} {getattr(made, 'sql', '')}".replace("-", "")
