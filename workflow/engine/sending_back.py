"""退回: put an instance back to a task that was done earlier on the same path."""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from parties.errors import InvalidInput
from workflow.engine import codec
from workflow.engine.definitions import Definition
from workflow.engine.errors import TaskGone
from workflow.engine.loop import Settling, open_tasks, settle
from workflow.engine.outcomes import Outcome
from workflow.engine.registry import StepContext
from workflow.engine.runtime import outcome_of


def send_back(
    definition: Definition, state: bytes, context: StepContext, *, engine_id: str, to: str
) -> Outcome:
    """Undo the path from the latest completed `to` down to the open task `engine_id`.

    Whatever else was open below `to`, in parallel branches too, is closed with it.

    Raises:
        TaskGone: the task is not waiting any more.
        InvalidInput: `to` was not completed earlier on this path.
    """
    instance = codec.load(definition, state, definition.engine(context))
    before = frozenset(task.id for task in open_tasks(instance))
    task = next((task for task in open_tasks(instance) if task.id == engine_id), None)
    if task is None:
        raise TaskGone("该任务已不在待办中，请刷新后重试。", task=engine_id)
    earlier = _earlier(task, to)
    instance.reset_from_task_id(earlier.id)
    settling = Settling()
    settle(instance, settling)
    return outcome_of(instance, context, settling, before=before, completed=None)


def _earlier(task: Any, to: str) -> Any:
    """The nearest completed ancestor that a person did under the id `to`, in the same process."""
    process, parent = task.workflow, task.parent
    while parent is not None and parent.workflow is process:
        spec = parent.task_spec
        if spec.bpmn_id == to and spec.manual and parent.state == TaskState.COMPLETED:
            return parent
        parent = parent.parent
    raise InvalidInput("不能退回到该步骤。", field="to", mend="请选择此前已办结的步骤。")
