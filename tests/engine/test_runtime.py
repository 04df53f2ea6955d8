"""What a step tells its caller: opened and closed tasks, next due moment, events, the end."""

from dataclasses import replace

import pytest

from parties.errors import InvalidInput
from tests.engine.conftest import CLOCKS, HOUR, MINUTE, NOW
from tests.engine.diagrams import (
    boundary,
    bundle,
    call,
    catch,
    chain,
    definition,
    document,
    end,
    flow,
    gateway,
    instances,
    process,
    simple,
    start,
    timer,
    user,
)
from tests.engine.driver import Run
from tests.engine.shapes import LINEAR, PARALLEL, SHAPES
from workflow.engine import codec, definitions
from workflow.engine.bundles import Bundle
from workflow.engine.corrections import MAX_INSTANCES
from workflow.engine.elements import Instance
from workflow.engine.errors import FrozenInstance, ProcessInvalid, TaskGone
from workflow.engine.lint.structure import MAX_NODES
from workflow.engine.outcomes import Outcome


def test_an_opened_task_carries_what_the_diagram_says() -> None:
    run = Run(definition(simple(user("a", clock="crisis.ack"), chain("s", "a", "e"))))

    [task] = run.outcome.opened

    assert (task.bpmn_id, task.form, task.clock) == ("a", "choice", "crisis.ack")
    assert task.due_at == CLOCKS["crisis.ack"]
    assert task.properties == {"form": "choice", "clock": "crisis.ack"}


def test_a_lane_is_the_role() -> None:
    lane = (
        '<bpmn:laneSet id="l"><bpmn:lane id="lane" name="ME"><bpmn:flowNodeRef>a'
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    run = Run(definition(simple(lane, user("a"), chain("s", "a", "e"))))

    assert run.outcome.opened[0].role == "ME"


def test_only_declared_decisions_enter_and_a_missing_one_is_none() -> None:
    run = Run(definition(LINEAR))

    with pytest.raises(ProcessInvalid, match="story"):
        run.complete("a", story="what happened")
    run.complete("a", x=2)

    assert run.data("b") == {"a_x": 2, "a_k": None}


def test_a_name_that_nobody_has_decided_yet_is_none_and_takes_the_default_flow() -> None:
    run = Run(
        definition(
            simple(
                gateway("g", default="d"),
                user("a"),
                user("b"),
                flow("s", "g"),
                flow("g", "a", "b_x == 1"),
                flow("g", "b", id_="d"),
                chain("b", "e"),
                chain("a", "e"),
            )
        )
    )

    assert run.open == ["b"]


def test_completed_and_closed_tasks_are_told_apart() -> None:
    run = Run(definition(SHAPES["terminate"]))
    other, done = run.task("a"), run.task("b")

    outcome = run.complete("b")

    assert (outcome.completed, outcome.closed) == (done, frozenset({other}))
    assert outcome.finished
    assert outcome.next_due_at is None


def test_completing_twice_is_refused() -> None:
    run = Run(definition(PARALLEL))
    first = run.task("a")
    run.complete("a")

    with pytest.raises(TaskGone):
        run.step(NOW, complete=first)


def test_next_due_is_the_least_of_the_waiting_timers() -> None:
    run = Run(definition(SHAPES["boundary_both"]))
    assert run.outcome.next_due_at == NOW + 30 * MINUTE

    run.tick(NOW + 30 * MINUTE)

    assert run.outcome.next_due_at == NOW + HOUR


def test_an_instance_that_hangs_is_frozen_and_not_called_finished() -> None:
    nothing = catch("m", '<bpmn:linkEventDefinition name="nowhere"/>')
    parsed = definition(simple(user("a"), nothing, chain("s", "a", "m", "e")))
    run = Run(parsed)
    for spec in parsed.specs():
        if spec.name == "m":
            spec._update = lambda _task: None  # what a link event does in SpiffWorkflow

    with pytest.raises(FrozenInstance):
        run.complete("a")


def test_a_finished_instance_with_an_open_task_is_frozen() -> None:
    run = Run(definition(PARALLEL))
    damaged = run.restored()
    damaged.completed = True
    run.outcome = _with_state(run, damaged)

    with pytest.raises(FrozenInstance):
        run.tick(NOW)


def _with_state(run: Run, instance: Instance) -> Outcome:
    return replace(run.outcome, state=codec.dump(instance))


def test_one_element_may_not_fill_the_memory() -> None:
    many = simple(user("m", instances(cardinality=str(MAX_INSTANCES + 1))), chain("s", "m", "e"))

    with pytest.raises(ProcessInvalid, match="多实例"):
        Run(definition(many))


def test_a_process_that_calls_itself_stops() -> None:
    endless = document(process("p", start(), call("c", "p"), end(), chain("s", "c", "e")))
    parsed = definition(endless)

    with pytest.raises(ProcessInvalid, match="子流程"):
        Run(parsed)


def test_sending_back_begins_the_path_again_with_its_deadlines() -> None:
    run = Run(
        definition(
            simple(
                user("a"), boundary("t", "a", timer('"PT1H"'), interrupting=False), user("late"),
                end("e2"), user("b"), user("c"), chain("s", "a", "b", "c", "e"),
                chain("t", "late", "e2"),
            )
        )
    )  # fmt: skip
    run.complete("a", x=1)
    run.complete("b", x=2)

    run.send_back("c", "a", at=NOW + 2 * HOUR)

    assert run.open == ["a"]
    assert run.data("a") == {}
    assert run.outcome.next_due_at == NOW + 3 * HOUR
    run.complete("a", at=NOW + 2 * HOUR, x=3)
    assert run.data("b") == {"a_x": 3, "a_k": None}


def test_sending_back_before_a_split_closes_the_other_branches_and_joins_once_more() -> None:
    shape = simple(
        user("a"), gateway("sp", "parallel"), user("b"), user("c"), gateway("j", "parallel"),
        user("d"), chain("s", "a", "sp", "b", "j", "d", "e"), chain("sp", "c", "j"),
    )  # fmt: skip
    run = Run(definition(shape))
    run.complete("a")
    run.complete("b", x=1)
    other = run.task("c")

    outcome = run.send_back("c", "a")

    assert run.open == ["a"]
    assert outcome.closed == {other}
    run.complete("a")
    run.complete("c", x=2)
    assert run.open == ["b"]
    run.complete("b", x=3)
    assert (run.data("d")["b_x"], run.data("d")["c_x"]) == (3, 2)


def test_sending_back_out_of_a_called_process_closes_it() -> None:
    run = Run(definition(SHAPES["call"]))
    run.complete("a")
    run.complete("ca")

    run.send_back("cb", "a")

    assert run.open == ["a"]
    assert run.restored().subprocesses == {}
    assert run.outcome.next_due_at is None


def test_sending_back_to_a_step_that_was_not_on_this_path_is_refused() -> None:
    run = Run(definition(PARALLEL))
    run.complete("a")

    for place in ("a", "d", "nowhere"):
        with pytest.raises(InvalidInput):
            run.send_back("b", place)


def test_danger_again_restarts_the_inner_process_any_number_of_times() -> None:
    run = Run(definition(SHAPES["signal_restarts"]))
    for _ in range(5):
        run.complete("sa", x=1)
        assert run.open == ["sb"]
        run.signal("go")
        assert run.open == ["sa"]
        assert "sa_x" not in run.data("sa")


def test_a_definition_is_parsed_once_and_known_by_its_whole_content() -> None:
    first = bundle(LINEAR)
    same = Bundle("p", dict(reversed(list(first.files.items()))))
    other = bundle(LINEAR, form={"type": "object", "properties": {}})

    assert definitions.load(first.content) is definitions.load(same.content)
    assert definitions.cached(first.hash) is definitions.load(first.content)
    assert len({first.hash, same.hash, other.hash}) == 2


def test_the_longest_diagram_that_lint_allows_is_parsed_and_run() -> None:
    """Parsing recurses once per element of a straight run."""
    names = [f"u{number}" for number in range(MAX_NODES - 2)]
    run = Run(definition(simple(*map(user, names), chain("s", *names, "e"))))

    run.complete("u0")

    assert run.open == ["u1"]
