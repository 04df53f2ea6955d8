"""Walks bpmn/meeting.bpmn through the real engine, without a database: people, messages and time.

Handlers are stand-ins that write down how they were called and answer what the test says; of the
follow-up that a meeting calls, those of its shortest way (it is walked elsewhere).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from tests.factories import NOW
from tests.records.meeting_days import CALENDAR, local
from workflow import clocks
from workflow.engine import bundles, definitions, registry, runtime
from workflow.engine.definitions import Definition
from workflow.engine.outcomes import OpenTask, Outcome
from workflow.engine.registry import StepContext, service_task

#: Operator and the results it declares.
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "begin": (), "prepared": (), "tell_slots": (), "unanswered": (), "next_try": ("step",),
    "invite": (), "call_off": (), "outcome": ("step",), "not_met": (), "hand_over": (),
    "record_state": ("effective",), "deliver_copy": ("paper",), "new_round": (), "close": (),
    "clock_missed": (), "follow_up.begin": (), "follow_up.which_week": ("step",),
    "follow_up.ask_family": ("scored",), "follow_up.judge": ("outcome",), "follow_up.settle": (),
}  # fmt: skip


APPOINTMENT: Final = local(14, 10, 45)


@dataclass
class Round:
    """One run of the process; `open` are its user tasks by name."""

    definition: Definition
    at: datetime = NOW
    #: The end of the agreed time.
    appointment: datetime = APPOINTMENT
    open: dict[str, OpenTask] = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    #: Answers of a stand-in, in order; the last one stays.
    answers: dict[str, list[str]] = field(default_factory=dict)
    state: bytes = b""
    next_due_at: datetime | None = None
    finished: bool = False

    def begin(self) -> "Round":
        self._take(runtime.start(self.definition, self._context()))
        return self

    def do(self, task: str, **decisions: object) -> None:
        self._step(complete=self.open[task].engine_id, decisions=decisions)

    def do_all(self, *tasks: str) -> None:
        for task in tasks:
            self.do(task)

    def hear(self, message: str) -> None:
        self._step(signal=message)

    def go_to(self, moment: datetime) -> None:
        self.at = moment
        self._step()

    def called(self, operator: str) -> list[Mapping[str, Any]]:
        return [params for name, params in self.calls if name == operator]

    def missed(self) -> list[str]:
        return [str(params["clock"]) for params in self.called("clock_missed")]

    def answer(self, operator: str, params: Mapping[str, Any]) -> dict[str, str]:
        self.calls.append((operator, params))
        told = self.answers.get(operator, [])
        return {result: _next(told) for result in OPERATORS[operator]}

    def _step(self, **act: Any) -> None:
        self._take(runtime.advance(self.definition, self.state, self._context(), **act))

    def _context(self) -> StepContext:
        book = clocks.book({}, CALENDAR)
        anchors = {"appointment": self.appointment, "round": self.at}
        return StepContext(
            school_id=1, case_id=UUID(int=1), instance_id=UUID(int=2), at=self.at, by=None,
            via="test", clocks=lambda name: book.due(name, anchors=anchors, at=self.at),
        )  # fmt: skip

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
def stood_in() -> Iterator[Round]:
    """Stand-ins in place of the meeting's handlers; the others stay, they are not reached."""
    kept = dict(registry._handlers)
    stands = {name: name if "." in name else f"meeting.{name}" for name in OPERATORS}
    for name in [name for name in kept if name.startswith("meeting.") or name in stands]:
        del registry._handlers[name]
    definition = definitions.parse(
        bundles.collect("meeting", bundles.read_folder(settings.BPMN_DIR))
    )
    round_ = Round(definition)
    for operator, results in OPERATORS.items():
        service_task(stands[operator], decides=results)(_stand_in(operator, round_))
    yield round_
    registry._handlers.clear()
    registry._handlers.update(kept)


def _stand_in(operator: str, round_: Round) -> Callable[..., dict[str, str]]:
    def handler(_context: StepContext, **params: Any) -> dict[str, str]:
        return round_.answer(operator, params)

    return handler
