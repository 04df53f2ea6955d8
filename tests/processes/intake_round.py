"""Walks bpmn/intake.bpmn through the real engine, without a database, handlers being stand-ins."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from parties.calendar import CalendarView
from tests.factories import NOW
from workflow import clocks
from workflow.engine import bundles, definitions, registry, runtime
from workflow.engine.definitions import Definition
from workflow.engine.outcomes import OpenTask, Outcome
from workflow.engine.registry import StepContext, service_task

#: Operator and the results it declares.
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "read_hints": ("trigger", "danger", "repeated", "needs_family", "individual", "level"),
    "keep_proposal": (),
    "undecided": (),
    "route": (),
}
CALM: Final = {
    "trigger": "academic",
    "danger": "no",
    "repeated": "yes",
    "needs_family": "no",
    "individual": "yes",
    "level": "none",
}


@dataclass
class IntakeRound:
    """One run; before every step the state goes through bytes, as between two transactions."""

    definition: Definition
    said: Mapping[str, str]
    at: datetime = NOW
    calendar: CalendarView = field(default_factory=CalendarView)
    open: dict[str, OpenTask] = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    state: bytes = b""
    finished: bool = False

    def begin(self) -> None:
        self._take(runtime.start(self.definition, self._context()))

    def do(self, task: str, **decisions: object) -> None:
        self._step(complete=self.open[task].engine_id, decisions=decisions)

    def wait(self, until: datetime) -> None:
        self.at = until
        self._step()

    def called(self, operator: str) -> list[Mapping[str, Any]]:
        return [params for name, params in self.calls if name == operator]

    def _step(self, **act: Any) -> None:
        self._take(runtime.advance(self.definition, self.state, self._context(), **act))

    def _context(self) -> StepContext:
        book = clocks.book({}, self.calendar)
        return StepContext(
            school_id=1,
            case_id=UUID(int=1),
            instance_id=UUID(int=2),
            at=self.at,
            by=None,
            via="test",
            clocks=lambda name: book.due(name, anchors={}, at=self.at),
        )

    def _take(self, outcome: Outcome) -> None:
        assert not outcome.spent
        self.state, self.finished = outcome.state, outcome.finished
        gone = outcome.closed | {outcome.completed}
        self.open = {
            name: task for name, task in self.open.items() if task.engine_id not in gone
        } | {task.bpmn_id: task for task in outcome.opened}


@contextmanager
def intake(said: Mapping[str, str], calendar: CalendarView) -> Iterator[IntakeRound]:
    """Stand-ins in place of the real handlers; yields a run that has begun."""
    kept = dict(registry._handlers)
    registry._handlers.clear()
    runs: list[IntakeRound] = []

    def stand_in(operator: str) -> Any:
        def handler(_context: StepContext, **params: Any) -> dict[str, str]:
            runs[0].calls.append((operator, params))
            return {result: runs[0].said[result] for result in OPERATORS[operator]}

        return handler

    try:
        for operator, results in OPERATORS.items():
            service_task(f"intake.{operator}", decides=results)(stand_in(operator))
        files = bundles.read_folder(settings.BPMN_DIR)
        definition = definitions.parse(bundles.collect("intake", files))
        runs.append(IntakeRound(definition, said, calendar=calendar))
        runs[0].begin()
        yield runs[0]
    finally:
        registry._handlers.clear()
        registry._handlers.update(kept)
