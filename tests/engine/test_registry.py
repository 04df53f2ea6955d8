"""Handlers: registered once, called by name, and they answer what they declared."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.engine.conftest import NOW
from tests.engine.diagrams import chain, definition, service, simple, user
from tests.engine.driver import Run
from workflow.engine.errors import HandlerInvalid, ProcessInvalid
from workflow.engine.registry import StepContext, service_task

CALLING = simple(service("n", "test.act", who='"GL"'), user("a"), chain("s", "n", "a", "e"))


def test_a_duplicate_name_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="twice"):
        service_task("test.note")(lambda _context: None)


def test_a_result_must_have_a_usable_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="unusable"):
        service_task("test.other", decides=("no-name",))(lambda _context: None)


def test_a_handler_gets_the_context_and_its_answers_become_flat_names() -> None:
    seen: list[tuple[StepContext, object]] = []

    @service_task("test.act", decides=("step", "left_out"))
    def act(context: StepContext, *, who: str) -> dict[str, object]:
        seen.append((context, who))
        return {"step": "guardian"}

    run = Run(definition(CALLING))

    assert [(context.at, context.via, who) for context, who in seen] == [(NOW, "test", "GL")]
    assert run.data("a") == {"n_step": "guardian", "n_left_out": None}


def test_an_undeclared_answer_is_an_error() -> None:
    @service_task("test.act")
    def act(_context: StepContext, *, who: str) -> dict[str, object]:
        return {"surprise": who}

    with pytest.raises(HandlerInvalid, match="surprise"):
        Run(definition(CALLING))


def test_a_name_that_nobody_registered_is_an_error_of_the_step() -> None:
    with pytest.raises(HandlerInvalid, match=r"test\.act"):
        Run(definition(CALLING))


@pytest.mark.parametrize("value", [{"nested": 1}, "x" * 201, object(), 2**60, float("nan")])
def test_only_small_flat_values_enter_the_process(value: object) -> None:
    @service_task("test.act", decides=("step",))
    def act(_context: StepContext, *, who: str) -> dict[str, object]:
        return {"step": value}

    with pytest.raises(ProcessInvalid):
        Run(definition(CALLING))
