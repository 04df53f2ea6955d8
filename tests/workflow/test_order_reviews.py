"""An order not to tell outlives its crisis until two people end it; nobody forgets to ask them."""

from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, WrongState
from parties.models import Restriction
from tests.factories import World, people_of
from tests.processes.walker import FATHER, Walk, triaged
from workflow import cases, contacts, human_tasks, order_reviews, task_files
from workflow.errors import NotAllowed, SamePerson
from workflow.models import Case, HumanTask, Notification

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def closed(world: World) -> Walk:
    """A crisis that named the father, over and closed on a working morning."""
    walk = triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")
    walk.at = walk.at.replace(hour=2) + 6 * DAY  # ten in the morning at school
    with tenancy.scope(world.id):
        case = Case.objects.get(pk=walk.case_id)
        case.transfer(at=walk.at)
        case.save()
    return walk


def look(walk: Walk, *, days: int = 0) -> int:
    walk.at += days * DAY
    return order_reviews.look_due(via="test", at=walk.at)


def task(walk: Walk, name: str = "order_review") -> HumanTask:
    with tenancy.scope(walk.world.id):
        found = HumanTask.objects.filter(case=walk.case_id, name=name)
        return found.order_by("-created_at")[0]


def answer(walk: Walk, by: str, name: str = "order_review", **said: Any) -> None:
    human_tasks.complete(
        school_id=walk.world.id, task_id=task(walk, name).pk, by=walk.world[by], at=walk.at,
        answer=said,
    )  # fmt: skip


def father_barred(walk: Walk) -> bool:
    """About any other matter of the child."""
    with tenancy.scope(walk.world.id):
        other = Case(student=walk.world.student, channel="NOTICE", school=walk.world.school)
        return walk.world["father"].pk in contacts.barred(other, at=walk.at)


def end_it(walk: Walk, **said: Any) -> None:
    answer(
        walk, "duty_officer", end_for=[str(walk.world["father"].pk)], reason="法院已撤销", **said
    )


def told(walk: Walk) -> set[str]:
    with tenancy.scope(walk.world.id):
        sent = Notification.objects.filter(case=walk.case_id, template__startswith="order.")
        return people_of(walk.world, set(sent.values_list("recipient", flat=True)))


def test_an_open_crisis_asks_nothing(world: World) -> None:
    walk = triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")

    assert look(walk, days=30) == 0


def test_closing_opens_nothing_and_asks_the_office(world: World) -> None:
    walk = closed(world)

    assert look(walk) == 1
    assert look(walk) == 0

    assert father_barred(walk)
    assert people_of(world, set(task(walk).candidates)) == {"duty_officer", "head_of_office"}


def test_whoever_decides_reads_whom_the_order_is_about(world: World) -> None:
    walk = closed(world)
    look(walk)

    asked = task(walk).pk
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["duty_officer"], at=walk.at)
        found = task_files.read(viewer=viewer, task_id=asked)
        assert [link.guardian_id for link in found.guardians] == [world["father"].pk]


def test_two_people_end_it(world: World) -> None:
    walk = closed(world)
    look(walk)
    end_it(walk)
    assert father_barred(walk)

    answer(walk, "vice_principal", "order_confirm", agree="yes")

    assert not father_barred(walk)
    assert look(walk, days=400) == 0
    assert walk.payloads("order.ended") == [{"count": 1}]


def test_nobody_ends_it_alone(world: World) -> None:
    walk = closed(world)
    look(walk)
    end_it(walk)
    with tenancy.scope(world.id):
        HumanTask.objects.filter(name="order_confirm").update(candidates=[world["duty_officer"].pk])

    with pytest.raises((SamePerson, NotAllowed)):
        answer(walk, "duty_officer", "order_confirm", agree="yes")
    assert father_barred(walk)


def test_the_second_name_may_say_no(world: World) -> None:
    walk = closed(world)
    look(walk)
    end_it(walk)

    answer(walk, "vice_principal", "order_confirm", agree="no", reason="学生仍害怕")

    assert father_barred(walk)
    assert walk.payloads("order.kept") == [{"count": 1}]


def test_what_is_kept_is_asked_again_and_never_for_ever(world: World) -> None:
    walk = closed(world)
    look(walk)
    answer(walk, "duty_officer", end_for=[], reason="学生仍害怕")

    assert look(walk, days=89) == 0
    assert look(walk, days=2) == 1
    assert task(walk).state == "OPEN"
    assert father_barred(walk)


def test_silence_is_heard_by_the_leaders_again_and_again(world: World) -> None:
    walk = closed(world)
    look(walk)
    assert told(walk) == set()

    assert look(walk, days=8) == 1
    assert {"vice_principal", "principal", "duty_officer"} <= told(walk)
    assert look(walk, days=8) == 1
    assert walk.payloads("clock.missed")[-1]["clock"] == "crisis.order_review"
    assert father_barred(walk)


def test_it_is_nobody_elses_order(world: World) -> None:
    walk = closed(world)
    look(walk)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "end_for"):
        answer(walk, "duty_officer", end_for=[str(world["mother"].pk)], reason="不涉及")


def test_a_crisis_that_came_back_decides_for_itself(world: World) -> None:
    walk = closed(world)
    look(walk)
    cases.danger_again(
        school_id=world.id, case_id=walk.case_id, by=world["duty_officer"], at=walk.at
    )

    with pytest.raises(WrongState):
        end_it(walk)
    assert father_barred(walk)


def test_an_order_that_no_crisis_brought_is_left_alone(world: World) -> None:
    walk = closed(world)
    with tenancy.scope(world.id):
        Restriction.objects.filter(case_id=walk.case_id).update(case_id=None)

    assert look(walk, days=10) == 0
