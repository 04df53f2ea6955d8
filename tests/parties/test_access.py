"""One person at one moment: every relation they stand in, and none that has ended."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from pytest_django import DjangoAssertNumQueries

from parties import access, privacy, tenancy
from parties.access import Act, Viewer
from parties.errors import NotAllowed, NotFound
from parties.models import (
    CalendarDay,
    CompanyMember,
    GuardianLink,
    Membership,
    Placement,
    Restriction,
    Student,
)
from parties.roles import Role
from tests.factories import CN, HOUR, MINUTE, NOW, World, build_world
from tests.parties.seats import company, intern, joins

pytestmark = pytest.mark.django_db


def view(world: World, who: str, *, at: datetime = NOW) -> Viewer:
    with tenancy.scope(world.id):
        return Viewer.load(world[who], at=at)


def bar(world: World, who: str, **order: Any) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world[who],
            **{"kind": Restriction.Kind.NO_CONTACT, "starts_at": NOW - MINUTE, **order},
        )


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("teacher", {Role.HT}),
        ("duty_officer", {Role.ME}),
        ("father", {Role.G}),
        ("student", {Role.STU}),
        ("mentor", {Role.CM}),
    ],
)
def test_roles_come_from_relations(world: World, who: str, roles: set[Role]) -> None:
    viewer = view(world, who)

    assert viewer.roles == roles
    assert viewer.roles_towards(world.student) == roles
    assert viewer.is_staff is (roles <= {Role.HT, Role.ME})


def test_somebody_without_any_relation_holds_no_role(world: World) -> None:
    with tenancy.scope(world.id):
        world.add("nobody")
    viewer = view(world, "nobody")

    assert viewer.roles == viewer.kin == viewer.interns == frozenset()
    with tenancy.scope(world.id):
        assert not viewer.rows(Student).exists()


@pytest.mark.parametrize("kind", ["NO_CONTACT", "DO_NOT_TELL"])
def test_a_barred_guardian_stays_kin_and_reads_nothing(world: World, kind: str) -> None:
    bar(world, "father", kind=kind)
    viewer = view(world, "father")

    assert viewer.kin == {world.student.pk}
    assert viewer.wards == frozenset()
    assert viewer.roles == viewer.roles_towards(world.student) == frozenset()


def test_no_meeting_forbids_a_meeting_and_not_the_reading(world: World) -> None:
    bar(world, "father", kind="NO_MEETING")

    assert view(world, "father").wards == {world.student.pk}


@pytest.mark.parametrize(
    ("times", "reads"),
    [
        ({"starts_at": NOW}, False),
        ({"starts_at": NOW + MINUTE}, True),
        ({"ends_at": NOW}, True),
        ({"ends_at": NOW + MINUTE}, False),
        ({"ends_at": None}, False),
    ],
    ids=["from now", "not yet", "until now", "for a minute more", "for good"],
)
def test_a_restriction_holds_from_its_start_and_no_longer_at_its_end(
    world: World, times: dict[str, Any], reads: bool
) -> None:
    bar(world, "father", **times)

    assert bool(view(world, "father").wards) is reads
    assert view(world, "mother").wards == {world.student.pk}


def test_what_a_crisis_forbids_does_not_show_outside_that_crisis(world: World) -> None:
    """A father whose child vanished from his list would learn that there is a case."""
    before = view(world, "father")
    bar(world, "father", kind="DO_NOT_TELL", case_id=uuid4())

    after = view(world, "father")
    assert after.walls != before.walls
    assert replace(after, walls=before.walls) == before


def test_a_guardian_without_access_to_the_childs_data_reads_nothing(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.filter(guardian=world["father"]).update(child_data_access=False)

    viewer = view(world, "father")
    assert (viewer.kin, viewer.wards) == (frozenset({world.student.pk}), frozenset())


def test_an_ended_link_makes_a_stranger(world: World) -> None:
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["father"])
        link.end()
        link.save()

    viewer = view(world, "father")
    assert viewer.kin == viewer.roles == frozenset()


def test_a_member_of_staff_who_is_a_parent_is_both(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["stranger"], relation="OTHER"
        )
    viewer = view(world, "stranger")

    assert viewer.is_staff
    assert viewer.roles == {Role.HT, Role.G}
    assert viewer.roles_towards(world.student) == {Role.G}


def test_a_mentor_stands_for_their_own_mentees_alone(world: World) -> None:
    with tenancy.scope(world.id):
        other = company(world, "别家")
        world.add("other_mentor")
        joins(world, "other_mentor", other, Role.CM)
        theirs = intern(world, "theirs", other, world["other_mentor"])
        colleague = intern(world, "colleague", world.company)

    assert view(world, "mentor").interns == {world.student.pk}
    assert view(world, "other_mentor").interns == {theirs.pk}
    assert view(world, "other_mentor").roles_towards(world.student) == frozenset()
    assert view(world, "mentor").roles_towards(colleague) == frozenset()


def test_an_administrator_sees_all_of_the_company_and_nobody_elses(world: World) -> None:
    with tenancy.scope(world.id):
        world.add("administrator")
        joins(world, "administrator", world.company, Role.CA)
        second = intern(world, "second", world.company)
        intern(world, "elsewhere", company(world, "别家"))
    viewer = view(world, "administrator")

    assert viewer.interns == {world.student.pk, second.pk}
    assert viewer.roles_towards(second) == {Role.CA}


def test_who_administers_one_company_is_a_mentor_and_no_more_at_another(world: World) -> None:
    with tenancy.scope(world.id):
        run = company(world, "自家")
        joins(world, "mentor", run, Role.CA)
        own = intern(world, "own", run)
        colleague = intern(world, "colleague", world.company)
    viewer = view(world, "mentor")

    assert viewer.interns == {world.student.pk, own.pk}
    assert viewer.roles_towards(own) == {Role.CA}
    assert viewer.roles_towards(world.student) == {Role.CM}
    assert viewer.roles_towards(colleague) == frozenset()


def test_a_named_mentor_who_does_not_belong_to_the_company_stands_for_nobody(world: World) -> None:
    with tenancy.scope(world.id):
        Placement.objects.update(mentor=world["stranger"])

    assert view(world, "stranger").interns == frozenset()


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        (datetime(2026, 10, 1, 0, 0, tzinfo=CN), True),
        (datetime(2026, 9, 30, 23, 59, tzinfo=CN), False),
        (datetime(2026, 10, 31, 23, 59, tzinfo=CN), True),
        (datetime(2026, 11, 1, 0, 0, tzinfo=CN), False),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), False),
    ],
    ids=["first minute", "the day before", "last minute", "the day after", "the same in UTC"],
)
def test_a_placement_counts_by_the_schools_own_day(
    world: World, at: datetime, stands: bool
) -> None:
    with tenancy.scope(world.id):
        Placement.objects.update(starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))

    assert bool(view(world, "mentor", at=at.astimezone(UTC)).interns) is stands


@pytest.mark.parametrize(("act", "stands"), [("suspend", True), ("end", False)])
def test_a_suspended_placement_still_counts_an_ended_one_does_not(
    world: World, act: str, stands: bool
) -> None:
    with tenancy.scope(world.id):
        placement = Placement.objects.get()
        getattr(placement, act)()
        placement.save()

    assert bool(view(world, "mentor").interns) is stands


@pytest.mark.parametrize(("ends_at", "holds"), [(NOW, False), (NOW + MINUTE, True), (None, True)])
def test_a_post_counts_no_longer_at_its_end(
    world: World, ends_at: datetime | None, holds: bool
) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"]).update(ends_at=ends_at)

    assert view(world, "teacher").is_staff is holds


def test_posts_of_a_class_or_a_grade_count_for_their_own_students(world: World) -> None:
    with tenancy.scope(world.id):
        other = world.pupil("other", world.other_class)
        world.staff("any_grade", Role.GL)
        world.staff("subject", Role.ST, school_class=world.school_class)
        student = Student.objects.select_related("school_class").get(pk=world.student.pk)
        other = Student.objects.select_related("school_class").get(pk=other.pk)

    held: dict[str, Any] = {
        who: (view(world, who).roles_towards(student), view(world, who).roles_towards(other))
        for who in ("teacher", "subject", "grade_leader", "any_grade", "counsellor")
    }

    assert held == {
        "teacher": ({Role.HT}, set()),
        "subject": ({Role.ST}, set()),
        "grade_leader": ({Role.GL}, set()),
        "any_grade": ({Role.GL}, {Role.GL}),
        "counsellor": ({Role.PSY}, {Role.PSY}),
    }


def test_towards_an_unknown_student_a_class_post_counts_nothing(world: World) -> None:
    assert view(world, "teacher").roles_towards(None) == frozenset()
    assert view(world, "grade_leader").roles_towards(None) == {Role.GL}
    assert view(world, "father").roles_towards(None) == frozenset()


def test_only_the_head_of_an_office_heads_it(world: World) -> None:
    assert view(world, "head_of_office").heads(Role.ME)
    assert not view(world, "head_of_office").heads(Role.PSY)
    assert not view(world, "duty_officer").heads(Role.ME)


def test_hidden_absent_and_foreign_are_the_same_error(world: World) -> None:
    foreign = build_world().student.pk
    with tenancy.scope(world.id):
        hidden = world.pupil("hidden", world.other_class).pk
        viewer = Viewer.load(world["father"], at=NOW)
        told = {str(error_of(viewer, pk)) for pk in (hidden, uuid4(), foreign)}
        assert viewer.get(Student, world.student.pk) == world.student
    assert told == {"没有找到。"}


def error_of(viewer: Viewer, pk: UUID) -> NotFound:
    with pytest.raises(NotFound) as raised:
        viewer.get(Student, pk)
    assert raised.value.context == {}
    return raised.value


def test_a_model_without_a_policy_is_invisible_to_everybody(world: World) -> None:
    with tenancy.scope(world.id):
        day = CalendarDay.objects.create(school=world.school, date=NOW.date(), is_working=False)
        viewer = Viewer.load(world["principal"], at=NOW)
        assert not viewer.rows(CalendarDay).exists()
        assert viewer.fields(day) == frozenset()
        assert not any(viewer.may(act, day) for act in Act)


@pytest.mark.parametrize("act", Act)
def test_require_raises_where_may_says_no(world: World, act: Act) -> None:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["father"], at=NOW)
        assert not viewer.may(act, world.student)
        with pytest.raises(NotAllowed) as raised:
            viewer.require(act, world.student)
    assert raised.value.context == {"act": act.value}


UNSEEN = {
    "Absence", "Account", "Annotation", "ApiKey", "CalendarDay", "CaseFace", "CaseParty",
    "ClockSetting", "Company", "CompanyMember", "DutyShift", "EarlierWords", "Event", "EventSalt",
    "FileEntry",
    "GuardianLink", "IdempotencyKey", "LadderSetting", "Membership", "NotedWord", "Person",
    "ProcessDefinition", "ProcessInstance", "Restriction", "School", "SchoolClass",
    "SchoolClock", "SchoolKey", "SchoolPhrase", "Sealing", "SensitiveFact", "SharingOverride",
    "SignInLink",
    "SubjectKey", "TakenBack",
}  # fmt: skip


def test_every_registered_policy_answers_all_three_questions() -> None:
    unseen = {model.__name__ for model in privacy.tenant_models(apps.get_models())}
    unseen -= {model.__name__ for model in access._policies}

    # Rows that no viewer asks for: set-up, keys, history, and what another row stands for.
    assert unseen == UNSEEN
    for policy in access._policies.values():
        assert all(callable(getattr(policy, name)) for name in ("rows", "fields", "may"))


@pytest.mark.parametrize(
    "who", ["teacher", "head_of_office", "auditor", "mother", "student", "mentor"]
)
def test_to_build_rows_asks_nothing_of_the_database(
    world: World, who: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """So what a viewer has built once stays true while the database changes."""
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        with django_assert_num_queries(0):
            for model in access._policies:
                viewer.rows(model)


def test_what_is_built_once_is_asked_anew_each_time(world: World) -> None:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["mother"], at=NOW)
        assert not viewer.rows(Student).filter(student_no="another")
        assert [one.pk for one in viewer.rows(Student)] == [world.student.pk]
        Student.objects.filter(pk=world.student.pk).update(student_no="another")
        assert [one.pk for one in viewer.rows(Student).filter(student_no="another")]


def test_another_viewer_is_never_given_what_was_built_for_this_one(world: World) -> None:
    with tenancy.scope(world.id):
        mother = Viewer.load(world["mother"], at=NOW)
        assert mother.rows(Student).exists()

        assert not replace(mother, wards=frozenset(), kin=frozenset()).rows(Student).exists()


def test_a_moment_later_everything_is_read_anew(world: World) -> None:
    with tenancy.scope(world.id):
        CompanyMember.objects.update(ends_at=NOW + HOUR)

    assert view(world, "mentor").roles == {Role.CM}
    assert view(world, "mentor", at=NOW + HOUR).roles == frozenset()
