"""One test per trap of SpiffWorkflow 3.2.0 (engine.md 2), in its order: state, loops, joins."""

import random

import pytest

from tests.engine.conftest import NOW, context
from tests.engine.diagrams import (
    boundary,
    chain,
    definition,
    end,
    flow,
    gateway,
    simple,
    start,
    sub,
    user,
)
from tests.engine.driver import Run
from tests.engine.shapes import LINEAR, ON_SIGNAL, PARALLEL, SHAPES, SIGNAL, XOR_LOOP, circling
from tests.engine.walks import shuffled
from workflow.engine import codec, runtime
from workflow.engine.elements import Instance
from workflow.engine.loop import Settling, open_tasks, settle
from workflow.engine.registry import StepContext, service_task


def test_1_reordered_keys_lose_no_answer() -> None:
    run = Run(definition(LINEAR))
    run.complete("a", x=3, k=[1, 2])

    for seed in range(50):
        engine = run.definition.engine(context())
        state = shuffled(run.outcome.state, random.Random(seed))  # noqa: S311
        restored = codec.load(run.definition, state, engine)
        assert open_tasks(restored)[0].data == {"a_x": 3, "a_k": [1, 2]}


def test_2_a_loop_of_two_thousand_user_tasks_lives() -> None:
    looped = definition(XOR_LOOP)
    instance = Instance(looped.spec, looped.called, script_engine=looped.engine(context()))
    settle(instance, Settling())

    for _ in range(2_000):
        [task] = open_tasks(instance)
        runtime.complete_task(looped, instance, task.id, {"x": 1})
        settle(instance, Settling())
    assert not instance.completed
    restored = codec.load(looped, codec.dump(instance), looped.engine(context()))
    [task] = open_tasks(restored)
    runtime.complete_task(looped, restored, task.id, {"x": 3})
    settle(restored, Settling())

    assert restored.completed
    assert open_tasks(restored) == []


def test_2_a_loop_of_two_thousand_service_tasks_lives_over_several_budgets() -> None:
    rounds: list[int] = []

    @service_task("test.count", decides=("done",))
    def count(_context: StepContext) -> dict[str, object]:
        rounds.append(1)
        return {"done": len(rounds) >= 2_000}

    run = Run(definition(circling("test.count", "n_done")))
    spent = 1
    while run.outcome.spent:
        assert run.outcome.next_due_at == NOW
        assert not run.outcome.finished
        run.tick(NOW)
        spent += 1

    assert len(rounds) == 2_000
    assert spent in range(4, 10)
    assert run.outcome.finished


def test_2_joins_still_join_after_hundreds_of_rounds() -> None:
    """At depth 1000 the stock joins neither see their branches nor end their recursion."""
    looped = definition(_joins_in_a_loop())
    instance = Instance(looped.spec, looped.called, script_engine=looped.engine(context()))
    settle(instance, Settling())

    for number in range(250):
        for task in open_tasks(instance):
            runtime.complete_task(looped, instance, task.id, {"x": 1, "k": [number % 10]})
            settle(instance, Settling())
        assert [task.task_spec.name for task in open_tasks(instance)] == ["d"]
        [task] = open_tasks(instance)
        assert (task.data["a_k"], task.data["b_k"]) == ([number % 10], [number % 10])
        runtime.complete_task(looped, instance, task.id, {"x": 1})
        settle(instance, Settling())

    assert sorted(task.task_spec.name for task in open_tasks(instance)) == ["a", "b"]


def test_2_an_interruption_reaches_the_end_of_a_deep_loop() -> None:
    """Below depth 1000 the stock cancellation finds nothing: the task stays open for ever."""
    deep = simple(
        sub("sub", start("ss"), gateway("m"), user("a"), gateway("g", default="again"), end("se"),
            chain("ss", "m", "a", "g"), flow("g", "se", "a_x == 3"), flow("g", "m", id_="again")),
        boundary("t", "sub", ON_SIGNAL), user("late"), end("e2"), chain("s", "sub", "e"),
        chain("t", "late", "e2"), extra=SIGNAL,
    )  # fmt: skip
    looped = definition(deep)
    instance = Instance(looped.spec, looped.called, script_engine=looped.engine(context()))
    settle(instance, Settling())
    for _ in range(400):
        [task] = open_tasks(instance)
        runtime.complete_task(looped, instance, task.id, {"x": 1})
        settle(instance, Settling())

    runtime.deliver(instance, "go")
    settle(instance, Settling())

    assert [task.task_spec.name for task in open_tasks(instance)] == ["late"]


def _joins_in_a_loop() -> str:
    return simple(
        gateway("m"),
        gateway("sp", "parallel"),
        user("a"),
        user("b"),
        gateway("j", "parallel"),
        gateway("isp", "inclusive", default="plain"),
        gateway("left"),
        gateway("right"),
        gateway("ij", "inclusive"),
        user("d"),
        gateway("g", default="again"),
        chain("s", "m", "sp", "a", "j"),
        chain("sp", "b", "j", "isp"),
        flow("isp", "left", "a_x == 1"),
        flow("isp", "right", id_="plain"),
        chain("left", "ij"),
        chain("right", "ij", "d", "g"),
        flow("g", "e", "d_x == 3"),
        flow("g", "m", id_="again"),
    )


def test_3_a_branch_that_ends_last_does_not_undo_the_others() -> None:
    run = Run(definition(SHAPES["parallel_loop"]))
    for name in "abc":
        run.complete(name, x=0)
    run.complete("d", x=1)  # round again: every branch now carries the old answers of all

    run.complete("b", x=2)
    run.complete("a", x=1)
    run.complete("c", x=3)

    data = run.data("d")
    assert (data["a_x"], data["b_x"], data["c_x"], data["d_x"]) == (1, 2, 3, 1)


def test_3_a_join_merges_in_the_same_way_whatever_the_order() -> None:
    seen = []
    for order in ("abc", "acb", "bac", "bca", "cab", "cba"):
        run = Run(definition(PARALLEL))
        for name in order:
            run.complete(name, x=ord(name) % 4)
        seen.append(run.data("d"))

    assert all(data == seen[0] for data in seen)
    assert {name: seen[0][f"{name}_x"] for name in "abc"} == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize("shape", ["parallel_loop", "inclusive_loop"])
def test_3_a_join_waits_for_its_branches_in_every_round(shape: str) -> None:
    """The stock joins count tokens of earlier rounds, or stop looking at the first one."""
    run, chance = Run(definition(SHAPES[shape])), random.Random(7)  # noqa: S311
    for _ in range(12):
        if "q" in run.open:
            run.complete("q", x=3)
        branches = run.open
        assert len(branches) == (3 if shape == "parallel_loop" else 2)
        chance.shuffle(branches)
        for number, name in enumerate(branches):
            assert sorted(branches[number:]) == run.open
            run.complete(name, x=number)
        assert run.open == ["d"]
        assert [run.data("d")[f"{name}_x"] for name in branches] == list(range(len(branches)))
        run.complete("d", x=0)
