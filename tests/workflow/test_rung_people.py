"""Who stands on a rung, asked in one statement, is whom parties.relations names."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import relations, tenancy
from parties.models import Absence, DutyShift, GuardianLink, Membership, Person
from parties.relations import Post
from parties.roles import Role
from tests.factories import LONG_AGO, NOW, World
from tests.workflow.test_escalation import report
from workflow import exclusions, rung_people, waking
from workflow.models import Case, CaseParty
from workflow.rung_people import Standing
from workflow.rungs import FLAGS, Call

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ROLES = [Role.ME, Role.PSY, Role.GL, Role.HT, Role.ST, Role.VP, Role.PR]
CALLS = [Call(role.value, flag) for role in ROLES for flag in sorted(FLAGS)]


def now(case: Case) -> Standing:
    return rung_people.load(case, CALLS, alert=waking.ALERT, call_task=waking.CALL_TASK, at=NOW)


def meant(call: Call, case: Case) -> list[Post]:
    role = Role(call.role)
    if call.flag == "deputy":
        return list(relations.deputies(at=NOW))
    if call.flag == "duty":
        return list(relations.on_duty(role=role, at=NOW, student=case.student))
    head = call.flag == "head"
    return list(relations.holders(role=role, at=NOW, student=case.student, head=head))


def crowd(world: World) -> None:
    """Several of each kind: another grade, another class, over and to come, deputies, shifts."""
    other = world.other_class
    posts: list[tuple[Role, dict[str, Any]]] = [
        (Role.HT, {"school_class": other}),
        (Role.ST, {"school_class": world.student.school_class}),
        (Role.ST, {"school_class": other}),
        (Role.GL, {"grade": other.grade}),
        (Role.GL, {"grade": ""}),
        (Role.PSY, {"ends_at": NOW}),
        (Role.PSY, {"starts_at": NOW + HOUR}),
        (Role.FA, {"deputy": True}),
        (Role.HT, {"school_class": other, "deputy": True}),
        (Role.ME, {"head": True}),
    ]
    for number, (role, more) in enumerate(posts):
        person = world.add(f"extra_{number}")
        values = {"starts_at": LONG_AGO + number * HOUR, "substitute": world["counsellor"], **more}
        Membership.objects.create(school=world.school, person=person, role=role, **values)
    for number, person in enumerate([world["night"], world["teacher"]]):
        DutyShift.objects.create(
            school=world.school, role=Role.PSY, person=person, starts_at=NOW - (2 - number) * HOUR,
            ends_at=NOW + HOUR, substitute=world["principal"],
        )  # fmt: skip


def away(world: World, person: Person) -> None:
    Absence.objects.create(
        school=world.school, person=person, starts_at=NOW - HOUR, ends_at=NOW + HOUR
    )


def agrees(world: World, case_id: UUID) -> int:
    """How many people stand on all lines together, as both say."""
    with tenancy.scope(world.id):
        case = Case.objects.select_related("student__school_class").get(pk=case_id)
        found, shut = now(case), exclusions.excluded_people(case)
        assert found.excluded == shut
        for call in CALLS:
            able = relations.able(meant(call, case), at=NOW, excluded=shut)
            assert found.on(call) == [person.pk for person in able], call
        return sum(len(found.on(call)) for call in CALLS)


@pytest.fixture
def busy(world: World) -> World:
    with tenancy.scope(world.id):
        world.add("night")
        crowd(world)
    return world


def test_of_class_grade_school_roster_and_flags(busy: World) -> None:
    assert agrees(busy, report(busy)) > 20


def test_about_nobody_known_yet(busy: World) -> None:
    case = report(busy)
    with tenancy.scope(busy.id):
        Case.objects.filter(pk=case).update(student=None, placement=None)

    assert agrees(busy, case) > 15


def test_the_absent_the_named_and_the_family_make_room(busy: World) -> None:
    case = report(busy)
    before = agrees(busy, case)
    with tenancy.scope(busy.id):
        away(busy, busy["night"])
        away(busy, busy["counsellor"])
        CaseParty.objects.create(
            school=busy.school, case_id=case, person=busy["head_of_office"],
            part=CaseParty.Part.SUSPECT, since=NOW,
        )  # fmt: skip
        GuardianLink.objects.create(
            school=busy.school, student=busy.student, guardian=busy["teacher"], relation="AUNT"
        )

    assert agrees(busy, case) < before


def test_whom_it_has_woken_and_about_whom_a_call_waits(world: World) -> None:
    case = report(world)

    with tenancy.scope(world.id):
        found = now(Case.objects.get(pk=case))

    assert {world["duty_officer"].pk, world["teacher"].pk} <= found.alerted
    assert world["duty_officer"].pk in found.asked
