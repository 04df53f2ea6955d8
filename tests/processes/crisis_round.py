"""Walks bpmn/crisis.bpmn through the real engine, without a database: people, time and danger.

Handlers are stand-ins that write down how they were called and answer what the test says. Before
every step the state goes through bytes, as it does between two transactions.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from parties.calendar import CalendarView
from tests.factories import MINUTE, NOW
from workflow import clocks
from workflow.engine import bundles, definitions, registry, runtime
from workflow.engine.definitions import Definition
from workflow.engine.outcomes import OpenTask, Outcome
from workflow.engine.registry import StepContext, service_task

#: Operator and the results it declares.
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "settle_triage": (),
    "shield_guardians": (),
    "next_contact": ("step",),
    "report_pending": ("still",),
    "report_settled": (),
    "stop_work": (),
    "open_zero_reports": (),
    "danger_ended": (),
    "tell_work_restriction": (),
    "next_follow_up": ("rhythm",),
    "record_finding": (),
    "check_closing": ("ready",),
    "close_case": (),
    "clock_missed": (),
    "danger_again": (),
}
#: What a stand-in changes in the case, as the real handler does.
_MOMENTS: Final = {
    "settle_triage": "triage",
    "danger_ended": "danger_over",
    "danger_again": "report",
}

REPORTS: Final = frozenset({"oral_report", "first_report", "written_report"})
#: What two people's triage of a usual red case opens at once.
AT_ONCE: Final = REPORTS | {"call_guardian", "report_decide", "protect", "meeting_urgent"}

TRIAGE: Final = {
    "type": "self_harm",
    "colour": "red",
    "safe_to_tell": "yes",
    "suspect_kind": "none",
    "at_company": "no",
    "serious": "no",
}


@dataclass
class Round:
    """One run of the process; `open` are its user tasks by name."""

    definition: Definition
    at: datetime = NOW
    open: dict[str, OpenTask] = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    #: Answers of a stand-in, in order; the last one stays.
    answers: dict[str, list[str]] = field(default_factory=dict)
    anchors: dict[str, datetime] = field(default_factory=lambda: {"report": NOW})
    state: bytes = b""
    next_due_at: datetime | None = None
    finished: bool = False

    def begin(self) -> None:
        self._take(runtime.start(self.definition, self._context()))

    def do(self, task: str, **decisions: object) -> None:
        engine_id = self.open[task].engine_id
        self._step(complete=engine_id, decisions=decisions)

    def wait(self, *, until: datetime | None = None, minutes: int = 0) -> None:
        self.at = until or self.at + minutes * MINUTE
        self._step()

    def danger_again(self) -> None:
        self._step(signal="danger_again")

    def called(self, operator: str) -> list[Mapping[str, Any]]:
        return [params for name, params in self.calls if name == operator]

    def missed(self) -> list[tuple[Any, Any]]:
        """Clock and late task of every missed clock, in order."""
        return [(params["clock"], params["task"]) for params in self.called("clock_missed")]

    def answer(self, operator: str, params: Mapping[str, Any]) -> dict[str, str]:
        """What the stand-in of `operator` does."""
        self.calls.append((operator, params))
        if operator in _MOMENTS:
            self.anchors[_MOMENTS[operator]] = self.at
        told = self.answers.get(operator, [])
        return {result: _next(told) for result in OPERATORS[operator]}

    def _step(self, **act: Any) -> None:
        self._take(runtime.advance(self.definition, self.state, self._context(), **act))

    def _context(self) -> StepContext:
        book = clocks.book({}, CalendarView())
        return StepContext(
            school_id=1,
            case_id=UUID(int=1),
            instance_id=UUID(int=2),
            at=self.at,
            by=None,
            via="test",
            clocks=lambda name: book.due(name, anchors=self.anchors, at=self.at),
        )

    def _take(self, outcome: Outcome) -> None:
        assert not outcome.spent
        self.state, self.finished = outcome.state, outcome.finished
        self.next_due_at = outcome.next_due_at
        gone = outcome.closed | {outcome.completed}
        self.open = {
            name: task for name, task in self.open.items() if task.engine_id not in gone
        } | {task.bpmn_id: task for task in outcome.opened}


def _next(told: list[str]) -> str:
    return told.pop(0) if len(told) > 1 else told[0]


@contextmanager
def stood_in() -> Iterator[Callable[[], Round]]:
    """Stand-ins in place of the real handlers; yields a maker of rounds."""
    kept = dict(registry._handlers)
    registry._handlers.clear()
    rounds: list[Round] = []
    for operator, results in OPERATORS.items():
        service_task(f"crisis.{operator}", decides=results)(_stand_in(operator, rounds))
    files = bundles.read_folder(settings.BPMN_DIR)
    definition = definitions.parse(bundles.collect("crisis", files))

    def make() -> Round:
        rounds[:] = [Round(definition)]
        return rounds[0]

    yield make
    registry._handlers.clear()
    registry._handlers.update(kept)


def _stand_in(operator: str, rounds: list[Round]) -> Callable[..., dict[str, str]]:
    def handler(_context: StepContext, **params: Any) -> dict[str, str]:
        return rounds[0].answer(operator, params)

    return handler


# --- the ways a case usually goes -----------------------------------------------------------------


def triaged(case: Round, **decisions: str) -> Round:
    """Acknowledged, and two people agreed."""
    if "acknowledge" in case.open:
        case.do("acknowledge")
    case.do("triage", **{**TRIAGE, **decisions})
    case.do("triage_confirm", agree="yes", safe_to_tell=decisions.get("safe_to_tell", "yes"))
    return case


def told(case: Round) -> None:
    while calls := [name for name in case.open if name.startswith("call_")]:
        case.do(calls[0], outcome="reached")


def reported(case: Round, outcome: str = "reported") -> None:
    case.do("report_decide", outcome=outcome)
    case.do("report_confirm", agree="yes")


def do_all(case: Round, *tasks: str) -> None:
    for task in tasks:
        case.do(task)


def handled(case: Round, *, away: str = "no") -> None:
    """Everything of the first days is done and the danger is over."""
    told(case)
    reported(case)
    do_all(case, *sorted(REPORTS), "protect")
    case.do("meeting_urgent" if "meeting_urgent" in case.open else "meeting")
    case.do("safety_plan")
    case.do("danger_over", away=away)


def quiet(case: Round) -> Round:
    """Ready to be closed."""
    handled(case)
    do_all(case, "inform_after", "final_report")
    return case
