"""A state holds what happened and still matters, and what waits; nothing that may only come."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from tests.engine.conftest import HOUR, NOW
from tests.engine.diagrams import bundle, chain, definition, simple, user
from tests.engine.driver import Run
from tests.engine.shapes import SHAPES, TIERS
from workflow.engine import definitions
from workflow.engine.errors import TaskGone

_TO_COME = TaskState.FUTURE | TaskState.PREDICTED_MASK
_TURNS = 6


def stored(shape: str) -> Iterator[Any]:
    """The instance as it is stored at its begin, and after each answer and hour."""
    tables = [TIERS] if shape == "service_and_table" else []
    run = Run(definitions.load(bundle(SHAPES[shape], *tables).content))
    yield run.restored()
    for turn in range(1, _TURNS):
        at = NOW + turn * HOUR
        run.tick(at)
        for name in run.open[:1]:
            try:
                run.complete(name, at=at, x=turn % 4)
            except TaskGone:
                continue  # its deadline has passed in this very step
        yield run.restored()


def tasks(instance: Any) -> Iterator[Any]:
    for process in (instance, *instance.subprocesses.values()):
        yield from process.tasks.values()


@pytest.mark.parametrize("shape", SHAPES)
def test_what_has_not_begun_is_not_stored(shape: str) -> None:
    for instance in stored(shape):
        assert [one.task_spec.name for one in tasks(instance) if one._state & _TO_COME] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_over_is_not_stored(shape: str) -> None:
    for instance in stored(shape):
        callers = [instance.get_task_from_id(owner) for owner in instance.subprocesses]
        assert [one.task_spec.name for one in callers if one._state & TaskState.FINISHED_MASK] == []
        deadlines = [one for one in tasks(instance) if isinstance(one.task_spec, BoundaryEvent)]
        assert [one.task_spec.name for one in deadlines if one._state == TaskState.CANCELLED] == []


def test_some_of_these_walks_call_processes_and_meet_deadlines() -> None:
    """Else the tests above would hold for want of anything to forget."""
    called = [instance for instance in stored("call_nested") if instance.subprocesses]
    waiting = [
        one
        for instance in stored("boundary_interrupting")
        for one in tasks(instance)
        if isinstance(one.task_spec, BoundaryEvent) and one._state == TaskState.WAITING
    ]

    assert called
    assert waiting


def test_a_long_straight_run_holds_only_what_was_done() -> None:
    names = [f"u{number}" for number in range(100)]
    run = Run(definition(simple(*map(user, names), chain("s", *names, "e"))))

    run.complete("u0")

    _version, (rows, *_), _called = orjson.loads(run.outcome.state)
    assert [row[2] for row in rows] == ["Start", "s", "u0", "u1"]
