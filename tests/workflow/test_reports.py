"""Whom a report means: by relation and by id, never by name; and the slip that it was received."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from parties import tenancy
from parties.models import GuardianLink, Person
from tests.factories import CN, NOW, World, people_of
from workflow import reports
from workflow.models import Case
from workflow.reports import ReportInput, Suspect

pytestmark = pytest.mark.django_db


def parts(
    world: World, *suspects: Suspect, by: str = "", about: bool = True
) -> dict[str, list[str]]:
    """Who is named in which part of a new case, by name in the world."""
    student = world.student if about else None
    report = ReportInput(who="某学生", observed="有伤", safe_now="NO", suspects=suspects)
    with tenancy.scope(world.id):
        case = Case.objects.create(
            school=world.school, channel="CRISIS", student=student, opened_at=NOW, alarm_at=NOW
        )
        reporter = world[by] if by else None
        reports.name_parties(case, student=student, reporter=reporter, report=report, at=NOW)
        rows = list(case.parties.values_list("part", "person_id"))
    found: dict[str, list[str]] = {}
    for part, person in rows:
        found.setdefault(part, []).extend(people_of(world, {person}))
    return {part: sorted(names) for part, names in found.items()}


def suspects(world: World, *named: Suspect) -> list[str]:
    return parts(world, *named).get("SUSPECT", [])


def people(world: World, names: Iterable[str]) -> None:
    with tenancy.scope(world.id):
        for name in names:
            world.add(name)


def test_the_student_and_the_reporter_have_their_parts(world: World) -> None:
    assert parts(world, by="teacher") == {"SUBJECT": ["student"], "REPORTER": ["teacher"]}


def test_a_student_who_reports_about_themselves_is_both(world: World) -> None:
    assert parts(world, by="student") == {"SUBJECT": ["student"], "REPORTER": ["student"]}


@pytest.mark.parametrize(
    ("relation", "named"),
    [
        ("FATHER", ["father"]),
        ("MOTHER", ["mother"]),
        ("GUARDIAN", ["father", "mother"]),
        ("GRANDPARENT", []),
        ("STAFF", []),  # without an id nobody can be meant: the words say who
        ("UNKNOWN", []),
    ],
)
def test_a_relation_means_the_guardians_who_have_it(
    world: World, relation: str, named: list[str]
) -> None:
    assert suspects(world, Suspect(relation=relation)) == named


def test_an_ended_guardian_is_meant_as_well(world: World) -> None:
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["father"])
        link.end()
        link.save()

    assert suspects(world, Suspect(relation="FATHER")) == ["father"]


def test_two_of_one_relation_are_both_meant(world: World) -> None:
    with tenancy.scope(world.id):
        world.guardian("stepfather", "FATHER")

    assert suspects(world, Suspect(relation="FATHER")) == ["father", "stepfather"]


@pytest.mark.parametrize("who", ["father", "teacher", "mentor"])
def test_an_id_means_this_person_whatever_the_relation_says(world: World, who: str) -> None:
    named = Suspect(relation="COMPANY", person_id=world[who].pk)

    assert suspects(world, named) == [who]


def test_a_student_is_accused_not_suspected(world: World) -> None:
    found = parts(world, Suspect(relation="STUDENT", person_id=world["classmate"].pk))

    assert found == {"SUBJECT": ["student"], "ACCUSED": ["classmate"]}


def test_an_id_that_nobody_has_leaves_the_relation(world: World) -> None:
    assert suspects(world, Suspect(relation="FATHER", person_id=uuid4())) == ["father"]


def test_an_id_of_another_school_means_nobody_there(world: World) -> None:
    from_elsewhere = Suspect(relation="STAFF", person_id=uuid4())

    assert suspects(world, from_elsewhere) == []


def test_without_a_student_a_relation_means_nobody(world: World) -> None:
    assert parts(world, Suspect(relation="FATHER"), about=False) == {}


def test_the_same_person_named_twice_is_one_part(world: World) -> None:
    father = world["father"].pk

    named = (Suspect(relation="FATHER"), Suspect(relation="FATHER", person_id=father))

    assert suspects(world, *named) == ["father"]


def test_wang_wei_is_not_wang_wei_qiang(world: World) -> None:
    people(world, ["王伟", "王伟强"])
    with tenancy.scope(world.id):
        twin = Person.objects.create(school=world.school, name="王伟")

    found = suspects(world, Suspect(relation="STAFF", person_id=world["王伟"].pk))

    assert found == ["王伟"]
    with tenancy.scope(world.id):
        assert not twin.case_parts.exists()


# --- the slip ---------------------------------------------------------------------------------


def test_a_receipt_has_the_schools_day_and_no_look_alikes() -> None:
    slips = {reports.receipt_no(NOW) for _ in range(500)}

    assert len(slips) == 500
    assert all(
        re.fullmatch(r"WJ20261009-[23456789ABCDEFGHJKMNPQRSTVWXYZ]{8}", slip) for slip in slips
    )


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(0, 0, "20261010"), (7, 59, "20261010"), (23, 59, "20261010")]
)
def test_the_day_of_a_receipt_is_the_local_one(hour: int, minute: int, day: str) -> None:
    at = datetime(2026, 10, 10, hour, minute, tzinfo=CN).astimezone(UTC)  # as services get it

    assert reports.receipt_no(at).startswith(f"WJ{day}-")
