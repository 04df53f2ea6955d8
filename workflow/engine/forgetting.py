"""What nothing in a process can come back to: half of a state, read and written at each step.

Joins ask for tokens and for what lies above them, 退回 for what people did; neither ever asks for
a called process that is over, nor for a deadline that was met.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from workflow.engine.elements import Instance


def forget(instance: Instance) -> None:
    """Drop finished called processes, and boundary events that never came."""
    for owner in _over(instance):
        del instance.subprocesses[owner]
    for process in (*instance.subprocesses.values(), instance):
        for task in _never_came(process.tasks.values()):
            task.parent._children.remove(task.id)
            del process.tasks[task.id]


def _over(instance: Instance) -> list[str]:
    """Callers that have got the result, or were cancelled together with what they called."""
    return [
        owner
        for owner, child in instance.subprocesses.items()
        if child.completed and instance.get_task_from_id(owner)._state & TaskState.FINISHED_MASK
    ]


def _never_came(tasks: Iterable[Any]) -> list[Any]:
    return [
        task
        for task in tasks
        if task._state == TaskState.CANCELLED
        and isinstance(task.task_spec, BoundaryEvent)
        and not task._children
    ]
