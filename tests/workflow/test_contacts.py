"""Whom to phone next: each in their turn, three tries, and never whom it would endanger."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import tenancy
from parties.models import GuardianLink, Restriction
from tests.factories import MINUTE, NOW, World
from tests.workflow.test_escalation import report
from workflow import contacts, reports
from workflow.contacts import Step
from workflow.models import Case, HumanTask
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db


class Phone:
    """One case whose calls the test makes."""

    def __init__(self, world: World, **suspects: str) -> None:
        self.world = world
        named = [
            Suspect(relation=relation, person_id=world[who].pk)
            for relation, who in suspects.items()
        ]
        self.case_id = report(world, by="teacher", suspects=named)
        self.change(safe_to_tell="YES")

    def change(self, **columns: object) -> None:
        with tenancy.scope(self.world.id):
            Case.objects.filter(pk=self.case_id).update(**columns)

    @property
    def case(self) -> Case:
        return Case.objects.select_related("student").get(pk=self.case_id)

    def next(self, *, safe: bool = True, bullying: bool = False) -> tuple[Step, str]:
        """The step, and the name in the world of whom it is for."""
        with tenancy.scope(self.world.id):
            step, person = contacts.next_contact(self.case, safe=safe, bullying=bullying, at=NOW)
            names = {person.pk: name for name, person in self.world.people.items()}
        return step, "" if person is None else names[person]

    def call(
        self, step: Step, who: str = "", *, outcome: str = "no_answer", times: int = 1
    ) -> None:
        """Completed calls, as the inbox leaves them behind."""
        for _ in range(times):
            self.note(contacts.TASK_OF[step], self.world[who].pk if who else None, outcome)

    def note(self, name: str, about: UUID | None, outcome: str) -> None:
        with tenancy.scope(self.world.id):
            task = HumanTask.objects.create(
                school=self.world.school, case_id=self.case_id, name=name, title=name,
                roles=["HT"], candidates=[], about=about, created_at=NOW,
            )  # fmt: skip
            task.complete(by=self.world["teacher"], at=NOW)
            task.answer = {"outcome": outcome}
            task.save()


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(world)


def restrict(world: World, who: str, kind: str, **more: Any) -> None:
    with tenancy.scope(world.id):
        student = more.pop("student", world.student)
        Restriction.objects.create(
            school=world.school, student=student, person=world[who], kind=kind,
            **{"starts_at": NOW - MINUTE, **more},
        )  # fmt: skip


def test_the_familys_own_order_decides_who_is_first(world: World, phone: Phone) -> None:
    assert phone.next() == (Step.GUARDIAN, "father")

    with tenancy.scope(world.id):
        GuardianLink.objects.filter(guardian=world["mother"]).update(contact_priority=0)

    assert phone.next() == (Step.GUARDIAN, "mother")


def test_reaching_one_parent_still_leaves_the_other_to_be_told(phone: Phone) -> None:
    phone.call(Step.GUARDIAN, "father", outcome="reached")

    assert phone.next() == (Step.GUARDIAN, "mother")


def test_the_turn_ends_with_the_third_try_and_not_before(phone: Phone) -> None:
    phone.call(Step.GUARDIAN, "father", times=2)
    assert phone.next() == (Step.GUARDIAN, "father")

    phone.call(Step.GUARDIAN, "father")

    assert phone.next() == (Step.GUARDIAN, "mother")


def test_when_everybody_was_told_nobody_else_is_asked(phone: Phone) -> None:
    phone.call(Step.GUARDIAN, "father", outcome="reached")
    phone.call(Step.GUARDIAN, "mother", outcome="reached")

    assert phone.next() == (Step.DONE, "")


def test_one_parent_reached_is_enough_to_leave_offices_out(phone: Phone) -> None:
    phone.call(Step.GUARDIAN, "father", outcome="reached")
    phone.call(Step.GUARDIAN, "mother", times=3)

    assert phone.next() == (Step.DONE, "")


def test_nobody_reached_leads_over_carer_and_community_to_the_police(
    world: World, phone: Phone
) -> None:
    with tenancy.scope(world.id):
        world.guardian("aunt", "OTHER", delegate_carer=True)
    ways = []
    for who in ("father", "mother"):
        phone.call(Step.GUARDIAN, who, times=3)
    ways.append(phone.next())
    phone.call(Step.CARER, "aunt", times=3)
    ways.append(phone.next())
    phone.call(Step.COMMUNITY)
    ways.append(phone.next())
    phone.call(Step.POLICE)
    ways.append(phone.next())

    assert ways == [
        (Step.CARER, "aunt"),
        (Step.COMMUNITY, ""),
        (Step.POLICE, ""),
        (Step.DONE, ""),
    ]


def test_the_community_answering_spares_the_police(phone: Phone) -> None:
    for who in ("father", "mother"):
        phone.call(Step.GUARDIAN, who, times=3)
    phone.call(Step.COMMUNITY, outcome="reached")

    assert phone.next() == (Step.DONE, "")


def test_a_carer_is_not_asked_once_a_parent_answered(world: World, phone: Phone) -> None:
    with tenancy.scope(world.id):
        world.guardian("aunt", "OTHER", delegate_carer=True)
    phone.call(Step.GUARDIAN, "father", outcome="reached")
    phone.call(Step.GUARDIAN, "mother", times=3)

    assert phone.next() == (Step.DONE, "")


def test_when_telling_is_unsafe_the_community_is_asked_even_after_a_parent(world: World) -> None:
    phone = Phone(world, FATHER="father")
    phone.change(safe_to_tell="NO")
    assert phone.next(safe=False) == (Step.GUARDIAN, "mother")
    phone.call(Step.GUARDIAN, "mother", outcome="reached")

    assert phone.next(safe=False) == (Step.COMMUNITY, "")
    phone.call(Step.COMMUNITY)
    assert phone.next(safe=False) == (Step.DONE, "")


@pytest.mark.parametrize("kind", ["NO_CONTACT", "DO_NOT_TELL"])
def test_a_restriction_in_force_keeps_a_guardian_from_being_phoned(
    world: World, phone: Phone, kind: str
) -> None:
    restrict(world, "father", kind)

    assert phone.next() == (Step.GUARDIAN, "mother")


@pytest.mark.parametrize(
    ("starts", "ends", "who"),
    [
        (-2, -1, "father"),  # over
        (-1, 0, "father"),  # the end is exclusive
        (1, None, "father"),  # not yet
        (0, None, "mother"),  # from this very moment
        (-1, 1, "mother"),
    ],
)
def test_a_restriction_counts_in_its_own_time(
    world: World, phone: Phone, starts: int, ends: int | None, who: str
) -> None:
    end = None if ends is None else NOW + ends * MINUTE
    restrict(world, "father", "NO_CONTACT", starts_at=NOW + starts * MINUTE, ends_at=end)

    assert phone.next() == (Step.GUARDIAN, who)


def test_not_meeting_somebody_does_not_mean_not_phoning_them(world: World, phone: Phone) -> None:
    restrict(world, "father", "NO_MEETING")

    assert phone.next() == (Step.GUARDIAN, "father")


def test_what_this_case_forbade_ends_when_two_people_find_telling_safe(
    world: World, phone: Phone
) -> None:
    restrict(world, "father", "DO_NOT_TELL", case_id=phone.case_id)
    phone.change(safe_to_tell="NO")
    assert phone.next(safe=False) == (Step.GUARDIAN, "mother")

    phone.change(safe_to_tell="YES")

    assert phone.next() == (Step.GUARDIAN, "father")


def test_what_a_court_or_another_case_forbade_stays(world: World, phone: Phone) -> None:
    restrict(world, "father", "DO_NOT_TELL", case_id=UUID(int=7))

    assert phone.next() == (Step.GUARDIAN, "mother")


def test_an_ended_link_is_nobodys_guardian(world: World, phone: Phone) -> None:
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["father"])
        link.end()
        link.save()

    assert phone.next() == (Step.GUARDIAN, "mother")


def test_calls_of_an_earlier_round_do_not_count(phone: Phone) -> None:
    phone.call(Step.GUARDIAN, "father", times=3)
    phone.change(alarm_at=NOW + timedelta(seconds=1))

    assert phone.next() == (Step.GUARDIAN, "father")


def test_the_calls_of_the_ladder_are_no_tries(world: World, phone: Phone) -> None:
    for _ in range(3):
        phone.note("wake_call", world["father"].pk, "no_answer")

    assert phone.next() == (Step.GUARDIAN, "father")


def test_without_a_student_only_offices_are_left(phone: Phone) -> None:
    phone.change(student=None)

    assert phone.next() == (Step.COMMUNITY, "")


# --- the other side of bullying ---------------------------------------------------------------


@pytest.fixture
def bullied(world: World) -> Phone:
    """A classmate is named, and both parents of the student were told."""
    with tenancy.scope(world.id):
        bully = world.pupil("bully", world.school_class)
        for name, order in (("her_father", 1), ("her_mother", 2)):
            GuardianLink.objects.create(
                school=world.school, student=bully, guardian=world.add(name),
                relation="OTHER", contact_priority=order,
            )  # fmt: skip
    phone = Phone(world, STUDENT="bully")
    for who in ("father", "mother"):
        phone.call(Step.GUARDIAN, who, outcome="reached")
    return phone


def test_bullying_asks_for_the_other_sides_guardians_in_their_order(bullied: Phone) -> None:
    assert bullied.next(bullying=True) == (Step.OTHER_SIDE, "her_father")
    bullied.call(Step.OTHER_SIDE, "her_father", outcome="reached")
    assert bullied.next(bullying=True) == (Step.OTHER_SIDE, "her_mother")


@pytest.mark.parametrize(("safe", "bullying"), [(False, True), (True, False)])
def test_the_other_side_is_not_told_when_unsafe_or_no_bullying(
    bullied: Phone, safe: bool, bullying: bool
) -> None:
    step, _ = bullied.next(safe=safe, bullying=bullying)

    assert step != Step.OTHER_SIDE


def test_the_other_sides_restrictions_count_as_well(world: World, bullied: Phone) -> None:
    with tenancy.scope(world.id):
        student = world["bully"].student
    restrict(world, "her_father", "NO_CONTACT", student=student)

    assert bullied.next(bullying=True) == (Step.OTHER_SIDE, "her_mother")


def test_a_guardian_of_both_is_named_and_so_left_out(world: World, bullied: Phone) -> None:
    with tenancy.scope(world.id):
        case = Case.objects.get(pk=bullied.case_id)
        reports.name(case, {(world["her_father"].pk, "SUSPECT"): None}, at=NOW)

    assert bullied.next(bullying=True) == (Step.OTHER_SIDE, "her_mother")
