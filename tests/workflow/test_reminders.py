"""Reminders of a task: by hand at most once in ten minutes, by the clock once per deadline."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from parties import tenancy
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import Walk, begin, triaged
from tests.workflow.test_human_tasks import claim, fresh, readers, remind
from workflow import due_rows, human_tasks
from workflow.errors import WrongState
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(world: World) -> Walk:
    """Triage waits for its second name; the counsellor alone is asked."""
    walk = begin(world, by="mother")
    walk.acknowledge()
    walk.at += MINUTE
    walk.do("triage")
    walk.at += MINUTE
    return walk


def test_a_reminder_rests_for_ten_minutes_to_the_second(walk: Walk) -> None:
    task = walk.task("triage_confirm")
    remind(walk, task, "vice_principal")
    walk.at += human_tasks.REMINDER_GAP - timedelta(seconds=1)
    with pytest.raises(WrongState):
        remind(walk, task, "principal")
    walk.at += timedelta(seconds=1)

    remind(walk, task, "principal")

    assert fresh(walk, task).reminders == 2
    assert readers(walk, "task.reminder", task) == ["counsellor", "counsellor"]


def test_who_holds_it_is_reminded_alone(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    claim(walk, task, "duty_officer")

    remind(walk, task, "vice_principal")

    assert readers(walk, "task.reminder", task) == ["duty_officer"]


def late(walk: Walk, task: HumanTask) -> None:
    """All that is late but this one is out of the way."""
    with tenancy.scope(walk.world.id):
        HumanTask.objects.exclude(pk=task.pk).update(due_at=None)


def test_a_late_task_is_reminded_of_once_from_its_moment_on(walk: Walk) -> None:
    task = walk.task("triage_confirm")
    late(walk, task)
    assert task.due_at is not None

    counts = [
        human_tasks.remind_due(via="test", at=task.due_at + wait)
        for wait in (timedelta(seconds=-1), timedelta(), timedelta(hours=5))
    ]

    assert counts == [0, 1, 0]
    assert walk.kinds().count("task.overdue") == 1


def test_an_early_reminder_does_not_swallow_the_late_one(walk: Walk) -> None:
    task = walk.task("triage_confirm")
    late(walk, task)
    remind(walk, task, "vice_principal")
    assert task.due_at is not None

    assert human_tasks.remind_due(via="test", at=task.due_at) == 1
    assert readers(walk, "task.reminder", task) == ["counsellor", "counsellor"]


def test_a_clock_set_back_meanwhile_does_not_remind_twice(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found late, and no longer late when its turn comes."""
    task = walk.task("triage_confirm")
    late(walk, task)
    assert task.due_at is not None
    with monkeypatch.context() as found:
        found.setattr(due_rows, "found", lambda *_: [(walk.world.id, task.pk)])
        assert human_tasks.remind_due(via="test", at=task.due_at - timedelta(days=1)) == 0

    assert human_tasks.remind_due(via="test", at=task.due_at) == 1
    assert walk.kinds().count("task.overdue") == 1


def test_one_broken_task_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = triaged(world)
    broken = walk.task("protect").pk
    real = human_tasks._remind

    def fail_for_one(task: HumanTask, **more: Any) -> None:
        if task.pk == broken:
            raise RuntimeError
        real(task, **more)

    monkeypatch.setattr(human_tasks, "_remind", fail_for_one)

    assert human_tasks.remind_due(via="test", at=NOW + timedelta(days=30)) > 3


@pytest.mark.django_db(transaction=True)
def test_racing_sweeps_remind_once(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    task = walk.task("triage")
    late(walk, task)

    def work(_: int) -> int:
        try:
            return human_tasks.remind_due(via="test", at=NOW + timedelta(hours=1))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert sorted(readers(walk, "task.reminder", task)) == ["duty_officer", "head_of_office"]
