"""Who sees a crisis. The suspected guardian's account has no case, notice, count or event."""

from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from parties import tenancy
from parties.access import Act, Viewer
from parties.models import CompanyMember, GuardianLink, Restriction
from parties.roles import Role
from tests.factories import MINUTE, NOW, World
from tests.workflow.test_escalation import report
from workflow import policies, reports, timeline
from workflow.models import Case, CaseParty, CrisisReport, HumanTask, Notification
from workflow.reports import Suspect
from workflow.shielding import shield

pytestmark = pytest.mark.django_db

TEAM = {
    "teacher", "counsellor", "grade_leader", "duty_officer", "head_of_office",
    "vice_principal", "principal",
}  # fmt: skip


def sees(world: World, who: str, case: UUID) -> bool:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        return viewer.rows(Case).filter(pk=case).exists()


def tell(world: World, case: UUID, safe: str) -> None:
    with tenancy.scope(world.id):
        Case.objects.filter(pk=case).update(safe_to_tell=safe)


@pytest.mark.parametrize("who", sorted(TEAM))
def test_the_team_sees_the_case(world: World, who: str) -> None:
    assert sees(world, who, report(world, by="mentor"))


@pytest.mark.parametrize("who", ["stranger", "mother", "father", "mentor", "deputy", "student"])
def test_nobody_else_does(world: World, who: str) -> None:
    assert not sees(world, who, report(world, by="duty_officer"))


@pytest.mark.parametrize("who", ["mother", "mentor", "stranger"])
def test_reporting_alone_gives_no_sight(world: World, who: str) -> None:
    assert not sees(world, who, report(world, by=who))


def test_guardians_see_nothing_before_safe_to_tell_is_answered(world: World) -> None:
    case = report(world, by="teacher")

    assert not sees(world, "mother", case)
    tell(world, case, "YES")
    assert sees(world, "mother", case)
    assert sees(world, "father", case)


def test_when_telling_is_unsafe_only_a_guardian_who_was_reached_sees(world: World) -> None:
    case = report(world, by="teacher", suspects=[Suspect(relation="FATHER")])
    tell(world, case, "NO")
    assert not sees(world, "mother", case)

    with tenancy.scope(world.id):
        row = Case.objects.get(pk=case)
        reports.name(row, {(world["mother"].pk, "TOLD"): None}, at=NOW)

    assert sees(world, "mother", case)
    assert not sees(world, "father", case)


def test_the_suspect_sees_nothing_even_when_it_is_safe_to_tell(world: World) -> None:
    case = report(world, by="teacher", suspects=[Suspect(relation="FATHER")])
    tell(world, case, "YES")

    with tenancy.scope(world.id):
        viewer = Viewer.load(world["father"], at=NOW)
        counts = {
            model.__name__: viewer.rows(model).count()
            for model in (Case, HumanTask, Notification, CrisisReport)
        }
    assert counts == {"Case": 0, "HumanTask": 0, "Notification": 0, "CrisisReport": 0}


def test_a_message_disappears_when_its_reader_is_named_later(world: World) -> None:
    case = report(world, by="mother")
    with tenancy.scope(world.id):
        Notification.objects.create(
            school=world.school, case_id=case, recipient=world["father"], to_role="G",
            channel="in_app", template="case.news", lane="routine", key="x", created_at=NOW,
            due_at=NOW,
        )  # fmt: skip
        note = Notification.objects.get(key="x")
        note.mark_sent(at=NOW, via="test")
        note.save()
        assert Viewer.load(world["father"], at=NOW).rows(Notification).count() == 1

        row = Case.objects.get(pk=case)
        reports.name(row, {(world["father"].pk, "SUSPECT"): None}, at=NOW)

        assert Viewer.load(world["father"], at=NOW).rows(Notification).count() == 0


def test_a_suspected_teacher_loses_sight_although_their_post_stays(world: World) -> None:
    named = Suspect(relation="STAFF", person_id=world["teacher"].pk)

    assert not sees(world, "teacher", report(world, suspects=[named]))


def test_a_teacher_who_is_the_parent_is_family_here(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["counsellor"],
            relation="OTHER",
        )  # fmt: skip
    case = report(world, by="teacher")

    assert not sees(world, "counsellor", case)
    tell(world, case, "YES")
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["counsellor"], at=NOW)
        row = viewer.get(Case, case)
        assert viewer.fields(row) == policies.CASE_FOR_FAMILY
        assert not viewer.may(Act.ACKNOWLEDGE, row)


@pytest.mark.parametrize("kind", ["NO_CONTACT", "DO_NOT_TELL"])
def test_a_restriction_hides_the_child_from_that_guardian(world: World, kind: str) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"], kind=kind,
            starts_at=NOW - MINUTE,
        )  # fmt: skip
    case = report(world, by="teacher")
    tell(world, case, "YES")

    assert not sees(world, "father", case)
    assert sees(world, "mother", case)


def test_an_ended_link_ends_the_sight_at_once(world: World) -> None:
    case = report(world, by="teacher")
    tell(world, case, "YES")
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["mother"])
        link.end()
        link.save()

    assert not sees(world, "mother", case)


def test_shielding_without_a_named_guardian_shields_all(world: World) -> None:
    case = report(world, by="teacher")
    with tenancy.scope(world.id):
        shield(Case.objects.get(pk=case), at=NOW)
        barred = set(Restriction.objects.values_list("person_id", flat=True))
    assert barred == {world["father"].pk, world["mother"].pk}


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("head_of_office", True),
        ("vice_principal", True),
        ("principal", True),
        ("duty_officer", False),
        ("teacher", False),
        ("counsellor", False),
    ],
)
def test_the_reporters_name_is_for_three_offices(world: World, who: str, reads: bool) -> None:
    case = report(world, by="mentor")

    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        fields = viewer.fields(viewer.rows(CrisisReport).get(case=case))

    assert ("reporter" in fields) is reads
    assert "observed" in fields


def test_the_auditor_sees_the_outline_and_no_person(world: World) -> None:
    case = report(world)

    with tenancy.scope(world.id):
        viewer = Viewer.load(world["auditor"], at=NOW)
        assert viewer.fields(viewer.get(Case, case)) == policies.CASE_FOR_AUDIT
        assert viewer.rows(CrisisReport).count() == 0
        entries = timeline.entries(viewer, viewer.get(Case, case))
    assert entries
    assert {entry.actor_name for entry in entries} == {""}
    assert {entry.actor for entry in entries} == {None}


def test_the_timeline_never_tells_who_reported(world: World) -> None:
    case = report(world, by="mentor")

    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=NOW)
        entries = timeline.entries(viewer, viewer.get(Case, case))

    assert world["mentor"].pk not in {entry.actor for entry in entries}
    assert "mentor" not in {entry.actor_name for entry in entries}


def test_a_family_reads_milestones_only(world: World) -> None:
    case = report(world, by="teacher")
    tell(world, case, "YES")

    with tenancy.scope(world.id):
        viewer = Viewer.load(world["mother"], at=NOW)
        kinds = {entry.kind for entry in timeline.entries(viewer, viewer.get(Case, case))}

    assert kinds <= timeline.FOR_FAMILY


def test_a_mentor_who_left_the_company_stands_for_nobody(world: World) -> None:
    with tenancy.scope(world.id):
        assert Viewer.load(world["mentor"], at=NOW).interns == {world.student.pk}
        CompanyMember.objects.update(ends_at=NOW - MINUTE)
        assert Viewer.load(world["mentor"], at=NOW).interns == frozenset()


def test_a_class_post_counts_for_its_own_class_alone(world: World) -> None:
    with tenancy.scope(world.id):
        teacher = Viewer.load(world["teacher"], at=NOW)
        stranger = Viewer.load(world["stranger"], at=NOW)
        assert Role.HT in teacher.roles_towards(world.student)
        assert Role.HT not in stranger.roles_towards(world.student)


def test_a_list_of_cases_costs_the_same_for_one_and_for_many(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    report(world)
    for name in ("teacher", "mentor", "duty_officer", "principal"):
        report(world, by=name)

    with tenancy.scope(world.id):
        viewer = Viewer.load(world["counsellor"], at=NOW)
        with django_assert_num_queries(1):
            rows = list(viewer.rows(Case))
            fields = [viewer.fields(row) for row in rows]
    assert len(rows) == 5
    assert set(fields) == {policies.CASE_FOR_TEAM}


def test_a_member_named_by_hand_joins_the_team(world: World) -> None:
    case = report(world)
    assert not sees(world, "stranger", case)

    with tenancy.scope(world.id):
        CaseParty.objects.create(
            school=world.school, case_id=case, person=world["stranger"], part="MEMBER", since=NOW
        )

    assert sees(world, "stranger", case)
