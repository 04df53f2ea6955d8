"""State of one instance as bytes: tasks only, never the specification.

A row per task, parents first, data as the difference from the parent. Lists keep their order where
jsonb would not: reordered keys lost submitted forms in 50 of 50 round trips. The order of children
is the order of rows, so it is not stored. Loading goes through the constructor alone, so that no
restored instance ever runs the stock engine.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflow.engine.definitions import Definition
from workflow.engine.elements import Instance, SubInstance
from workflow.engine.environment import Engine
from workflow.engine.errors import StateUnreadable

VERSION: Final = 1
_MUTABLE: Final = frozenset({dict, list})


def dump(instance: Any) -> bytes:
    if instance.bpmn_events:
        raise ValueError("events must be drained before an instance is saved")
    called = [[owner, _dump(child)] for owner, child in instance.subprocesses.items()]
    return orjson.dumps([VERSION, _dump(instance), called])


def load(definition: Definition, state: bytes, engine: Engine) -> Instance:
    """Raises StateUnreadable for another version or for tasks that the definition does not have."""
    try:
        version, top, called = orjson.loads(state)
        if version != VERSION:
            raise StateUnreadable(f"流程状态的版本 {version!r} 不能识别。")
        instance = Instance(
            definition.spec, definition.called, script_engine=engine, deserializing=True
        )
        _fill(instance, top, instance)
        for owner, rows in called:  # in order of creation: an outer process before its inner ones
            _restore_called(definition, instance, owner, rows)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StateUnreadable("流程状态与其定义不符，或已损坏。") from error
    return instance


def _dump(process: Any) -> list[object]:
    index: dict[str, int] = {}
    rows = []
    tasks = process.tasks
    for task in tasks.values():
        parent = tasks.get(task._parent)
        plus, minus = _difference(task.data, parent.data if parent is not None else {})
        index[task.id] = len(index)
        rows.append(
            [
                task.id,
                index.get(task._parent, -1),
                task.task_spec.name,
                task._state,
                int(task.triggered),
                task.internal_data or 0,
                plus or 0,
                minus or 0,
            ]
        )
    last = process.last_task
    tip = index.get(last.id, -1) if last is not None else -1
    return [rows, process.data, process.correlations, tip, process.success, process.completed]


def _difference(data: dict[str, Any], base: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    if not data:  # half of all tasks are still to come
        return data, list(base)
    plus = {
        name: value
        for name, value in data.items()
        if name not in base or (base[name] is not value and not _same(base[name], value))
    }
    if len(data) - len(plus) == len(base):
        return plus, []
    return plus, [name for name in base if name not in data]


def _same(left: object, right: object) -> bool:
    """`True == 1` and `1 == 1.0` in Python, but what is stored must come back as it was."""
    return repr(left) == repr(right)


def _fill(process: Any, state: list[Any], instance: Instance) -> None:
    rows, process.data, process.correlations, last, process.success, process.completed = state
    specs, tasks, made = process.spec.task_specs, process.tasks, list[Any]()
    for row in rows:
        task = _task(process, specs, row, made)
        made.append(task)
        tasks[task.id] = task
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            instance.event_manager.add_task(task)
    process.task_tree = made[0]
    process.last_task = made[last] if last >= 0 else None


def _task(process: Any, specs: Mapping[str, Any], row: list[Any], made: list[Any]) -> Any:
    """Built without Task.__init__, which would predict and log."""
    id_, parent_index, name, state, triggered, internal, plus, minus = row
    if parent_index >= 0:
        parent = made[parent_index]
        parent_id, data = parent.id, _inherited(parent.data, minus)
        parent._children.append(id_)
    else:
        parent_id, data = None, {}
    if plus:
        data.update(plus)
    task = Task.__new__(Task)
    task.__dict__ = {
        "id": id_,
        "workflow": process,
        "_parent": parent_id,
        "_children": [],
        "_state": state,
        "triggered": bool(triggered),
        "task_spec": specs[name],
        "thread_id": 0,
        "data": data,
        "internal_data": internal or {},
        "last_state_change": 0.0,
    }
    return task


def _inherited(base: dict[str, Any], minus: list[str] | int) -> dict[str, Any]:
    """`minus` is 0 for an empty list."""
    if not base or (isinstance(minus, list) and len(minus) == len(base)):
        return {}
    data = base.copy()
    for name in minus or ():  # type: ignore[union-attr]
        data.pop(name, None)
    for name, value in data.items():
        if type(value) in _MUTABLE:
            data[name] = deepcopy(value)
    return data


def _restore_called(
    definition: Definition, instance: Instance, owner_id: str, rows: list[Any]
) -> None:
    owner = instance.get_task_from_id(owner_id)
    child = SubInstance(
        definition.called[owner.task_spec.spec],
        parent_task_id=owner.id,
        top_workflow=instance,
        deserializing=True,
    )
    instance.subprocesses[owner.id] = child
    _fill(child, rows, instance)
    child.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
