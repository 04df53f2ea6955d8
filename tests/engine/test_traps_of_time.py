"""One test per trap of SpiffWorkflow (engine.md 2), continued: time, safety, definitions."""

import random
from datetime import timedelta

import orjson
import pytest

from tests.engine.conftest import HOUR, MINUTE, NOW, context
from tests.engine.diagrams import (
    boundary,
    bundle,
    chain,
    definition,
    end,
    flow,
    gateway,
    service,
    simple,
    start,
    sub,
    timer,
    user,
)
from tests.engine.driver import Run
from tests.engine.shapes import LINEAR, ON_SIGNAL, SHAPES, SIGNAL, TIERS, circling
from tests.engine.walks import snapshot
from workflow.engine import codec
from workflow.engine.definitions import Definition, parse
from workflow.engine.environment import ClosedEnvironment, Engine
from workflow.engine.errors import (
    ExpressionFailed,
    NobodyListens,
    ProcessInvalid,
    StateUnreadable,
    TaskGone,
)
from workflow.engine.registry import StepContext, service_task


def test_4_neither_restoring_nor_sending_back_moves_an_outer_deadline() -> None:
    outer = simple(
        sub("sub", start("ss"), user("sa"), user("sb"), end("se"), chain("ss", "sa", "sb", "se")),
        chain("s", "sub", "e"),
        boundary("t", "sub", timer('"PT5H"')),
        user("late"),
        end("e2"),
        chain("t", "late", "e2"),
    )
    run = Run(definition(outer))
    due = run.outcome.next_due_at
    run.complete("sa", at=NOW + HOUR)
    run.send_back("sb", "sa", at=NOW + 2 * HOUR)

    assert due == NOW + 5 * HOUR
    assert run.outcome.next_due_at == due
    assert run.open == ["sa"]


def test_5_cycles_and_months_are_refused_because_they_drift() -> None:
    for bad in ('"R3/2024-01-31/P1M"', '"R/P1D"'):
        with pytest.raises(ProcessInvalid):
            definition(simple(user("a"), boundary("t", "a", timer(bad, "timeCycle")), end("x"),
                              chain("s", "a", "e"), flow("t", "x")))  # fmt: skip
    monthly = definition(_reminded('"P1M"'))
    with pytest.raises(ExpressionFailed):
        Run(monthly)


def _reminded(expression: str) -> str:
    return simple(
        user("a"), boundary("t", "a", timer(expression)), end("x"), chain("s", "a", "e"),
        flow("t", "x"),
    )  # fmt: skip


def test_6_an_interrupting_event_comes_before_the_tasks_it_cancels() -> None:
    ran: list[str] = []

    @service_task("test.act")
    def act(_context: StepContext) -> None:
        ran.append("acted")

    inside = sub(
        "sub",
        start("ss"),
        user("sa"),
        end("se"),
        chain("ss", "sa", "se"),
        boundary("inner", "sa", timer('"PT1H"')),
        service("n", "test.act"),
        end("se2"),
        chain("inner", "n", "se2"),
    )
    outside = simple(
        inside,
        boundary("t", "sub", timer('"PT1H"')),
        user("late"),
        end("e2"),
        chain("s", "sub", "e"),
        chain("t", "late", "e2"),
    )
    run = Run(definition(outside))
    run.tick(NOW + HOUR)

    assert run.open == ["late"]
    assert ran == []


def test_7_nothing_is_ever_given_to_python() -> None:
    with pytest.raises(ProcessInvalid):
        definition(simple(user("a"), gateway("g", default="d"), chain("s", "a", "g"),
                          flow("g", "e", "().__class__.__base__.__subclasses__()"),
                          flow("g", "e", id_="d")))  # fmt: skip


def test_7_a_restored_instance_and_its_subprocesses_have_our_evaluator() -> None:
    run = Run(definition(SHAPES["call_nested"]))

    restored = run.restored()

    engines = [restored.script_engine, *(s.script_engine for s in restored.subprocesses.values())]
    assert len(engines) == 3
    assert {type(engine) for engine in engines} == {Engine}
    assert {type(engine.environment) for engine in engines} == {ClosedEnvironment}


def test_8_an_error_of_a_handler_keeps_its_type_and_names_its_element() -> None:
    class Boom(Exception):
        pass

    @service_task("test.boom")
    def boom(_context: StepContext) -> None:
        raise Boom("no")

    run = Run(definition(simple(user("a"), service("n", "test.boom"), chain("s", "a", "n", "e"))))

    with pytest.raises(Boom) as caught:
        run.complete("a")
    assert caught.value.__notes__ == ["bpmn element: n"]
    assert run.open == ["a"]


def test_9_a_signal_reaches_its_element_and_is_refused_when_nobody_listens() -> None:
    heard = simple(
        user("a"), boundary("m", "a", ON_SIGNAL), user("r"), end("e2"), chain("s", "a", "e"),
        chain("m", "r", "e2"), extra=SIGNAL,
    )  # fmt: skip
    run = Run(definition(heard))

    with pytest.raises(NobodyListens):
        run.signal("unheard of")
    run.signal("go")

    assert run.open == ["r"]
    with pytest.raises(NobodyListens):
        run.signal("go")


def test_9_a_reminding_signal_is_heard_every_time_until_the_task_is_done() -> None:
    run = Run(definition(SHAPES["signal_reminding"]))
    for number in range(1, 4):
        run.signal("go")
        assert run.open == ["a", *["late"] * number]

    run.complete("a")

    with pytest.raises(NobodyListens):
        run.signal("go")
    for _ in range(3):
        run.complete("late")
    run.complete("b")
    assert run.outcome.finished


def test_10_a_timer_fires_exactly_when_it_is_due_and_not_before() -> None:
    run = Run(definition(SHAPES["boundary_interrupting"]))
    due = run.outcome.next_due_at
    assert due == NOW + HOUR

    run.tick(due - timedelta(microseconds=1))
    assert run.open == ["a"]
    run.tick(due)

    assert run.open == ["late"]
    assert run.outcome.next_due_at is None
    [fired] = run.events
    assert (fired.kind, fired.payload["element"], fired.payload["task"]) == (
        "timer.fired",
        "t",
        "a",
    )


def test_10_a_duration_must_be_quoted() -> None:
    with pytest.raises(ExpressionFailed, match="PT1H"):
        Run(definition(_reminded("PT1H")))


def test_11_state_of_another_codec_version_is_refused() -> None:
    run = Run(definition(LINEAR))
    version, *rest = orjson.loads(run.outcome.state)

    with pytest.raises(StateUnreadable):
        codec.load(
            run.definition, orjson.dumps([version + 1, *rest]), run.definition.engine(context())
        )
    other = definition(simple(user("other"), chain("s", "other", "e")))
    with pytest.raises(StateUnreadable):
        codec.load(other, run.outcome.state, other.engine(context()))


def test_12_there_are_no_scripts_before_or_after_a_task() -> None:
    for kind in ("preScript", "postScript"):
        xml = LINEAR.replace(
            "<bpmn:extensionElements>",
            f"<bpmn:extensionElements><spiffworkflow:{kind}>x = 1</spiffworkflow:{kind}>",
            1,
        )
        with pytest.raises(ProcessInvalid):
            definition(xml)


def test_what_is_due_is_settled_before_a_completion() -> None:
    """A second late: the missed clock is a fact, and the task is done all the same."""
    run = Run(definition(SHAPES["boundary_reminding"]))
    due = run.outcome.next_due_at
    assert due is not None

    run.complete("a", at=due + timedelta(seconds=1))

    assert run.kinds() == ["timer.fired"]
    assert run.open == ["late"]


def test_an_interrupting_deadline_takes_the_task_away_from_a_late_person() -> None:
    run = Run(definition(SHAPES["boundary_interrupting"]))

    with pytest.raises(TaskGone):
        run.complete("a", at=NOW + 2 * HOUR)


def test_several_missed_deadlines_fire_in_the_order_of_their_moments() -> None:
    run = Run(definition(SHAPES["boundary_both"]))

    run.tick(NOW + 9 * HOUR)

    assert [event.payload["element"] for event in run.events] == ["r", "t"]
    assert run.open == ["late"]


def test_several_instances_end_after_a_restart_in_a_fresh_process() -> None:
    for shape in ("instances_parallel", "instances_sequential", "instances_call"):
        run = Run(parse(bundle(SHAPES[shape])))
        run.complete("a")
        for _ in range(12):
            run.definition = parse(bundle(SHAPES[shape]))
            if run.open == ["b"]:
                break
            run.complete(run.open[0])

        assert run.open == ["b"], shape


@pytest.mark.parametrize("shape", SHAPES)
def test_running_never_changes_a_definition(shape: str) -> None:
    parsed = definition(SHAPES[shape], *_tables(shape))
    before = _fingerprint(parsed)

    for seed in range(5):
        chance, run = random.Random(seed), Run(parsed)  # noqa: S311
        for hour in range(1, 12):
            if run.outcome.finished:
                break
            if run.open and chance.random() < 0.6:
                run.complete(run.open[0], x=chance.randint(0, 3))
            elif "signal" in shape or "event" in shape:
                _try_signal(run)
            else:
                run.tick(NOW + hour * HOUR)

    assert _fingerprint(parsed) == before


def _try_signal(run: Run) -> None:
    try:
        run.signal("go")
    except NobodyListens:
        run.complete(run.open[0])


def _tables(shape: str) -> list[str]:
    return [TIERS] if shape == "service_and_table" else []


def _fingerprint(parsed: Definition) -> list[object]:
    return [
        (spec.name, tuple(spec._inputs), tuple(spec._outputs), spec.completed_event.n_subscribers())
        for spec in parsed.specs()
    ]


def test_running_in_circles_spends_the_budget_and_says_so() -> None:
    @service_task("test.never", decides=("done",))
    def never(_context: StepContext) -> dict[str, object]:
        return {"done": False}

    run = Run(definition(circling("test.never", "n_done")))
    assert (run.outcome.spent, run.outcome.next_due_at) == (True, NOW)

    run.tick(NOW + HOUR)

    assert (run.outcome.spent, run.outcome.next_due_at) == (True, NOW + HOUR)


def test_a_restored_instance_is_equal_right_after_the_start() -> None:
    run = Run(definition(SHAPES["call_nested"]))

    assert snapshot(run.restored()) == snapshot(run.restored())
    assert run.outcome.next_due_at == NOW + 30 * MINUTE
