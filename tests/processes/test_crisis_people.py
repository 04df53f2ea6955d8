"""Doing, handing on, returning, reminding: what people may do with the tasks of a crisis."""

from datetime import datetime

import pytest

from parties import tenancy
from parties.roles import Role
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import Walk, begin, triaged
from workflow import cases, human_tasks
from workflow.errors import InvalidInput, NotAllowed, WrongState
from workflow.models import (
    HumanTask,
    Notification,
)
from workflow.reports import ReportInput

pytestmark = pytest.mark.django_db


def test_an_answer_that_the_form_refuses_changes_nothing(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()

    with pytest.raises(InvalidInput) as refused:
        walk.do("triage", colour="purple")

    assert refused.value.field == "colour"
    assert walk.open() == {"triage"}


def test_a_task_is_done_once(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    task = walk.task("triage")
    walk.do("triage")

    with pytest.raises(WrongState):
        human_tasks.complete(
            school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=walk.at, answer={}
        )


def test_what_somebody_else_holds_is_theirs(world: World) -> None:
    walk = triaged(world)
    task = walk.task("call_guardian")
    human_tasks.claim(school_id=world.id, task_id=task.pk, by=world["teacher"], at=walk.at)

    with pytest.raises(WrongState):
        walk.do("call_guardian", by="duty_officer")


def test_a_task_can_be_handed_to_somebody_who_may_do_it(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    human_tasks.claim(school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=walk.at)
    human_tasks.delegate(
        school_id=world.id,
        task_id=task.pk,
        by=world["duty_officer"],
        to=world["counsellor"].pk,
        at=walk.at,
    )

    walk.do("protect", by="counsellor")
    assert "protect" not in walk.open()


@pytest.mark.parametrize("to", ["mother", "auditor", "stranger"])
def test_a_task_cannot_be_handed_to_just_anybody(world: World, to: str) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    human_tasks.claim(school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=walk.at)

    with pytest.raises((InvalidInput, NotAllowed)):
        human_tasks.delegate(
            school_id=world.id, task_id=task.pk, by=world["duty_officer"], to=world[to].pk,
            at=walk.at,
        )  # fmt: skip


def test_a_step_can_be_returned_to_who_did_it_before(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    task = walk.task("triage_confirm")

    human_tasks.return_(
        school_id=world.id, task_id=task.pk, by=world["counsellor"], to="triage",
        reason="还缺伤情说明", at=walk.at,
    )  # fmt: skip

    assert walk.open() == {"triage"}
    assert "task.returned" in walk.kinds()


def test_returning_to_a_step_that_was_not_done_is_refused(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    task = walk.task("triage_confirm")

    with pytest.raises(InvalidInput) as refused:
        human_tasks.return_(
            school_id=world.id, task_id=task.pk, by=world["counsellor"], to="close_propose",
            reason="不对", at=walk.at,
        )  # fmt: skip
    assert refused.value.field == "to"


def test_a_reminder_goes_to_the_candidates_once_in_a_while(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")

    def remind(at: datetime) -> HumanTask:
        by = world["vice_principal"]
        return human_tasks.remind(school_id=world.id, task_id=task.pk, by=by, at=at)

    remind(walk.at)
    with pytest.raises(WrongState):
        remind(walk.at + MINUTE)
    with tenancy.scope(world.id):
        reminders = Notification.objects.filter(template="task.reminder", case=walk.case_id)
        assert reminders.count() == len(task.candidates)


def test_the_same_request_gets_the_same_receipt(world: World) -> None:
    first = begin(world, key="phone")
    second = begin(world, key="phone")

    assert first.case_id == second.case_id


def test_a_new_report_is_never_folded_into_an_old_case(world: World) -> None:
    assert begin(world, key="one").case_id != begin(world, key="two").case_id


def test_a_crisis_about_somebody_unknown_wakes_the_team(world: World) -> None:
    receipt = cases.report_crisis(
        school_id=world.id,
        reporter=world["mentor"],
        role=Role.CM,
        at=NOW,
        report=ReportInput(who="车间里一个学生", observed="手被夹伤", safe_now="UNKNOWN"),
        request_key="unknown",
    )
    walk = Walk(world, receipt.case_id)

    assert walk.open() == {"acknowledge"}
    with tenancy.scope(world.id):
        woken = Notification.objects.filter(case=receipt.case_id, template="crisis.alert")
        roles = set(woken.values_list("to_role", flat=True))
    assert roles == {"ME", "PSY", "GL"}
