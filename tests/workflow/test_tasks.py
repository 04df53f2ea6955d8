"""Celery's entry points carry a lane at most: all work is found in the database."""

import pytest
from celery import current_app

from config.celery import app
from workflow import nudge, sweeps, tasks

OURS = ("workflow.sweep_crisis", "workflow.sweep_routine", "workflow.look")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(sweeps, "run", lambda lane, *, via: seen.append((lane, via)))
    return seen


def test_each_task_makes_its_one_call(runs: list[tuple[str, str]]) -> None:
    tasks.sweep_crisis()
    tasks.sweep_routine()
    tasks.look("crisis")
    tasks.look("routine")

    lanes = ["crisis", "routine", "crisis", "routine"]
    assert runs == [(lane, "celery") for lane in lanes]


@pytest.mark.parametrize("name", OURS)
def test_a_task_stores_no_result_and_cannot_run_for_ever(name: str) -> None:
    task = app.tasks[name]

    assert task.ignore_result
    assert (task.soft_time_limit, task.time_limit) == (50, 60)


def test_beat_knows_only_tasks_that_exist_on_queues_that_are_served() -> None:
    schedule = app.conf.beat_schedule.values()

    assert {entry["task"] for entry in schedule} == set(OURS) - {nudge.TASK}
    assert {(entry["task"].split("_")[1], entry["options"]["queue"]) for entry in schedule} == {
        ("crisis", "crisis"),
        ("routine", "routine"),
    }


def test_a_newer_argument_does_not_break_an_older_worker(runs: list[tuple[str, str]]) -> None:
    tasks.look("crisis", asked_at="2027-01-01")

    assert runs == [("crisis", "celery")]


def test_what_the_nudge_asks_for_is_a_task() -> None:
    assert nudge.TASK in current_app.tasks
