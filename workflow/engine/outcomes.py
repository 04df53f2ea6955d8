"""What one step says: facts for the caller, who decides what they mean for the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.engine.values import Flat


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """A user task that a person has to do now.

    `role` is the lane. `properties` are the extension properties of the diagram (roles, instead,
    four_eyes, exclude, ...) as written there. `item` says which instance of a multi-instance task.
    """

    engine_id: str
    bpmn_id: str
    name: str
    role: str
    form: str
    clock: str
    due_at: datetime | None
    item: Flat
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """`kind` is one of timer.fired, event.caught, event.thrown; `payload` holds ids and codes."""

    kind: str
    payload: Mapping[str, Flat]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """After a step.

    `spent` means that the budget ran out before the instance came to rest: save, and step again at
    once (`next_due_at` is now). `closed` are engine ids of tasks that vanished without anybody
    completing them; `completed` is the one that was completed. `handled` means that a handler ran.
    """

    state: bytes
    next_due_at: datetime | None
    finished: bool
    spent: bool
    opened: tuple[OpenTask, ...]
    closed: frozenset[str]
    completed: str | None
    events: tuple[EngineEvent, ...]
    handled: bool = False
