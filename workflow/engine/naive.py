"""How one would keep an instance at first: everything as JSON, the specification too, every time.

Nothing but the bench uses this; it is what the codec and the loop are measured against.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from SpiffWorkflow.bpmn.serializer.config import BpmnSubWorkflow, BpmnWorkflow
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.spiff.specs.defaults import ServiceTask
from SpiffWorkflow.util.task import TaskState

from workflow.engine import codec
from workflow.engine.definitions import Definition
from workflow.engine.elements import Instance, ServiceCall, SubInstance
from workflow.engine.registry import StepContext
from workflow.engine.timers import After, At
from workflow.engine.values import flat_names

_CONFIG: Final = {
    **SPIFF_CONFIG,
    At: SPIFF_CONFIG[TimeDateEventDefinition],
    After: SPIFF_CONFIG[DurationTimerEventDefinition],
    ServiceCall: SPIFF_CONFIG[ServiceTask],
    Instance: SPIFF_CONFIG[BpmnWorkflow],
    SubInstance: SPIFF_CONFIG[BpmnSubWorkflow],
}


class Naive:
    """The stock serializer and the stock loop."""

    def __init__(self) -> None:
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(_CONFIG))

    def kept(self, definition: Definition, state: bytes, context: StepContext) -> bytes:
        """A state of ours as the stock serializer would have stored it."""
        instance = codec.load(definition, state, definition.engine(context))
        return self._dump(instance)

    def complete(
        self,
        definition: Definition,
        stored: bytes,
        context: StepContext,
        *,
        task: str,
        decisions: Mapping[str, object],
    ) -> tuple[bytes, list[str]]:
        """The new JSON, and the names of the user tasks that wait after it."""
        instance = self._serializer.deserialize_json(stored.decode())
        instance.script_engine = definition.engine(context)
        instance.refresh_waiting_tasks()
        instance.do_engine_steps()
        waiting = instance.get_tasks(state=TaskState.READY, manual=True)
        found = next(each for each in waiting if each.id == UUID(task))
        found.data.update(flat_names(found.task_spec.bpmn_id, decisions))
        found.run()
        instance.do_engine_steps()
        waiting = instance.get_tasks(state=TaskState.READY, manual=True)
        instance.get_events()
        return self._dump(instance), [each.task_spec.bpmn_id for each in waiting]

    def _dump(self, instance: Any) -> bytes:
        """Our ids are plain hexadecimal; the serializer finds processes by dashed ones only."""
        instance.subprocesses = {UUID(str(id_)): one for id_, one in instance.subprocesses.items()}
        text: str = self._serializer.serialize_json(instance)
        return text.encode()
