"""Joins: when they fire, and what the branches brought along.

SpiffWorkflow walks the task tree for both. It gives up at depth 1000, mixes up the rounds of a loop
(an inclusive join fires early from the second round on), and lets the last branch to arrive undo
what the others wrote.
"""

from collections.abc import Iterable
from copy import copy
from functools import lru_cache
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

_ACTIVE: Final = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def ancestors(task: Any) -> Iterable[Any]:
    """Parent first, root last, without recursion: a loop can be thousands of tasks deep."""
    tasks = task.workflow.tasks
    parent = tasks.get(task._parent)
    while parent is not None:
        yield parent
        parent = tasks.get(parent._parent)


def find_ancestor(self: Any, spec_name: str) -> Any:
    return next((task for task in ancestors(self) if task.task_spec.name == spec_name), None)


def is_descendant_of(self: Any, task: Any) -> bool:
    return any(ancestor is task for ancestor in ancestors(self))


def copied(data: dict[str, Any]) -> dict[str, Any]:
    """Lists are the only values of task data that could be changed in place."""
    return {
        name: copy(value) if type(value) in {list, dict} else value for name, value in data.items()
    }


def changes(data: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    return copied(
        {name: value for name, value in data.items() if name not in base or base[name] != value}
    )


def all_branches_arrived(self: Any, my_task: Any) -> bool:
    """Parallel join: a token on each incoming flow."""
    arrived = {task.parent.task_spec.name for task in _tokens(self, my_task)}
    return arrived >= set(self._inputs)


def no_branch_is_coming(self: Any, my_task: Any) -> bool:
    """Inclusive join: no active element leads here by a flow that has no token yet.

    An element that could also come by a flow that has one, such as the split of an outer loop,
    does not count (BPMN 2.0, 13.4.3).
    """
    arrived = {task.parent.task_spec.name for task in _tokens(self, my_task)}
    for task in my_task.workflow.tasks.values():
        if not task._state & _ACTIVE or task.task_spec is self:
            continue
        if isinstance(task.task_spec, BoundaryEvent) and task._state == TaskState.WAITING:
            continue  # it may never happen; its activity is asked anyway
        leads_to = _inputs_reached(self).get(task.task_spec.name, frozenset())
        if leads_to and not leads_to & arrived:
            return False
    return True


def all_tokens_ended(_self: Any, my_task: Any) -> bool:
    """The end of a process waits for everything that is not finished."""
    return not any(
        task._state & TaskState.NOT_FINISHED_MASK
        and task is not my_task
        and task.task_spec.name != "End"
        for task in my_task.workflow.tasks.values()
    )


def join_branches(self: Any, my_task: Any) -> bool:
    """Merge what the branches wrote since they parted."""
    tokens = list(_tokens(self, my_task))
    if len(tokens) > 1:
        my_task.data = _replayed(my_task.workflow.tasks, tokens)
    else:
        my_task._inherit_data()
    return True


def _tokens(spec: Any, my_task: Any) -> Iterable[Any]:
    """Tokens at the join in this round of a loop; the join of an earlier round is an ancestor.

    A token that arrived before waits, or was cancelled in favour of a later one.
    """
    above = {task.id: distance for distance, task in enumerate(ancestors(my_task))}
    previous = find_ancestor(my_task, spec.name)
    round_began = len(above) if previous is None else above[previous.id]
    for task in my_task.workflow.tasks.values():
        if task.task_spec is not spec or task.id in above:
            continue
        if task.parent.state != TaskState.COMPLETED:
            continue
        parted = next((above[each.id] for each in ancestors(task) if each.id in above), None)
        if parted is not None and parted <= round_began:
            yield task


@lru_cache(maxsize=1024)
def _inputs_reached(join: Any) -> dict[str, frozenset[str]]:
    """For each element: the flows into `join` that a token there can still come by."""
    specs = join._wf_spec.task_specs
    reached: dict[str, set[str]] = {}
    for entry in join._inputs:
        waiting = [entry]
        while waiting:
            name = waiting.pop()
            if name != join.name and entry not in reached.setdefault(name, set()):
                reached[name].add(entry)
                waiting.extend(specs[name]._inputs)
    return {name: frozenset(entries) for name, entries in reached.items()}


def _replayed(tasks: Any, tips: list[Any]) -> dict[str, Any]:
    """Every write on the way from the common ancestor to `tips`, once each, in order of creation.

    A name written before the branches parted, or written once more further down one branch, keeps
    its newest value. When two branches write one name, the task that was reached later wins: the
    order is stored, so it is the same for whoever reads the state.
    """
    paths = [[tip, *ancestors(tip)] for tip in tips]
    shared = set.intersection(*({task.id for task in path} for path in paths))
    base = next(task for task in paths[0] if task.id in shared)
    written = {task.id for path in paths for task in path if task.id not in shared}
    merged = copied(base.data)
    for task in [task for id_, task in tasks.items() if id_ in written]:
        if task not in tips:
            merged.update(changes(task.data, tasks[task._parent].data))
    return merged
