"""Runs processes, without any database: a definition and state in, an Outcome out.

The caller holds the lock on the instance and writes the outcome in the same transaction.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from workflow.engine import codec
from workflow.engine.definitions import Definition, properties
from workflow.engine.elements import Instance
from workflow.engine.errors import NobodyListens, ProcessInvalid, TaskGone
from workflow.engine.loop import (
    Settling,
    check_rest,
    next_due,
    open_tasks,
    settle,
    with_element,
)
from workflow.engine.outcomes import OpenTask, Outcome
from workflow.engine.registry import StepContext
from workflow.engine.values import flat, flat_names


def start(definition: Definition, context: StepContext) -> Outcome:
    """Begin a new instance."""
    engine = definition.engine(context)
    instance = Instance(definition.spec, definition.called, script_engine=engine)
    settling = Settling()
    settle(instance, settling)
    return outcome_of(instance, context, settling, before=frozenset(), completed=None)


def advance(
    definition: Definition,
    state: bytes,
    context: StepContext,
    *,
    complete: str | None = None,
    decisions: Mapping[str, object] | None = None,
    signal: str | None = None,
) -> Outcome:
    """Let time pass up to `context.at`; then complete one task, or deliver one signal.

    What was due is settled first: a deadline that was missed by a second is missed, even if the
    task is completed in this very step. `decisions` are answers by property name; only those that
    the task's form declares may be given, and a missing one is None.

    Raises:
        TaskGone: the task is not waiting (any more, or because of what was due).
        NobodyListens: nothing waits for the signal.
    """
    instance = codec.load(definition, state, definition.engine(context))
    before = frozenset(task.id for task in open_tasks(instance))
    settling = Settling()
    settle(instance, settling)
    if complete is not None:
        complete_task(definition, instance, complete, decisions or {})
    if signal is not None:
        deliver(instance, signal)
    settle(instance, settling)
    return outcome_of(instance, context, settling, before=before, completed=complete)


def complete_task(
    definition: Definition,
    instance: Instance,
    engine_id: str,
    decisions: Mapping[str, object],
) -> None:
    task = next((task for task in open_tasks(instance) if task.id == engine_id), None)
    if task is None:
        raise TaskGone("该任务已不在待办中，请刷新后重试。", task=engine_id)
    spec = task.task_spec
    declared = definition.decides(spec)
    if surplus := sorted(decisions.keys() - set(declared)):
        raise ProcessInvalid(f"表单没有声明这些决定：{surplus}。", element=spec.bpmn_id)
    answers = {name: decisions.get(name) for name in declared}
    task.data.update(flat_names(spec.bpmn_id, answers))
    with_element(task, lambda task: task.run())


def deliver(instance: Instance, signal: str) -> None:
    """Signals and messages alike, by name.

    The definition comes from the diagram: SpiffWorkflow matches events by exact class, and queues
    one that does not match for ever.
    """
    waiting = [task for task in instance.event_manager.tasks.values() if _open(task)]
    for task in waiting:
        for definition in _definitions(task.task_spec.event_definition):
            if definition.name == signal and isinstance(
                definition, SignalEventDefinition | MessageEventDefinition
            ):
                instance.send_event(BpmnEvent(definition))
                return
    raise NobodyListens("流程此刻不等待这个信号。", signal=signal)


def _open(task: Any) -> bool:
    return bool(task._state == TaskState.WAITING)


def _definitions(definition: Any) -> list[Any]:
    return list(getattr(definition, "event_definitions", None) or [definition])


def outcome_of(
    instance: Instance,
    context: StepContext,
    settling: Settling,
    *,
    before: frozenset[str],
    completed: str | None,
) -> Outcome:
    if not settling.spent():
        check_rest(instance)
    waiting = open_tasks(instance)
    now_open = frozenset(task.id for task in waiting)
    return Outcome(
        state=codec.dump(instance),
        next_due_at=context.at if settling.spent() else next_due(instance),
        finished=instance.completed and not settling.spent(),
        spent=settling.spent(),
        opened=tuple(_open_task(task, context) for task in waiting if task.id not in before),
        closed=before - now_open - {completed or ""},
        completed=completed,
        events=tuple(settling.events),
        handled=instance.script_engine.handled,
    )


def _open_task(task: Any, context: StepContext) -> OpenTask:
    spec = task.task_spec
    written = properties(spec)
    clock = written.get("clock", "")
    item = task.internal_data.get("item", task.internal_data.get("key_or_index"))
    return OpenTask(
        engine_id=task.id,
        bpmn_id=spec.bpmn_id,
        name=spec.bpmn_name or spec.bpmn_id,
        role=spec.lane or "",
        form=written.get("form", ""),
        clock=clock,
        due_at=context.clocks(clock) if clock else None,
        item=flat(item, name=spec.bpmn_id),
        properties=written,
    )


def waiting(definition: Definition, state: bytes, context: StepContext) -> list[str]:
    """Engine ids of the tasks that wait for a person in a stored state."""
    instance = codec.load(definition, state, definition.engine(context))
    return [task.id for task in open_tasks(instance)]
