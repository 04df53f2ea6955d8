"""People with several parts: what one part opens must not open through the other."""

from uuid import UUID

import pytest

from parties import tenancy
from parties.access import Act, Viewer
from parties.models import GuardianLink, Membership, Person, Student
from parties.roles import Role
from tests.factories import LONG_AGO, NOW, World
from tests.workflow.test_escalation import report
from workflow import policies, timeline
from workflow.models import Case, CaseParty, CrisisReport, Escalation, HumanTask

pytestmark = pytest.mark.django_db


def also(world: World, who: str, role: Role, **post: object) -> None:
    with tenancy.scope(world.id):
        Membership.objects.create(
            school=world.school, person=world[who], role=role, starts_at=LONG_AGO, **post
        )


def parent(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world[who], relation="OTHER"
        )


def tell(world: World, case: UUID) -> None:
    with tenancy.scope(world.id):
        Case.objects.filter(pk=case).update(safe_to_tell="YES")


def seen(world: World, who: str) -> dict[str, int]:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        models = (Case, CrisisReport, Escalation, HumanTask)
        return {model.__name__: viewer.rows(model).count() for model in models}


NOTHING = {"Case": 0, "CrisisReport": 0, "Escalation": 0, "HumanTask": 0}


@pytest.mark.parametrize(
    "post", [{"role": Role.HT}, {"role": Role.GL, "grade": "2025"}], ids=["class", "grade"]
)
def test_an_auditor_with_a_class_or_grade_elsewhere_reads_the_outline_alone(
    world: World, post: dict[str, str]
) -> None:
    role = Role(post["role"])
    other = {"school_class": world.other_class} if role == Role.HT else {"grade": "2025"}
    also(world, "auditor", role, **other)
    case = report(world)

    assert seen(world, "auditor") == {**NOTHING, "Case": 1}
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["auditor"], at=NOW)
        row = viewer.get(Case, case)
        assert viewer.fields(row) == policies.CASE_FOR_AUDIT
        assert not any(viewer.may(act, row) for act in Act)


def test_an_auditor_of_the_students_own_class_works_on_the_case(world: World) -> None:
    also(world, "auditor", Role.HT, school_class=world.school_class)
    report(world)

    assert seen(world, "auditor")["CrisisReport"] == 1


@pytest.mark.parametrize("who", ["auditor", "vice_principal", "counsellor", "grade_leader"])
def test_no_post_helps_a_parent_to_more_than_a_parent_reads(world: World, who: str) -> None:
    parent(world, who)
    case = report(world, by="teacher")

    assert seen(world, who) == NOTHING
    tell(world, case)
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        row = viewer.get(Case, case)
        lines = timeline.entries(viewer, row)
        assert viewer.fields(row) == policies.CASE_FOR_FAMILY
        assert {line.kind for line in lines} <= timeline.FOR_FAMILY
        assert [line.payload for line in lines if line.payload] == []
    assert seen(world, who) == {**NOTHING, "Case": 1}


def test_a_class_post_without_a_class_is_not_the_post_of_the_unknown(world: World) -> None:
    """`class = none` must not match a report about somebody whom nobody knows yet."""
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["stranger"]).update(school_class=None)
    case = report(world)
    with tenancy.scope(world.id):
        Case.objects.filter(pk=case).update(student=None)

    assert seen(world, "stranger") == NOTHING
    assert seen(world, "grade_leader")["Case"] == 1


def test_a_student_who_is_accused_sees_nothing_even_as_a_member(world: World) -> None:
    case = report(world)
    with tenancy.scope(world.id):
        accused = Student.objects.get(person=world["classmate"])
        for part in ("MEMBER", "ACCUSED"):
            CaseParty.objects.create(
                school=world.school, case_id=case, person=accused.person, part=part, since=NOW
            )

    assert seen(world, "classmate") == NOTHING


def test_a_head_of_office_who_is_named_loses_case_tasks_and_reports_together(world: World) -> None:
    case = report(world, by="teacher")
    assert seen(world, "head_of_office")["CrisisReport"] == 1
    with tenancy.scope(world.id):
        named = Person.objects.get(pk=world["head_of_office"].pk)
        CaseParty.objects.create(
            school=world.school, case_id=case, person=named, part="EXCLUDED", since=NOW
        )

    assert seen(world, "head_of_office") == NOTHING
