"""退回: put an instance back to a task that was done earlier on the same path.

SpiffWorkflow's own reset restarts the deadlines of every outer sub-process and leaves removed
timers listening. Here the path below the task is forgotten whole and begun again, nothing else.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.util.task import TaskState

from parties.errors import InvalidInput
from workflow.engine import codec
from workflow.engine.definitions import Definition
from workflow.engine.elements import Instance
from workflow.engine.errors import TaskGone
from workflow.engine.loop import Settling, open_tasks, settle
from workflow.engine.outcomes import Outcome
from workflow.engine.registry import StepContext
from workflow.engine.runtime import outcome_of


def send_back(
    definition: Definition, state: bytes, context: StepContext, *, engine_id: str, to: str
) -> Outcome:
    """Undo the path from the latest completed `to` down to the open task `engine_id`.

    Whatever else was open below `to`, in parallel branches too, is closed with it. What was due
    is settled first.

    Raises:
        TaskGone: the task is not waiting any more.
        InvalidInput: `to` was not completed earlier on this path.
    """
    instance = codec.load(definition, state, definition.engine(context))
    before = frozenset(task.id for task in open_tasks(instance))
    settling = Settling()
    settle(instance, settling)
    rewind(instance, engine_id, to)
    settle(instance, settling)
    return outcome_of(instance, context, settling, before=before, completed=None)


def rewind(instance: Instance, engine_id: str, to: str) -> None:
    task = next((task for task in open_tasks(instance) if task.id == engine_id), None)
    if task is None:
        raise TaskGone("该任务已不在待办中，请刷新后重试。", task=engine_id)
    earlier = _earlier(task, to)
    # With deadlines of its own a task hangs below a split, and those deadlines begin again too.
    top = earlier.parent if isinstance(earlier.parent.task_spec, BoundaryEventSplit) else earlier
    parent = top.parent
    _forget(instance, top)
    again = parent._add_child(top.task_spec, TaskState.FUTURE)
    again.task_spec._update(again)


def _earlier(task: Any, to: str) -> Any:
    """The nearest completed ancestor that a person did as `to`, here or in an outer process.

    Not one of several instances: which of them to do again would be a guess.
    """
    place: Any = task
    while place is not None:
        spec, inner = place.task_spec, place is task
        done = place.state == TaskState.COMPLETED and spec.manual and not inner
        if done and spec.bpmn_id == to and spec.name == to:
            return place
        place = place.parent or _owner(place)
    raise InvalidInput("不能退回到该步骤。", field="to", mend="请选择此前已办结的步骤。")


def _owner(task: Any) -> Any:
    """The element of the outer process in whose sub-process the task lies."""
    process = task.workflow
    if process.parent_task_id is None:
        return None
    return process.top_workflow.get_task_from_id(process.parent_task_id)


def _forget(instance: Instance, top: Any) -> None:
    process, parent = top.workflow, top.parent
    for task in list(_below(instance, top)):
        instance.event_manager.remove_task(task)
        instance.subprocesses.pop(task.id, None)
        task.workflow.tasks.pop(task.id)
    parent._children.remove(top.id)
    if process.last_task is not None and process.last_task.id not in process.tasks:
        process.last_task = parent


def _below(instance: Instance, top: Any) -> Iterator[Any]:
    """`top` and everything that came of it, called processes included."""
    waiting = [top]
    while waiting:
        task = waiting.pop()
        yield task
        waiting.extend(task.children)
        child = instance.subprocesses.get(task.id)
        if child is not None:
            waiting.append(child.task_tree)
