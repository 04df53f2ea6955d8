"""A matter of one family that needs no meeting: from the slip to its end, and nothing by hand."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from parties import clock, tenancy
from parties.models import Placement
from tests.api.callers import Caller, member
from tests.factories import MINUTE, World, people_of
from tests.processes.intake_walk import Intake, in_meeting, raised
from workflow import human_tasks, processes, rerouting
from workflow.errors import InvalidInput
from workflow.models import Case, Incident, Notification

pytestmark = pytest.mark.django_db

WORDS = "补考安排在下周三下午，家长已知道时间和地点"


@pytest.fixture(autouse=True)
def real_time(settings: Any, world: World) -> None:
    """Requests come at real time, which must not end the placement of the story."""
    settings.PASSWORD_HASHERS = ["tests.api.hashers.QuickArgon2"]
    with tenancy.scope(world.id):
        Placement.objects.update(ends_on=datetime(2099, 1, 1, tzinfo=clock.now().tzinfo).date())


def posted(world: World, teacher: Caller) -> Intake:
    """Raised and routed to a notice through the API."""
    slip = {
        "student": str(world.student.pk), "trigger": "academic", "danger": "no",
        "repeated": True, "words": "第二次技能测试未通过",
    }  # fmt: skip
    made = teacher.post("/matters", slip)
    assert made.status_code == 201, made.content
    walk = Intake(world, UUID(made.json()["case"]), clock.now())
    answered(walk, teacher, "choose_channel", {"channel": "notice", "reason": "只通知补考安排"})
    return walk


def answered(walk: Intake, by: Caller, task: str, answer: dict[str, str]) -> None:
    done = by.post(f"/tasks/{walk.task(task).pk}/complete", {"answer": answer})
    assert done.status_code == 200, done.content
    walk.at = clock.now()
    walk.wait(seconds=1)


def telling(at: datetime, **change: str) -> dict[str, str]:
    told = {"how": "phone", "told_at": (at - MINUTE).isoformat(), "words": WORDS}
    return {**told, **change}


def tell(walk: Intake, **change: str) -> None:
    human_tasks.complete(
        school_id=walk.world.id, task_id=walk.task("notice_tell").pk, by=walk.world["teacher"],
        at=walk.at, answer=telling(walk.at, **change),
    )  # fmt: skip


def told(walk: Intake, template: str) -> set[str]:
    with tenancy.scope(walk.world.id):
        rows = Notification.objects.filter(case=walk.case_id, template=template)
        return people_of(walk.world, set(rows.values_list("recipient", flat=True)))


def untroubled(walk: Intake) -> bool:
    with tenancy.scope(walk.world.id):
        return not Incident.objects.filter(case=walk.case_id).exists()


def test_a_matter_posted_as_a_notice_is_told_and_closed(world: World) -> None:
    teacher, mother = member(world, "teacher"), member(world, "mother")
    walk = posted(world, teacher)
    assert (walk.open(), walk.candidates("notice_tell")) == ({"notice_tell"}, {"teacher"})

    answered(walk, teacher, "notice_tell", telling(clock.now()))

    assert walk.processes() == {"intake": "COMPLETED", "notice": "COMPLETED"}
    assert (walk.case.state, walk.open(), untroubled(walk)) == (Case.State.CLOSED, set(), True)
    assert [told["how"] for told in walk.payloads("notice.told")] == ["phone"]
    seen = mother.get(f"/cases/{walk.case_id}").json()
    assert (seen["channel"], seen["state"]) == ("NOTICE", "CLOSED")


def test_what_was_said_is_kept_and_no_table_shows_it(world: World) -> None:
    walk = raised(world)
    walk.choose("notice", reason="只通知补考安排")
    task = walk.task("notice_tell")
    tell(walk)

    with tenancy.scope(world.id), connection.cursor() as cursor:
        task.refresh_from_db()
        cursor.execute("SELECT t::text FROM workflow_humantask t WHERE id = %s", [task.pk])
        [row] = cursor.fetchone()
    assert task.answer is not None
    assert (task.answer["words"], WORDS in row) == (WORDS, False)
    assert WORDS not in str([walk.payloads(kind) for kind in set(walk.kinds())])


def test_a_family_that_nobody_told_is_a_fact_and_the_grade_leader_hears(world: World) -> None:
    walk = raised(world)
    walk.choose("notice", reason="只通知补考安排")
    due = walk.task("notice_tell").due_at
    assert due is not None

    walk.wait(seconds=(due - walk.at).total_seconds() - 1)
    assert (walk.payloads("clock.missed"), told(walk, "notice.untold")) == ([], set())
    walk.wait(seconds=1)
    human_tasks.remind_due(via="test", at=walk.at + timedelta(seconds=1))

    missed = {"clock": "notice.tell", "task": "notice_tell", "via": "test"}
    assert walk.payloads("clock.missed") == [missed]
    assert told(walk, "notice.untold") == {"grade_leader"}
    assert told(walk, "task.reminder") == {"teacher"}
    tell(walk)
    walk.wait(days=9)
    assert (walk.case.state, walk.payloads("clock.missed")) == (Case.State.CLOSED, [missed])


def test_nobody_writes_down_what_has_yet_to_happen(world: World) -> None:
    walk = raised(world)
    walk.choose("notice", reason="只通知补考安排")

    with pytest.raises(InvalidInput) as refused:
        tell(walk, told_at=(walk.at + MINUTE).isoformat())

    assert refused.value.field == "told_at"
    assert walk.open() == {"notice_tell"}


def test_a_meeting_taken_down_is_told_the_same_way(world: World) -> None:
    walk = in_meeting(world)
    rerouting.downgrade(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=walk.at,
        to="NOTICE", reason="家长已到校问清，只剩通知",
    )  # fmt: skip
    processes.start_now(world.id, walk.case_id, at=walk.at)
    assert walk.open() == {"notice_tell"}

    tell(walk, how="paper")

    assert (walk.case.state, untroubled(walk)) == (Case.State.CLOSED, True)
