"""Our own step loop: due timers first, then boundary events, then everything else.

The stock loop runs a task inside a subprocess before the interrupting boundary event cancels it,
and walks the task tree, which dies silently at depth 1000. This one scans flat and has a budget.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import (
    BoundaryEvent,
    EventBasedGateway,
)
from SpiffWorkflow.util.task import TaskState

from workflow.engine import forgetting
from workflow.engine.elements import Instance
from workflow.engine.errors import FrozenInstance, mark
from workflow.engine.outcomes import EngineEvent

#: A boundary that does not interrupt hears these every time they come.
REPEATING: Final = (SignalEventDefinition, MessageEventDefinition, EscalationEventDefinition)

#: Engine steps in one transaction; a diagram that needs more is continued in the next.
BUDGET: Final = 1_000

#: Budgets in a row without a wait; after that the diagram runs in circles.
MAX_BUDGETS: Final = 10


@dataclass(slots=True)
class Settling:
    """What happened while an instance came to rest, over one or several calls of `settle`."""

    budget: int = BUDGET
    events: list[EngineEvent] = field(default_factory=list)

    def spent(self) -> bool:
        return self.budget <= 0


def settle(instance: Instance, settling: Settling) -> None:
    """Step until only people, time or events can move the instance on, or the budget is spent."""
    _wake_timers(instance)  # those that begin during this step look at their moment themselves
    while not settling.spent():
        ready = _ready(instance)
        if not ready:
            break
        for task in ready:
            if settling.spent():
                break
            if task._state != TaskState.READY or task.id not in task.workflow.tasks:
                continue  # an earlier one of this round has cancelled it
            _run(task, settling)
            if isinstance(task.task_spec, BoundaryEvent):
                break  # what it cancels must be gone before anything else runs
    settling.events.extend(
        EngineEvent("event.thrown", {"name": event.event_definition.name})
        for event in instance.get_events()
    )
    forgetting.forget(instance)


def open_tasks(instance: Instance) -> list[Any]:
    """User tasks that wait for a person, called processes first."""
    return [
        task
        for process in (*instance.subprocesses.values(), instance)
        for task in process.tasks.values()
        if task._state == TaskState.READY and task.task_spec.manual
    ]


def next_due(instance: Instance) -> datetime | None:
    """The least due moment of the timers that wait."""
    moments = [
        task.internal_data["event_value"]
        for task in instance.event_manager.tasks.values()
        if task._state == TaskState.WAITING and task.internal_data.get("event_value")
    ]
    return datetime.fromisoformat(min(moments)) if moments else None


def check_rest(instance: Instance) -> None:
    """Completed means that nothing is open, and open means that something can still move it.

    SpiffWorkflow has reported "completed" with open tasks, and hangs without a word on some
    elements. Either is an incident: raises FrozenInstance.
    """
    waiting = open_tasks(instance)
    if instance.completed and waiting:
        raise FrozenInstance("流程已结束，却仍有未办任务。", element=waiting[0].task_spec.name)
    if not instance.completed and not waiting and not instance.event_manager.tasks:
        raise FrozenInstance("流程未结束，却没有任何可等待的事。")


def _wake_timers(instance: Instance) -> None:
    now = instance.script_engine.at.astimezone(UTC).isoformat()
    for task in list(instance.event_manager.tasks.values()):
        if (task.internal_data.get("event_value") or "") > now:
            continue  # its moment is still to come
        spec = task.task_spec
        if isinstance(spec, EventBasedGateway) or isinstance(
            spec.event_definition, TimerEventDefinition
        ):
            with_element(task, spec._update)


def _ready(instance: Instance) -> list[Any]:
    """Automatic tasks: boundary events by their due moment, then the innermost process first."""
    running = [child for child in instance.subprocesses.values() if not child.completed]
    running.sort(key=lambda child: -child.depth)
    ready = [
        task
        for process in (*running, instance)
        for task in process.tasks.values()
        if task._state == TaskState.READY and not task.task_spec.manual
    ]
    return sorted(ready, key=_urgency)


def _urgency(task: Any) -> tuple[bool, str]:
    if isinstance(task.task_spec, BoundaryEvent):
        return False, task.internal_data.get("event_value") or ""
    return True, ""


def _run(task: Any, settling: Settling) -> None:
    settling.budget -= 1
    if (event := _caught(task)) is not None:
        settling.events.append(event)
    with_element(task, lambda task: task.run())
    task.internal_data.pop("seen_events", None)  # event objects, which cannot be stored
    if isinstance(task.task_spec, BoundaryEvent):
        _listen_again(task)


def _listen_again(task: Any) -> None:
    """What does not interrupt may come any number of times; in SpiffWorkflow it comes once."""
    spec, split = task.task_spec, task.parent
    if spec.cancel_activity or not isinstance(spec.event_definition, REPEATING):
        return
    activities = [t for t in split.children if not isinstance(t.task_spec, BoundaryEvent)]
    if all(activity.has_state(TaskState.FINISHED_MASK) for activity in activities):
        return
    again = split._add_child(spec, TaskState.WAITING)
    spec._update(again)


def with_element(task: Any, act: Any) -> None:
    """Errors keep their type and learn the element they happened at."""
    try:
        act(task)
    except Exception as error:
        mark(error, task.task_spec.bpmn_id or task.task_spec.name)
        raise


def _caught(task: Any) -> EngineEvent | None:
    """What is about to pass through a catching element, for the history of the case."""
    spec = task.task_spec
    if not isinstance(spec, CatchingEvent) or isinstance(
        spec.event_definition, NoneEventDefinition
    ):
        return None
    payload: dict[str, Any] = {"element": spec.bpmn_id}
    if isinstance(spec, BoundaryEvent):
        payload["task"] = spec.inputs[0].name.removesuffix(".BoundaryEventSplit")
        payload["interrupting"] = spec.cancel_activity
    due = task.internal_data.get("event_value")
    if due and datetime.fromisoformat(due) <= task.workflow.script_engine.at:
        return EngineEvent("timer.fired", {**payload, "due_at": due})
    return EngineEvent("event.caught", {**payload, "name": spec.event_definition.name})
