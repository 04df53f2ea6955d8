"""What we correct in SpiffWorkflow 3.2.0, in one place, each with its reason (docs/decisions).

Applied once, when workflow.engine is imported. Another version stops the start-up: read its
sources again, run tests/engine, then change SUPPORTED.
"""

import logging
import os
import sys
from importlib.metadata import version
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from SpiffWorkflow import task as spiff_task
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.inclusive_gateway import InclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask, StandardLoopTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator, TaskState

from workflow.engine import joins
from workflow.engine.errors import ProcessInvalid

SUPPORTED: Final = "3.2.0"

#: One multi-instance element may not fill the memory.
MAX_INSTANCES: Final = 200

#: Parsing a straight run of 500 elements recurses once per element.
_RECURSION: Final = 10_000
_STOCK_MAX_DEPTH: Final = 1000


def apply() -> None:
    if version("SpiffWorkflow") != SUPPORTED:
        raise ImproperlyConfigured(
            f"workflow.engine was proved with SpiffWorkflow {SUPPORTED} only"
        )
    logging.getLogger("spiff").setLevel(logging.WARNING)  # else a line per state of every task
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    spiff_task.uuid4 = _text_id
    Task._set_state = _set_state
    Task._inherit_data = _inherit_data
    Task.run = _with_what_follows(Task.run)
    TaskSpec._predict = _predict_nothing
    Task.is_descendant_of = joins.is_descendant_of
    Task.find_ancestor = joins.find_ancestor
    for iterator in (TaskIterator, BpmnTaskIterator):
        _lift_depth_limit(iterator)
    UnstructuredJoin._run_hook = joins.join_branches
    ParallelGateway._check_threshold_unstructured = joins.all_branches_arrived
    InclusiveGateway._check_threshold_unstructured = joins.no_branch_is_coming
    _EndJoin._check_threshold_unstructured = joins.all_tokens_ended
    MultiInstanceTask.merge_child = _merge_instance(MultiInstanceTask.merge_child)
    MultiInstanceTask.create_child = _limited(MultiInstanceTask.create_child)
    StandardLoopTask.merge_child = _merge_round


def _text_id() -> str:
    """128 random bits as text: UUID.__hash__ is Python code and costs a fifth of a step."""
    return os.urandom(16).hex()


def _set_state(self: Any, value: int) -> None:
    """The stock one builds a log record with every task of the tree, even when nobody listens."""
    self._state = value


def _inherit_data(self: Any) -> None:
    """Data is flat (values.py): the stock deep merge mixes the items of two lists."""
    self.data.update(joins.copied(self.parent.data))


def _with_what_follows(stock: Any) -> Any:
    """What follows a task is made when the task runs, and only the elements right behind it."""

    def run(self: Any) -> Any:
        if not isinstance(self.task_spec, MultiChoice):  # a gateway makes what it chose by itself
            self.task_spec._predict_hook(self)
        return stock(self)

    return run


def _predict_nothing(
    self: Any,
    my_task: Any,
    seen: Any = None,
    looked_ahead: int = 0,
    mask: int = 0,
) -> None:
    """The stock one makes a task for whatever may still come: half of a state, made anew at each
    step, for branches that are mostly never taken.
    """


def _lift_depth_limit(iterator: Any) -> None:
    """At depth 1000 the stock iterators stop, and a loop dies silently at its 334th round."""
    defaults = iterator.__init__.__defaults__
    iterator.__init__.__defaults__ = tuple(
        sys.maxsize if value == _STOCK_MAX_DEPTH else value for value in defaults
    )


def _merge_instance(stock: Any) -> Any:
    """Only what the instance changed goes back, or it undoes what its siblings wrote."""

    def merge_child(self: Any, workflow: Any, child: Any) -> None:
        if self.data_output is not None and self.output_item is not None:
            stock(self, workflow, child)
            return
        _give_back(child)

    return merge_child


def _merge_round(self: Any, _workflow: Any, child: Any) -> None:
    _give_back(child)
    if self.loop_complete(child.parent):
        child.parent._set_state(TaskState.READY)
    else:
        self.create_child(child.parent)


def _give_back(child: Any) -> None:
    loop = child.parent
    loop.data.update(joins.changes(child.data, loop.parent.data))
    loop.internal_data["merged"].append(str(child.id))


def _limited(stock: Any) -> Any:
    def create_child(self: Any, my_task: Any, item: Any, key_or_index: Any = None) -> None:
        if len(my_task._children) >= MAX_INSTANCES:
            raise ProcessInvalid(f"多实例超过 {MAX_INSTANCES} 个。", element=self.name)
        stock(self, my_task, item, key_or_index)

    return create_child
