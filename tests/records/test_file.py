"""The file of a student: who opens it, what is in it for them, and how its pages hang together."""

from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import NotFound
from parties.models import GuardianLink, Membership, Restriction
from parties.roles import Role
from records import file, file_entries
from records.file import Filters
from tests.factories import CN, LONG_AGO, MINUTE, NOW, World
from tests.records.filed import (
    CRISIS,
    SHOWN,
    UNROUTED,
    case,
    many,
    objects,
    placed,
    placements_as,
    read,
)
from workflow import case_entries, openings
from workflow.models import CaseParty

pytestmark = pytest.mark.django_db

MAY_OPEN = [
    "teacher", "grade_leader", "duty_officer", "head_of_office", "vice_principal", "principal",
    "father", "mother", "student", "mentor",
]  # fmt: skip
MAY_NOT = ["stranger", "counsellor", "deputy", "auditor", "classmate", "subject_teacher"]


@pytest.fixture
def world(world: World) -> World:
    with tenancy.scope(world.id):
        world.staff("subject_teacher", Role.ST, school_class=world.school_class)
    return world


@pytest.mark.parametrize("who", MAY_OPEN)
def test_the_file_opens_for_family_school_and_mentor(world: World, who: str) -> None:
    assert read(world, who) == ([], None)


@pytest.mark.parametrize("who", MAY_NOT)
def test_being_in_the_directory_opens_no_file(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        case(world)

    with pytest.raises(NotFound):
        read(world, who)


def test_a_barred_guardian_finds_no_file_even_where_an_entry_names_him(world: World) -> None:
    with tenancy.scope(world.id):
        made = case(world)
        file_entries.open_to(kind="case", object_id=made.pk, people=[world["father"].pk])
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.NO_CONTACT,
            starts_at=LONG_AGO,
        )

    assert objects(world, "mother") == {made.pk}
    with pytest.raises(NotFound):
        read(world, "father")


def test_a_teacher_who_is_the_students_mother_reads_as_family(world: World) -> None:
    with tenancy.scope(world.id):
        shown, hidden = case(world), case(world, **UNROUTED)
        GuardianLink.objects.create(
            school=world.school,
            student=world.student,
            guardian=world["grade_leader"],
            relation="MOTHER",
            contact_priority=9,
        )

    assert objects(world, "grade_leader") == {shown.pk}
    assert objects(world, "teacher") == {shown.pk, hidden.pk}


def test_an_ended_post_closes_the_file_at_once(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"]).update(ends_at=NOW - MINUTE)

    with pytest.raises(NotFound):
        read(world, "teacher")


def test_a_counsellor_opens_it_for_the_crisis_and_sees_nothing_else(world: World) -> None:
    with tenancy.scope(world.id):
        case(world)
        crisis = case(world, **CRISIS)

    assert objects(world, "counsellor") == {crisis.pk}


def test_a_crisis_is_in_the_file_for_its_team_alone(world: World) -> None:
    with tenancy.scope(world.id):
        crisis = case(world, **CRISIS)

    for who in ("teacher", "grade_leader", "duty_officer", "principal"):
        assert objects(world, who) == {crisis.pk}, who
    for who in ("father", "mother", "student", "mentor"):
        assert objects(world, who) == set(), who


def test_whom_the_case_names_against_finds_no_entry(world: World) -> None:
    with tenancy.scope(world.id):
        crisis = case(world, **CRISIS)
        CaseParty.objects.create(
            school=world.school, case=crisis, person=world["teacher"], part="SUSPECT", since=NOW
        )

    assert objects(world, "teacher") == set()
    assert objects(world, "duty_officer") == {crisis.pk}


def test_the_policy_of_the_object_decides_over_the_readers_of_the_entry(world: World) -> None:
    with tenancy.scope(world.id):
        hidden = case(world, **UNROUTED)
        file_entries.open_to(
            kind="case", object_id=hidden.pk, readers=[Role.G], people=[world["mother"].pk]
        )

    assert objects(world, "mother") == set()


def test_the_readers_of_the_entry_decide_over_the_policy_of_the_object(
    world: World, monkeypatch: Any
) -> None:
    placements_as(monkeypatch, "note")
    with tenancy.scope(world.id):
        placed(world, kind="note", readers=[Role.ME])

    assert objects(world, "mother") == set()
    assert objects(world, "duty_officer") == {world.placement.pk}


def test_a_routed_case_is_in_the_file_of_the_family(world: World) -> None:
    with tenancy.scope(world.id):
        made = openings.open_(
            school_id=world.id, channel="MEETING", process="meeting", by=world["teacher"], at=NOW,
            student=world.student, members=[world["subject_teacher"].pk],
        )  # fmt: skip
    assert objects(world, "mother") == set()
    assert objects(world, "subject_teacher") == {made.pk}

    with tenancy.scope(world.id):
        openings.route(made, channel="MEETING", kind="study")

    assert objects(world, "mother") == objects(world, "student") == {made.pk}


def test_the_family_keeps_the_face_of_a_case_that_became_a_crisis(world: World) -> None:
    with tenancy.scope(world.id):
        made = case(world)
        made.alarm(at=NOW)
        made.save()
        case_entries.keep(made)

    (known,), _ = read(world, "mother")
    (true,), _ = read(world, "counsellor")
    assert (known.line.title, known.line.state) == ("常规通知", "已开启")
    assert (true.line.title, true.line.state) == ("危机", "已重启")
    assert "kind" not in known.line.extra


def test_a_company_finds_only_what_is_on_its_list(world: World, monkeypatch: Any) -> None:
    placements_as(monkeypatch, "evaluation", "communication")
    with tenancy.scope(world.id):
        allowed = placed(world, kind="evaluation", readers=[Role.CM])
        placed(world, kind="communication", readers=[Role.CM, Role.G], people=[world["mentor"].pk])

    assert [entry.id for entry in read(world, "mentor")[0]] == [allowed.pk]
    assert [entry.kind for entry in read(world, "mother")[0]] == ["communication"]


def test_a_deputy_named_on_an_entry_reads_that_entry(world: World, monkeypatch: Any) -> None:
    placements_as(monkeypatch, "note")
    with tenancy.scope(world.id):
        world.staff("second_hand", Role.GL, grade="2025")
        Membership.objects.filter(person=world["subject_teacher"]).update(role=Role.HT)
        named = placed(world, kind="note", readers=[], people=[world["subject_teacher"].pk])

    assert [entry.id for entry in read(world, "subject_teacher")[0]] == [named.pk]
    assert read(world, "teacher")[0] == []


def test_a_kind_that_nobody_registered_does_not_exist(world: World) -> None:
    with tenancy.scope(world.id):
        placed(world, kind="unheard_of", readers=[Role.PR])

    assert read(world, "principal") == ([], None)


def test_the_number_of_a_hidden_case_is_shown_to_nobody(world: World, monkeypatch: Any) -> None:
    placements_as(monkeypatch, "note")
    with tenancy.scope(world.id):
        crisis = case(world, **CRISIS)
        placed(world, kind="note", readers=[Role.G, Role.HT], case_id=crisis.pk)

    assert [entry.case_id for entry in read(world, "mother")[0]] == [None]
    assert read(world, "mother", case_id=crisis.pk) == ([], None)
    assert len(read(world, "teacher", case_id=crisis.pk)[0]) == 2


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 11])
def test_pages_of_any_size_give_every_entry_once_newest_first(world: World, limit: int) -> None:
    with tenancy.scope(world.id):
        wanted = [made.pk for made in many(world, 5) + many(world, 5, since=NOW - 5 * MINUTE)]
        many(world, 10, **UNROUTED)

    seen, after = [], None
    for _ in range(20):
        entries, after = read(world, "mother", after=after, limit=limit)
        assert len(entries) == limit or after is None
        seen += [entry.object_id for entry in entries]
        if after is None:
            break

    assert seen == wanted


def test_entries_of_one_moment_are_neither_lost_nor_doubled(world: World) -> None:
    with tenancy.scope(world.id):
        made = {case(world).pk for _ in range(5)}

    first, after = read(world, "mother", limit=2)
    second, after = read(world, "mother", limit=2, after=after)
    third, after = read(world, "mother", limit=2, after=after)

    seen = [entry.object_id for entry in [*first, *second, *third]]
    assert (set(seen), len(seen), after) == (made, 5, None)


def test_days_are_school_days_and_both_are_included(world: World) -> None:
    with tenancy.scope(world.id):
        midnight = NOW.astimezone(CN).replace(hour=0, minute=0)
        first, last = case(world, at=midnight), case(world, at=midnight + timedelta(hours=23.9))
        case(world, at=midnight - MINUTE)
        case(world, at=midnight + timedelta(days=1))
    day = date(2026, 10, 9)

    assert objects(world, "mother", start=day, end=day) == {first.pk, last.pk}


def test_filters_choose_kind_and_party(world: World, monkeypatch: Any) -> None:
    placements_as(monkeypatch, "note")
    with tenancy.scope(world.id):
        made = case(world)
        placed(world, kind="note", readers=[Role.G])

    assert objects(world, "mother", kind="case") == {made.pk}
    assert objects(world, "mother", party="COMPANY") == {world.placement.pk}
    assert objects(world, "mother", party="FAMILY") == set()


def test_reading_is_an_event_without_a_name(world: World) -> None:
    with tenancy.scope(world.id):
        case(world)
    read(world, "mother", kind="case", start=date(2026, 10, 1))

    with tenancy.scope(world.id):
        event = Event.objects.get(kind="file.read")
    assert (event.actor, event.subject_id) == (world["mother"].pk, world.student.pk)
    assert b'"payload":{"kind":"case","rows":1,"start":"2026-10-01"}' in bytes(event.body)


def test_a_page_costs_the_same_wherever_it_begins_and_however_long_it_is(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenancy.scope(world.id):
        many(world, 120)
        many(world, 120, **CRISIS)
        viewer = Viewer.load(world["mother"], at=NOW)
        after = None
        for limit in (1, 20, 20, 20, 100):
            with django_assert_num_queries(4):  # student, entries, cases, event
                page = file.read(
                    viewer=viewer, student_id=world.student.pk, filters=Filters(), after=after,
                    limit=limit,
                )  # fmt: skip
            after = page.following
    assert len(page.entries) == 59


def test_another_school_does_not_know_the_student(world: World) -> None:
    with tenancy.scope(world.id):
        case(world)
        head = Viewer.load(world["head_of_office"], at=NOW)
    assert SHOWN["shown_channel"] == "NOTICE"

    with tenancy.scope(world.id + 1), pytest.raises(NotFound):
        file.read(viewer=head, student_id=world.student.pk, filters=Filters(), limit=20)
