"""One look at a lane: everything due, whoever drives it, whatever fails in between."""

import logging
from datetime import timedelta
from types import ModuleType

import pytest
from django.db import DatabaseError, connection

from parties import tenancy
from tests.factories import NOW, World
from workflow import (
    escalation,
    human_tasks,
    next_contacts,
    notifications,
    plan_days,
    plan_ladder,
    processes,
    report_wordings,
    sweeps,
    zero_reports,
)
from workflow.models import Heartbeat, Notification

pytestmark = pytest.mark.django_db(transaction=True)


def promise(world: World, lane: str) -> None:
    with tenancy.scope(world.id):
        notifications.enqueue(
            school_id=world.id,
            case_id=None,
            to_id=world["duty_officer"].pk,
            to_role="ME",
            channel="in_app",
            template="task.new",
            key=f"test:{lane}",
            lane=lane,
            at=NOW,
        )


def sent(world: World) -> set[tuple[str, str]]:
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(state=Notification.State.SENT)
        return set(rows.values_list("lane", "via"))


def test_each_lane_delivers_its_own(world: World) -> None:
    promise(world, "crisis")
    promise(world, "routine")

    assert sweeps.run("crisis", via="test")["delivered"] == 1
    assert sent(world) == {("crisis", "test")}

    assert sweeps.run("routine", via="test")["delivered"] == 1
    assert sent(world) == {("crisis", "test"), ("routine", "test")}


def test_every_sweep_has_its_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []

    def spy(module: ModuleType, function: str) -> None:
        def turn(*, via: str, **_: str) -> int:
            turns.append(f"{function} {via}")
            return 2

        monkeypatch.setattr(module, function, turn)

    spy(escalation, "climb_due")
    for function in ("start_pending", "step_due", "retry_incidents_due"):
        spy(processes, function)
    spy(human_tasks, "remind_due")
    spy(zero_reports, "miss_due")
    spy(plan_ladder, "look_due")
    spy(plan_days, "miss_due")
    spy(next_contacts, "look_due")
    spy(report_wordings, "look_due")

    assert sweeps.run("crisis", via="watch") == {
        "failed": 0,
        "climbed": 2,
        "delivered": 0,
        "started": 2,
        "stepped": 2,
    }
    assert turns == ["climb_due watch", "start_pending watch", "step_due watch"]

    turns.clear()
    sweeps.run("routine", via="celery")
    assert turns == [
        "start_pending celery",
        "step_due celery",
        "miss_due celery",
        "remind_due celery",
        "look_due celery",
        "miss_due celery",
        "look_due celery",
        "look_due celery",
        "retry_incidents_due celery",
    ]


@pytest.mark.parametrize("failure", [RuntimeError("手臂有新伤"), DatabaseError("手臂有新伤")])
def test_a_sweep_that_fails_does_not_stop_the_others(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
) -> None:
    def broken(*, via: str) -> int:
        raise failure

    monkeypatch.setattr(escalation, "climb_due", broken)
    promise(world, "crisis")

    with caplog.at_level(logging.DEBUG):
        counts = sweeps.run("crisis", via="test")

    assert (counts["failed"], counts["delivered"]) == (1, 1)
    assert "sweep.failed lane=crisis sweep=climbed" in caplog.text
    assert "test_sweeps.py:" in caplog.text
    assert "手臂" not in caplog.text


def test_a_sweep_whose_connection_dies_does_not_stop_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*, via: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return 0

    monkeypatch.setattr(escalation, "climb_due", cut_off)
    promise(world, "crisis")

    counts = sweeps.run("crisis", via="test")

    assert (counts["failed"], counts["delivered"]) == (1, 1)


def test_a_run_leaves_one_heartbeat_per_lane_and_driver() -> None:
    assert sweeps.silence("crisis", driver="celery") == timedelta.max

    for _ in range(2):
        sweeps.run("crisis", via="celery")
    sweeps.run("crisis", via="watch")

    assert set(Heartbeat.objects.values_list("lane", "driver")) == {
        ("crisis", "celery"),
        ("crisis", "watch"),
    }
    assert Heartbeat.objects.count() == 2
    assert timedelta(0) <= sweeps.silence("crisis", driver="celery") < timedelta(seconds=5)
    assert sweeps.silence("routine", driver="celery") == timedelta.max


def test_silence_grows_with_the_age_of_the_heartbeat() -> None:
    sweeps.run("crisis", via="celery")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_heartbeat SET beat_at = beat_at - interval '20 seconds'")

    assert timedelta(seconds=20) <= sweeps.silence("crisis", driver="celery")


@pytest.mark.parametrize("lane", ["crisis", "routine"])
def test_an_empty_sweep_asks_few_questions(
    lane: str, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert set(sweeps.run(lane, via="test").values()) == {0}
