"""What came of the talks of a follow-up stands with the plan, for who goes on with it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.models import Membership
from tests.api import plan_stories
from tests.factories import World
from tests.portal.test_case_plan import at_plan
from tests.portal.visitors import by_password
from workflow import human_tasks, next_contacts
from workflow.models import Case, HumanTask

CHANGED, VOICE = "两周未缺勤，作业都交了", "我想继续去培训"


def planned(world: World) -> tuple[HumanTask, datetime]:
    """The task of a planned talk, and when it opened."""
    made = plan_stories.item(world).case_id
    due = clock.now() + timedelta(days=3)
    noon = (due - timedelta(days=1)).replace(hour=4)  # UTC: its task opens by day
    with tenancy.scope(world.id):
        found = Case.objects.get(pk=made)
        next_contacts.schedule(case=found, due_at=due, focus="看作业", at=clock.now())
    assert next_contacts.look_due(via="test", at=noon) == 1
    with tenancy.scope(world.id):
        return HumanTask.objects.get(name=next_contacts.TASK), noon


@pytest.fixture
def case(world: World) -> UUID:
    """Its planned talk was held by the teacher."""
    task, at = planned(world)
    answer = {
        "reached": "phone", "changed": CHANGED, "adjust": "no", "danger": "no",
        "student_voice": VOICE,
    }  # fmt: skip
    human_tasks.complete(
        school_id=world.id, task_id=task.pk, by=world["teacher"], at=at, answer=answer
    )
    return task.case_id


def test_the_teacher_reads_what_a_talk_brought(world: World, case: UUID) -> None:
    text = at_plan(world, case).text

    assert f"teacher，电话：{CHANGED}" in text
    assert f"学生本人的话：{VOICE}" in text


def test_whoever_takes_over_the_class_reads_it_and_others_that_it_was(
    world: World, case: UUID
) -> None:
    with tenancy.scope(world.id):
        old = Membership.objects.filter(person=world["teacher"])
        Membership.objects.filter(person=world["stranger"]).update(school_class=world.school_class)
        old.update(ends_at=clock.now())

    assert CHANGED in at_plan(world, case, "stranger").text
    text = at_plan(world, case, "grade_leader").text
    assert "teacher，电话" in text
    assert CHANGED not in text
    assert VOICE not in text


def test_the_task_says_what_the_talk_is_about_and_leads_to_the_plan(world: World) -> None:
    task, _ = planned(world)
    phone = by_password(world, "teacher")

    phone.open(f"/tasks/{task.pk}")

    assert "约定的重点： 看作业" in phone.text
    assert f'href="/cases/{task.case_id}/plan"' in phone.html
