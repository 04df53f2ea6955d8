"""Every place of a parsed diagram where SpiffWorkflow evaluates text, and what we do not run.

Proven sinks (reliability.md 3.3): conditions, timers, conditional events, payloads, message
correlation, multi-instance and loop bounds, service parameters. Tables are ours (tables.py).
"""

from collections.abc import Iterator
from typing import Any, Final

from SpiffWorkflow.bpmn.specs import control
from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import AdHocSubprocessSpec
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask, StandardLoopTask
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.spiff.specs import defaults as spiff

from workflow.engine.documents import BPMN
from workflow.engine.elements import ServiceCall, TableTask
from workflow.engine.errors import ProcessInvalid

_SUPPORTED: Final = frozenset(
    {
        control.BpmnStartTask,
        control.SimpleBpmnTask,
        control.BoundaryEventSplit,
        control.BoundaryEventJoin,
        control._EndJoin,
        bpmn.StartEvent,
        bpmn.EndEvent,
        bpmn.IntermediateCatchEvent,
        bpmn.IntermediateThrowEvent,
        bpmn.BoundaryEvent,
        bpmn.EventBasedGateway,
        bpmn.ExclusiveGateway,
        bpmn.InclusiveGateway,
        bpmn.ParallelGateway,
        spiff.UserTask,
        spiff.SubWorkflowTask,
        spiff.CallActivity,
        spiff.StandardLoopTask,
        spiff.ParallelMultiInstanceTask,
        spiff.SequentialMultiInstanceTask,
        ServiceCall,
        TableTask,
    }
)


def refuse_event_subprocesses(root: Any) -> None:
    """Triggering one adds a path to the shared specification: the next instance starts on it."""
    for node in root.iter(f"{{{BPMN}}}subProcess"):
        if node.get("triggeredByEvent", "false") not in {"false", "0"}:
            raise ProcessInvalid("不支持事件子流程。", element=node.get("id", ""))


def refuse_unsupported(process: Any) -> None:
    if isinstance(process, AdHocSubprocessSpec):
        raise ProcessInvalid("不支持即席子流程。", element=process.name)
    for spec in process.task_specs.values():
        if type(spec) not in _SUPPORTED:
            raise ProcessInvalid(f"不支持 {type(spec).__name__}。", element=spec.name)
        for script in ("prescript", "postscript"):
            if getattr(spec, script, None) is not None:
                raise ProcessInvalid("流程中不允许脚本。", element=spec.name)


def expressions(process: Any) -> Iterator[str]:
    """Every text that can reach the environment, exactly as SpiffWorkflow will hand it over."""
    for spec in process.task_specs.values():
        if isinstance(spec, MultiChoice):
            yield from (rule.args[0] for rule, _ in spec.cond_task_specs if rule is not None)
        if isinstance(spec, MultiInstanceTask):
            yield from (text for text in (spec.cardinality, spec.condition) if text is not None)
        if isinstance(spec, StandardLoopTask) and spec.condition is not None:
            yield spec.condition
        if isinstance(spec, ServiceCall):
            yield from (param["value"] for param in spec.operation_params.values())
        if (event := getattr(spec, "event_definition", None)) is not None:
            yield from _event_expressions(event)


def _event_expressions(event: Any) -> Iterator[str]:
    """Timers and conditions, payloads, and both kinds of message correlation."""
    if (text := getattr(event, "expression", None)) is not None:
        yield text
    for kind in ("correlation_properties", "process_correlations"):
        yield from (rule.retrieval_expression for rule in getattr(event, kind, ()))
    for inner in getattr(event, "event_definitions", ()):
        yield from _event_expressions(inner)
