"""Walks bpmn/follow_up.bpmn through the real engine, without a database: people, time, a score.

Handlers are stand-ins that write down how they were called and answer what the test says.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from parties.calendar import CalendarView
from tests.records.agreed import MONDAY
from workflow import clocks
from workflow.engine import bundles, definitions, registry, runtime
from workflow.engine.definitions import Definition
from workflow.engine.outcomes import OpenTask, Outcome
from workflow.engine.registry import StepContext, service_task

#: Operator and the results it declares.
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "begin": (),
    "which_week": ("step",),
    "late": (),
    "ask_upgrade": (),
    "ask_family": ("scored",),
    "family_silent": (),
    "judge": ("outcome",),
    "new_round": ("more",),
    "settle": (),
}
WEEKS: Final = ["week2", "week4", "week8", "end"]


@dataclass
class Round:
    """One run of the process; `open` are its user tasks by name."""

    definition: Definition
    at: datetime = MONDAY
    calendar: CalendarView = field(default_factory=CalendarView)
    open: dict[str, OpenTask] = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    #: Answers of a stand-in, in order; the last one stays.
    answers: dict[str, list[str]] = field(
        default_factory=lambda: {
            "which_week": list(WEEKS), "ask_family": ["no"], "judge": ["reached"],
            "new_round": ["yes"],
        }
    )  # fmt: skip
    state: bytes = b""
    next_due_at: datetime | None = None
    finished: bool = False
    #: When the running round began.
    begun_at: datetime = MONDAY

    def begin(self) -> None:
        self._take(runtime.start(self.definition, self._context()))

    def do(self, task: str, **decisions: object) -> None:
        self._step(complete=self.open[task].engine_id, decisions=decisions)

    def contact(self, *, danger: str = "no", adjust: str = "no") -> None:
        """Wait for the next contact and hold it."""
        assert self.next_due_at is not None
        self.until(self.next_due_at)
        self.do("hold_contact", danger=danger, adjust=adjust)

    def to_the_end(self) -> "Round":
        """All three contacts are held."""
        for _ in range(3):
            self.contact()
        return self

    def until(self, moment: datetime) -> None:
        self.at = moment
        self._step()

    def family_scores(self) -> None:
        self._step(signal="effect_scored_by_family")

    def called(self, operator: str) -> list[Mapping[str, Any]]:
        return [params for name, params in self.calls if name == operator]

    def answer(self, operator: str, params: Mapping[str, Any]) -> dict[str, str]:
        self.calls.append((operator, params))
        if operator in ("begin", "new_round"):
            self.begun_at = self.at
        told = self.answers.get(operator, [])
        return {result: told.pop(0) if len(told) > 1 else told[0] for result in OPERATORS[operator]}

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
            clocks=lambda name: book.due(name, anchors={"round": self.begun_at}, at=self.at),
        )

    def _take(self, outcome: Outcome) -> None:
        assert not outcome.spent
        self.state, self.finished = outcome.state, outcome.finished
        self.next_due_at = outcome.next_due_at
        gone = outcome.closed | {outcome.completed}
        self.open = {
            name: task for name, task in self.open.items() if task.engine_id not in gone
        } | {task.bpmn_id: task for task in outcome.opened}


@contextmanager
def stood_in() -> Iterator[Callable[..., Round]]:
    """Stand-ins in place of the real handlers; yields a maker of rounds that have begun."""
    kept = dict(registry._handlers)
    registry._handlers.clear()
    rounds: list[Round] = []
    for operator, results in OPERATORS.items():
        service_task(f"follow_up.{operator}", decides=results)(_stand_in(operator, rounds))
    files = bundles.read_folder(settings.BPMN_DIR)
    definition = definitions.parse(bundles.collect("follow_up", files))

    def make(**calendar: bool) -> Round:
        days = {date.fromisoformat(day): working for day, working in calendar.items()}
        rounds[:] = [Round(definition, calendar=CalendarView(days))]
        rounds[0].begin()
        return rounds[0]

    yield make
    registry._handlers.clear()
    registry._handlers.update(kept)


def _stand_in(operator: str, rounds: list[Round]) -> Callable[..., dict[str, str]]:
    def handler(_context: StepContext, **params: Any) -> dict[str, str]:
        return rounds[0].answer(operator, params)

    return handler
