"""What we correct in SpiffWorkflow 3.2.0, in one place, each with its reason (docs/decisions).

Applied once, when workflow.engine is imported. Another version stops the start-up: read its
sources again, run tests/engine, then change SUPPORTED.
"""

import sys
from collections.abc import Iterable
from copy import copy
from importlib.metadata import version
from typing import Any, Final
from uuid import uuid4

from django.core.exceptions import ImproperlyConfigured
from SpiffWorkflow import task as spiff_task
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask, StandardLoopTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator, TaskState

from workflow.engine.errors import ProcessInvalid

SUPPORTED: Final = "3.2.0"

#: One multi-instance element may not fill the memory.
MAX_INSTANCES: Final = 200

#: Predicting and removing a straight run of 500 elements recurses once per element.
_RECURSION: Final = 10_000
_STOCK_MAX_DEPTH: Final = 1000


def apply() -> None:
    if version("SpiffWorkflow") != SUPPORTED:
        raise ImproperlyConfigured(
            f"workflow.engine was proved with SpiffWorkflow {SUPPORTED} only"
        )
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    spiff_task.uuid4 = _text_id
    Task._set_state = _set_state
    Task._inherit_data = _inherit_data
    Task.is_descendant_of = _is_descendant_of
    Task.find_ancestor = _find_ancestor
    for iterator in (TaskIterator, BpmnTaskIterator):
        _lift_depth_limit(iterator)
    UnstructuredJoin._run_hook = _join_branches
    ParallelGateway._check_threshold_unstructured = _all_branches_arrived
    _EndJoin._check_threshold_unstructured = _all_tokens_ended
    MultiInstanceTask.merge_child = _merge_instance(MultiInstanceTask.merge_child)
    MultiInstanceTask.create_child = _limited(MultiInstanceTask.create_child)
    StandardLoopTask.merge_child = _merge_round


def _text_id() -> str:
    """UUID.__hash__ is Python code: with text ids a step is a fifth faster."""
    return uuid4().hex


def _set_state(self: Any, value: int) -> None:
    """The stock one builds a log record with every task of the tree, even when nobody listens."""
    self._state = value


def _inherit_data(self: Any) -> None:
    """Data is flat (values.py): the stock deep merge mixes the items of two lists."""
    self.data.update({name: copy(value) for name, value in self.parent.data.items()})


def _is_descendant_of(self: Any, task: Any) -> bool:
    """The stock one recurses to the root: a long loop overflows the stack."""
    return any(ancestor is task for ancestor in _ancestors(self))


def _find_ancestor(self: Any, spec_name: str) -> Any:
    return next((task for task in _ancestors(self) if task.task_spec.name == spec_name), None)


def _ancestors(task: Any) -> Iterable[Any]:
    """Parent first, root last."""
    tasks = task.workflow.tasks
    parent = tasks.get(task._parent)
    while parent is not None:
        yield parent
        parent = tasks.get(parent._parent)


def _lift_depth_limit(iterator: Any) -> None:
    """At depth 1000 the stock iterators stop, and a loop dies silently at its 334th round."""
    defaults = iterator.__init__.__defaults__
    iterator.__init__.__defaults__ = tuple(
        sys.maxsize if value == _STOCK_MAX_DEPTH else value for value in defaults
    )


def _join_branches(self: Any, my_task: Any) -> bool:
    """Merge what the branches wrote since they parted.

    In the stock join the last branch to arrive wins, even with old copies of names that it never
    touched.
    """
    others = list(_arrived_before(self, my_task))
    if others:
        my_task.data = _replayed(my_task.workflow.tasks, [my_task, *others])
    else:
        my_task._inherit_data()
    return True


def _arrived_before(spec: Any, my_task: Any) -> Iterable[Any]:
    """Tokens of this round that waited at the join; an earlier round of a loop is an ancestor."""
    above = {task.id: distance for distance, task in enumerate(_ancestors(my_task))}
    previous = _find_ancestor(my_task, spec.name)
    round_began = len(above) if previous is None else above[previous.id]
    for task in my_task.workflow.tasks.values():
        if task.task_spec is spec and task._state == TaskState.CANCELLED:
            parted = next(above[each.id] for each in _ancestors(task) if each.id in above)
            if parted <= round_began:
                yield task


def _replayed(tasks: Any, tips: list[Any]) -> dict[str, Any]:
    """Every write on the way from the common ancestor to `tips`, once each, in order of creation.

    A name written before the branches parted, or written once more further down one branch, keeps
    its newest value. When two branches write one name, the branch created later wins, always.
    """
    paths = [[tip, *_ancestors(tip)] for tip in tips]
    shared = set.intersection(*({task.id for task in path} for path in paths))
    base = next(task for task in paths[0] if task.id in shared)
    written = {task.id for path in paths for task in path if task.id not in shared}
    merged = {name: copy(value) for name, value in base.data.items()}
    for task in [task for id_, task in tasks.items() if id_ in written]:
        merged.update(_changes(task.data, tasks[task._parent].data))
    return merged


def _changes(data: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    return {
        name: copy(value) for name, value in data.items() if name not in base or base[name] != value
    }


def _all_branches_arrived(self: Any, my_task: Any) -> bool:
    """As in SpiffWorkflow, without its recursion to the root for every earlier round."""
    missing = {spec.name for spec in self.inputs}
    above = {task.id for task in _ancestors(my_task)}
    below = {task.id for task in _descendants(my_task)}
    for task in my_task.workflow.tasks.values():
        if task.task_spec is not self or task.id in above:
            continue
        if task.id in below:  # a later round, predicted: nothing will come of it
            names = (origin.task_spec.name for origin in (task, *_ancestors(task)))
            missing.discard(next((name for name in names if name in missing), ""))
        elif task.parent.state == TaskState.COMPLETED:
            missing.discard(task.parent.task_spec.name)
    return not missing


def _descendants(task: Any) -> Iterable[Any]:
    waiting = list(task.children)
    while waiting:
        child = waiting.pop()
        yield child
        waiting.extend(child.children)


def _all_tokens_ended(_self: Any, my_task: Any) -> bool:
    """A flat scan: the stock one walks the whole tree after every task."""
    return not any(
        task._state & TaskState.NOT_FINISHED_MASK
        and task is not my_task
        and task.task_spec.name != "End"
        for task in my_task.workflow.tasks.values()
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
    loop.data.update(_changes(child.data, loop.parent.data))
    loop.internal_data["merged"].append(str(child.id))


def _limited(stock: Any) -> Any:
    def create_child(self: Any, my_task: Any, item: Any, key_or_index: Any = None) -> None:
        if len(my_task._children) >= MAX_INSTANCES:
            raise ProcessInvalid(f"多实例超过 {MAX_INSTANCES} 个。", element=self.name)
        stock(self, my_task, item, key_or_index)

    return create_child
