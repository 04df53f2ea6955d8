"""What a process says to the outside, and what it says to itself."""

from tests.engine.diagrams import catch, chain, definition, flow, gateway, simple, throw, user
from tests.engine.driver import Run
from tests.engine.shapes import ON_SIGNAL, SIGNAL
from workflow.engine.outcomes import EngineEvent


def test_a_thrown_event_is_an_event_of_the_step_that_threw_it() -> None:
    parts = user("a"), throw("t", ON_SIGNAL), user("b"), chain("s", "a", "t", "b", "e")
    run = Run(definition(simple(*parts, extra=SIGNAL)))
    assert run.events == []

    run.complete("a")
    assert run.open == ["b"]
    run.complete("b")

    assert run.events == [EngineEvent("event.thrown", {"name": "go"})]


def test_what_is_caught_by_the_same_process_is_told_once() -> None:
    branches = gateway("f", "parallel"), catch("c", ON_SIGNAL), user("a"), throw("t", ON_SIGNAL)
    flows = flow("s", "f"), flow("f", "c"), chain("c", "e"), chain("f", "a", "t", "e")
    run = Run(definition(simple(*branches, *flows, extra=SIGNAL)))

    run.complete("a")

    assert run.outcome.finished
    assert run.kinds() == ["event.caught"]
