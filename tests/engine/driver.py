"""Drives one instance through the runtime as the product does: bytes in, bytes out, every step."""

from datetime import datetime
from typing import Any

from tests.engine.conftest import NOW, context
from workflow.engine import codec, runtime, sending_back
from workflow.engine.definitions import Definition
from workflow.engine.loop import open_tasks
from workflow.engine.outcomes import EngineEvent, Outcome


class Run:
    """`open` are the ids of the tasks people see, in order of the diagram's elements."""

    def __init__(self, definition: Definition, at: datetime = NOW) -> None:
        self.definition = definition
        self.events: list[EngineEvent] = []
        self.outcome = self._keep(runtime.start(definition, context(at)))

    def complete(self, name: str, at: datetime = NOW, **decisions: object) -> Outcome:
        return self.step(at, complete=self.task(name), decisions=decisions)

    def tick(self, at: datetime) -> Outcome:
        return self.step(at)

    def signal(self, name: str, at: datetime = NOW) -> Outcome:
        return self.step(at, signal=name)

    def send_back(self, name: str, to: str, at: datetime = NOW) -> Outcome:
        state, engine_id = self.outcome.state, self.task(name)
        return self._keep(
            sending_back.send_back(self.definition, state, context(at), engine_id=engine_id, to=to)
        )

    def step(self, at: datetime, **moves: Any) -> Outcome:
        return self._keep(
            runtime.advance(self.definition, self.outcome.state, context(at), **moves)
        )

    def task(self, name: str) -> str:
        return str(next(task.id for task in self._tasks() if task.task_spec.bpmn_id == name))

    @property
    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self._tasks())

    def data(self, name: str) -> dict[str, Any]:
        """What the open task `name` knows."""
        return dict(next(t for t in self._tasks() if t.task_spec.bpmn_id == name).data)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def restored(self, at: datetime = NOW) -> Any:
        engine = self.definition.engine(context(at))
        return codec.load(self.definition, self.outcome.state, engine)

    def _tasks(self) -> list[Any]:
        return open_tasks(self.restored())

    def _keep(self, outcome: Outcome) -> Outcome:
        self.outcome = outcome
        self.events.extend(outcome.events)
        return outcome
