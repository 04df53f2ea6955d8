"""A step that fails freezes its instance and nothing else, and a retry makes good for it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from parties import tenancy
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import AT_ONCE, Walk, begin, triaged
from workflow import human_tasks, processes, shielding, steps, zero_reports
from workflow.engine import runtime
from workflow.engine.errors import BudgetExhausted, NobodyListens, TaskGone
from workflow.errors import NotFound, WrongState
from workflow.models import Case, HumanTask, Incident, ProcessInstance

pytestmark = pytest.mark.django_db


@contextmanager
def broken() -> Iterator[None]:
    """The handler that opens the daily reports fails, so the end of the triage does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zero_reports, "begin", lambda **_: 1 / 0)
        yield


def frozen(world: World) -> Walk:
    """Two people have triaged; the step after it failed at NOW."""
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    with broken():
        walk.do("triage_confirm")
    assert walk.instance.status == "FROZEN"
    return walk


def incident(walk: Walk) -> Incident:
    with tenancy.scope(walk.world.id):
        return Incident.objects.get(case=walk.case_id, code="process.step_failed")


def retry(walk: Walk) -> bool:
    with tenancy.scope(walk.world.id):
        pk = Incident.objects.get(case=walk.case_id, code="process.step_failed").pk
        return steps.retry(incident_id=pk, at=walk.at, via="test")


def take(walk: Walk, **what: Any) -> bool:
    pk = walk.instance.pk
    with tenancy.scope(walk.world.id):
        return steps.take(instance_id=pk, at=walk.at, via="test", **what)


# --- freezing ---------------------------------------------------------------------------------


def test_a_fault_keeps_the_answer_and_takes_the_step_back(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    before = walk.instance
    with broken():
        walk.do("triage_confirm")

    assert walk.instance.status == "FROZEN"
    assert (walk.instance.version, walk.instance.state) == (before.version, before.state)
    assert walk.case.state == Case.State.OPENED  # the handler's own changes are gone, too
    with tenancy.scope(world.id):
        done = HumanTask.objects.get(case=walk.case_id, name="triage_confirm")
        assert (done.state, done.answer) == ("COMPLETED", {"agree": "yes", "safe_to_tell": "yes"})


def test_the_incident_names_the_place_and_the_fault_and_no_word_of_it(world: World) -> None:
    walk = frozen(world)

    found = incident(walk)

    assert (found.error_type, found.element, found.tries) == (
        "ZeroDivisionError", "open_zero_reports", 1,
    )  # fmt: skip
    assert found.retry_at == walk.at + MINUTE
    assert walk.payloads("process.failed")[-1]["error"] == "ZeroDivisionError"


def test_pauses_between_tries_double_up_to_a_day(world: World) -> None:
    walk = frozen(world)
    pauses = []
    with broken():
        for _ in range(12):
            retry_at = incident(walk).retry_at
            assert retry_at is not None
            walk.at = retry_at
            assert retry(walk) is False
            again = incident(walk).retry_at
            assert again is not None
            pauses.append((again - walk.at) // MINUTE)

    assert pauses == [4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440, 1440]
    assert incident(walk).tries == 13


def test_a_retry_applies_the_answer_and_resolves(world: World) -> None:
    walk = frozen(world)

    assert retry(walk) is True

    assert incident(walk).state == Incident.State.RESOLVED
    assert incident(walk).resolved_at == walk.at
    assert walk.instance.status == "RUNNING"
    assert walk.open() == AT_ONCE


def test_a_resolved_incident_is_not_tried_again(world: World) -> None:
    walk = frozen(world)
    retry(walk)
    version = walk.instance.version

    assert retry(walk) is False
    assert walk.instance.version == version


def test_running_in_circles_waits_for_a_person_not_for_a_clock(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")

    def circle(**_: Any) -> None:
        raise BudgetExhausted("流程在原地打转。")

    monkeypatch.setattr(zero_reports, "begin", circle)
    walk.do("triage_confirm")

    assert incident(walk).retry_at is None
    assert processes.retry_incidents_due(via="test", at=NOW + timedelta(days=9)) == 0


def test_a_frozen_instance_runs_on_by_no_timer(world: World) -> None:
    walk = frozen(world)

    assert processes.step_due(via="test", at=NOW + timedelta(days=1)) == 0
    assert walk.instance.status == "FROZEN"


def test_answers_given_while_frozen_are_applied_in_their_order(world: World) -> None:
    walk = triaged(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "advance", lambda *_, **__: 1 / 0)
        for name in ("protect", "oral_report", "first_report"):
            walk.at += MINUTE
            walk.do(name)
    assert walk.instance.status == "FROZEN"
    kept: list[str] = []
    real = steps.take

    def take_down(**what: Any) -> bool:
        kept.append(what["complete"])
        return real(**what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "take", take_down)
        assert retry(walk) is True

    with tenancy.scope(world.id):
        done = HumanTask.objects.filter(engine_id__in=kept).order_by("ended_at")
        names = {task.engine_id: task.name for task in done}
    assert [names[pk] for pk in kept] == ["protect", "oral_report", "first_report"]
    assert not walk.open() & {"protect", "oral_report", "first_report"}


def test_an_answer_that_the_process_has_passed_meanwhile_blocks_no_retry(world: World) -> None:
    walk = frozen(world)
    real = steps.take

    def gone(**what: Any) -> bool:
        if what.get("complete"):
            raise TaskGone("该任务已不在待办中，请刷新后重试。")
        return real(**what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "take", gone)
        assert retry(walk) is True

    assert incident(walk).state == Incident.State.RESOLVED


def test_an_incident_that_cannot_be_retried_does_not_hold_up_the_others(world: World) -> None:
    first, second = frozen(world), begin(world, key="second")
    second.acknowledge()
    second.do("triage")
    with broken():
        second.do("triage_confirm")
    real = steps.retry

    def fail_for_one(**what: Any) -> bool:
        if Incident.objects.get(pk=what["incident_id"]).case_id == first.case_id:
            raise RuntimeError
        return real(**what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "retry", fail_for_one)
        assert processes.retry_incidents_due(via="test", at=NOW + 9 * MINUTE) == 1

    assert second.instance.status == "RUNNING"
    assert first.instance.status == "FROZEN"


# --- refusals ---------------------------------------------------------------------------------


def test_nothing_moves_an_instance_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFound), tenancy.scope(world.id):
        steps.take(instance_id=uuid4(), at=NOW, via="test")


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"complete": "nothing"}, TaskGone),
        ({"signal": "nobody_waits_for_this"}, NobodyListens),
    ],
)
def test_a_wrong_request_is_refused_and_freezes_nothing(
    world: World, what: dict[str, str], error: type[Exception]
) -> None:
    walk = begin(world)
    version = walk.instance.version

    with pytest.raises(error):
        take(walk, **what)

    assert (walk.instance.status, walk.instance.version) == ("RUNNING", version)


def test_an_ended_process_takes_nothing(world: World) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        row = ProcessInstance.objects.get(case=walk.case_id)
        row.cancel(at=NOW)
        row.save()

    with pytest.raises(WrongState):
        take(walk, signal="danger_again")


def test_a_suspect_named_in_the_triage_never_gets_the_tasks_after_it(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage", suspect_kind="staff", suspect_people=[str(world["teacher"].pk)])
    walk.do("triage_confirm")

    assert "teacher" not in walk.candidates("call_guardian")
    assert "duty_officer" in walk.candidates("call_guardian")


def test_a_hook_that_fails_takes_the_answer_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begin(world)
    walk.acknowledge()
    monkeypatch.setattr(shielding, "withdraw_tasks", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        walk.do("triage", suspect_people=[str(world["teacher"].pk)])

    assert walk.task("triage").state == "OPEN"
    assert walk.instance.status == "RUNNING"


# --- races ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workers", [2, 4, 8])
def test_racing_sweeps_fire_a_timer_once(world: World, workers: int) -> None:
    walk = begin(world)
    walk.acknowledge()
    version, due = walk.instance.version, walk.instance.next_due_at
    assert due is not None

    def work(_: int) -> int:
        try:
            return processes.step_due(via="test", at=due)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        assert sum(pool.map(work, range(workers))) == 1
    assert walk.instance.version == version + 1
    assert [each["clock"] for each in walk.payloads("clock.missed")] == ["crisis.triage"]


@pytest.mark.django_db(transaction=True)
def test_racing_sweeps_start_a_process_once(world: World) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "start_now", lambda *_, **__: None)
        walk = begin(world)
    assert walk.instance.status == "PENDING"

    def work(_: int) -> int:
        try:
            return processes.start_pending(via="test", at=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert walk.instance.version == 1
    assert walk.open() == {"acknowledge"}


@pytest.mark.django_db(transaction=True)
def test_different_tasks_of_one_process_may_be_done_at_the_same_moment(world: World) -> None:
    walk = triaged(world)
    version = walk.instance.version
    names = ["oral_report", "first_report", "written_report", "protect"]

    def work(name: str) -> str:
        try:
            return str(walk.do(name).state)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(work, names)) == ["COMPLETED"] * 4
    assert walk.instance.version == version + 4
    assert not walk.open() & set(names)


@pytest.mark.django_db(transaction=True)
def test_a_completion_and_a_signal_at_the_same_moment_leave_one_round(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")

    def work(number: int) -> None:
        try:
            if number:
                walk.again()
            else:
                walk.do("protect")
        except WrongState:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(work, range(2)))

    assert walk.instance.status == "RUNNING"
    assert walk.open() == {"triage"}
    with tenancy.scope(world.id):
        assert HumanTask.objects.get(pk=task.pk).state in {"COMPLETED", "CANCELLED"}


def test_claims_do_not_move_the_process(world: World) -> None:
    walk = triaged(world)
    version = walk.instance.version
    human_tasks.claim(
        school_id=world.id, task_id=walk.task("protect").pk, by=world["duty_officer"], at=walk.at
    )

    assert walk.instance.version == version
