"""The directory: who finds which student, and who reads whose placement."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from parties import policies, tenancy
from parties.access import Act, Viewer
from parties.models import Company, CompanyMember, Membership, Placement, Restriction, Student
from parties.roles import Role
from tests.factories import LONG_AGO, MINUTE, NOW, World

pytestmark = pytest.mark.django_db

SECRET = {"national_edu_id", "national_edu_id_index"}


@pytest.fixture
def other(world: World) -> Placement:
    """A student of another class and grade, at another company."""
    with tenancy.scope(world.id):
        pupil = world.pupil("other", world.other_class)
        company = Company.objects.create(school=world.school, uscc="9" * 18, name="别家")
        return Placement.objects.create(
            school=world.school,
            agreement_no="XY-other",
            student=pupil,
            company=company,
            post="装配",
            starts_on=date(2026, 9, 1),
            ends_on=date(2027, 1, 31),
            state=Placement.State.ACTIVE,
        )


Seen = Callable[[str, type], set[str]]


@pytest.fixture
def seen(world: World, other: Placement) -> Seen:
    """Names of the students that somebody finds, or of those whose placement they read."""

    def answer(who: str, model: type) -> set[str]:
        path = "person__name" if model is Student else "student__person__name"
        with tenancy.scope(world.id):
            rows: Any = Viewer.load(world[who], at=NOW).rows(model)
            return set(rows.values_list(path, flat=True))

    return answer


@pytest.mark.parametrize("who", ["teacher", "stranger", "counsellor", "deputy", "auditor"])
def test_staff_find_every_student_to_report_about(seen: Seen, who: str) -> None:
    assert seen(who, Student) == {"student", "classmate", "other"}


@pytest.mark.parametrize("who", ["father", "mother", "mentor", "student"])
def test_everybody_else_finds_their_own(seen: Seen, who: str) -> None:
    assert seen(who, Student) == {"student"}


def test_a_classmate_finds_nobody_but_themselves(seen: Seen) -> None:
    assert seen("classmate", Student) == {"classmate"}


@pytest.mark.parametrize(
    ("who", "read"),
    [
        ("duty_officer", {"student", "other"}),
        ("vice_principal", {"student", "other"}),
        ("principal", {"student", "other"}),
        ("teacher", {"student"}),
        ("stranger", {"other"}),
        ("grade_leader", {"student"}),
        ("counsellor", set()),
        ("deputy", set()),
        ("auditor", set()),
        ("father", {"student"}),
        ("student", {"student"}),
        ("classmate", set()),
        ("mentor", {"student"}),
    ],
)
def test_a_placement_is_for_its_own_people(seen: Seen, who: str, read: set[str]) -> None:
    assert seen(who, Placement) == read


def test_a_grade_leader_of_the_whole_school_reads_every_placement(world: World, seen: Seen) -> None:
    with tenancy.scope(world.id):
        world.staff("any_grade", Role.GL)

    assert seen("any_grade", Placement) == {"student", "other"}


def test_a_class_post_without_a_class_opens_nothing(world: World, seen: Seen) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"]).update(school_class=None)

    assert seen("teacher", Placement) == set()


def test_an_administrator_reads_the_placements_of_the_own_company(world: World, seen: Seen) -> None:
    with tenancy.scope(world.id):
        CompanyMember.objects.filter(person=world["mentor"]).update(role=Role.CA)
        Placement.objects.filter(student=world.student).update(mentor=None)

    assert seen("mentor", Placement) == {"student"}


def test_a_placement_elsewhere_is_not_the_companys_business(
    world: World, seen: Seen, other: Placement
) -> None:
    with tenancy.scope(world.id):
        Placement.objects.filter(pk=other.pk).update(student=world.student)
        viewer = Viewer.load(world["mentor"], at=NOW)
        assert list(viewer.rows(Placement)) == [world.placement]


def test_a_barred_father_loses_the_student_and_the_placement(world: World, seen: Seen) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.DO_NOT_TELL,
            starts_at=NOW - MINUTE,
        )

    assert seen("father", Student) == seen("father", Placement) == set()


def readable(world: World, who: str) -> frozenset[str]:
    with tenancy.scope(world.id):
        student = Student.objects.select_related("school_class").get(pk=world.student.pk)
        return Viewer.load(world[who], at=NOW).fields(student)


@pytest.mark.parametrize(
    ("who", "more"),
    [
        ("teacher", {"boarding", "birth_date"}),
        ("counsellor", {"boarding", "birth_date"}),
        ("vice_principal", {"birth_date"}),
        ("father", {"boarding", "birth_date"}),
        ("stranger", set()),
        ("mentor", set()),
        ("auditor", set()),
    ],
)
def test_the_matrix_decides_which_fields_of_a_student(
    world: World, who: str, more: set[str]
) -> None:
    fields = readable(world, who)

    assert fields >= policies.DIRECTORY | more
    assert not fields & SECRET
    assert fields & {"boarding", "birth_date"} == more


def test_nobody_acts_on_the_directory(world: World) -> None:
    with tenancy.scope(world.id):
        world.staff("everything", Role.PR, head=True)
        Membership.objects.create(
            school=world.school, person=world["everything"], role=Role.ME, starts_at=LONG_AGO
        )
        viewer = Viewer.load(world["everything"], at=NOW)
        for obj in (world.student, world.placement):
            assert not any(viewer.may(act, obj) for act in Act)


def test_the_school_column_is_no_field_of_a_placement(world: World) -> None:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=NOW)
        assert viewer.fields(world.placement) == set(Placement.field_classes) - {"school"}
