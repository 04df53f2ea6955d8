"""The elements of a diagram that are ours: service and rule tasks, instances, and their parser."""

from typing import Any, Final

from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import ServiceTaskParser, SpiffTaskParser
from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask, ServiceTask
from SpiffWorkflow.util.task import TaskState

from workflow.engine.errors import ProcessInvalid
from workflow.engine.tables import Table
from workflow.engine.timers import After, At
from workflow.engine.values import flat_names

#: Processes inside processes; one that calls itself stops here.
MAX_NESTED: Final = 50


class _FlatScans:
    """The stock scan walks the task tree after every completed task."""

    tasks: dict[str, Any]

    def update_waiting_tasks(self) -> None:
        """Joins and conditions: timers are woken by the step loop, events by being delivered."""
        for task in [t for t in self.tasks.values() if t._state == TaskState.WAITING]:
            if not isinstance(task.task_spec, CatchingEvent) or isinstance(
                task.task_spec.event_definition, ConditionalEventDefinition
            ):
                task.task_spec._update(task)

    def collect_log_extras(self, _dct: object = None) -> None:
        """The stock one collects every task id for a log record that nobody reads."""


class SubInstance(_FlatScans, BpmnSubWorkflow):  # type: ignore[misc]
    """A called process, or an embedded one."""


class Instance(_FlatScans, BpmnWorkflow):  # type: ignore[misc]
    """One run of a definition."""

    def create_subprocess(self, my_task: Any, spec_name: str) -> SubInstance:
        if my_task.workflow.depth >= MAX_NESTED:
            raise ProcessInvalid(f"子流程超过 {MAX_NESTED} 层。", element=my_task.task_spec.name)
        child = SubInstance(
            self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self
        )
        self.subprocesses[my_task.id] = child
        return child


class ServiceCall(ServiceTask):  # type: ignore[misc]
    """Hands its parameters to a registered handler and keeps the declared, flat results."""

    def _execute(self, task: Any) -> bool:
        engine = task.workflow.script_engine
        params = {
            name: engine.evaluate(task, param["value"])
            for name, param in self.operation_params.items()
        }
        task.data.update(
            engine.call_service(task, operation_name=self.operation_name, operation_params=params)
        )
        return True


class TableTask(BusinessRuleTask):  # type: ignore[misc]
    """Asks our own table; results are `<task id>_<output>`."""

    table: Table

    def _run_hook(self, task: Any) -> bool:
        reading = task.workflow.script_engine.environment.reading(task.data)
        task.data.update(flat_names(self.bpmn_id, self.table.decide(reading)))
        return True


class _TableTaskParser(SpiffTaskParser):  # type: ignore[misc]
    def create_task(self) -> TableTask:
        called = self.parse_extensions().get("calledDecisionId") or ""
        table = self.process_parser.parser.tables.get(called.strip())
        if table is None:
            raise ProcessInvalid(f"没有决策表 {called!r}。", element=self.bpmn_id)
        task = TableTask(self.spec, self.bpmn_id, dmnEngine=None, **self.bpmn_attributes)
        task.table = table
        return task


class _Timed(EventDefinitionParser):  # type: ignore[misc]
    def parse_timer_event(self, event: Any) -> At | After:
        stock = super().parse_timer_event(event)
        if isinstance(stock, TimeDateEventDefinition):
            return At(stock.name, stock.expression or "", description=stock.description)
        if isinstance(stock, DurationTimerEventDefinition):
            return After(stock.name, stock.expression or "", description=stock.description)
        raise ProcessInvalid("不支持 timeCycle（循环定时）。", element=self.bpmn_id)


def _parsers() -> dict[str, tuple[type, type]]:
    stock = {**SpiffBpmnParser.PARSER_CLASSES, **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES}
    ours = {
        tag: (_timed(parser), spec) if issubclass(parser, EventDefinitionParser) else (parser, spec)
        for tag, (parser, spec) in stock.items()
    }
    ours[full_tag("serviceTask")] = (ServiceTaskParser, ServiceCall)
    ours[full_tag("businessRuleTask")] = (_TableTaskParser, TableTask)
    return ours


def _timed(parser: type) -> type:
    return type(f"Timed{parser.__name__}", (_Timed, parser), {})


class DiagramParser(SpiffBpmnParser):  # type: ignore[misc]
    """`tables` are the decisions that rule tasks of these diagrams may name."""

    OVERRIDE_PARSER_CLASSES = _parsers()

    def __init__(self, tables: dict[str, Table]) -> None:
        super().__init__()
        self.tables = tables

    def _find_dependencies(self, process: Any) -> None:
        """Stock bookkeeping about files; a bundle is complete."""
