"""Random walks over a shape: one instance lives in memory, its twin is restored at every step."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import SpiffWorkflow.task as spiff_task
from SpiffWorkflow.util.task import TaskState

from parties.errors import InvalidInput
from tests.engine.conftest import HOUR, NOW, context
from workflow.engine import codec, runtime, sending_back
from workflow.engine.bundles import Bundle
from workflow.engine.definitions import Definition, parse
from workflow.engine.elements import Instance
from workflow.engine.errors import NobodyListens, TaskGone
from workflow.engine.loop import Settling, check_rest, next_due, open_tasks, settle


class Numbered:
    """Task ids in sequence, so that both twins give the same ids to the same tasks."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self) -> str:
        self.last += 1
        return f"{self.last:032x}"


@dataclass
class Act:
    kind: str
    at: datetime
    first_id: int
    task: str = ""
    decisions: dict[str, object] = field(default_factory=dict)


@dataclass
class Walk:
    steps: int = 0
    finished: bool = False
    errors: int = 0


def walk(bundle: Bundle, seed: int, *, length: int = 25) -> Walk:
    """Asserts after every step that restored and in-memory state are the same."""
    chance, ids = random.Random(seed), Numbered()  # noqa: S311
    spiff_task.uuid4, stock = ids, spiff_task.uuid4
    try:
        return _walk(bundle, chance, ids, fresh=seed % 4 == 0, length=length)
    finally:
        spiff_task.uuid4 = stock


def _walk(
    bundle: Bundle, chance: random.Random, ids: Numbered, *, fresh: bool, length: int
) -> Walk:
    definition, at, done = parse(bundle), NOW, Walk()
    lived = Instance(
        definition.spec, definition.called, script_engine=definition.engine(context(at))
    )
    settle(lived, Settling())
    state = codec.dump(lived)
    for _ in range(length):
        if lived.completed:
            break
        act = _next_act(lived, chance, at, 1000 * (done.steps + 1))
        at = act.at
        own = parse(bundle) if fresh else definition
        twin = codec.load(own, shuffled(state, chance), own.engine(context(at)))
        assert snapshot(twin) == snapshot(lived)
        lived.script_engine = definition.engine(context(at))
        outcomes = [
            _do(each, owner, act, ids) for each, owner in ((lived, definition), (twin, own))
        ]
        assert outcomes[0] == outcomes[1], act
        assert snapshot(twin) == snapshot(lived), act
        check_rest(lived)
        done.steps += 1
        done.errors += outcomes[0] != ""
        state = codec.dump(twin)
    done.finished = lived.completed
    return done


def _next_act(lived: Instance, chance: random.Random, at: datetime, first_id: int) -> Act:
    todo, roll = open_tasks(lived), chance.random()
    if todo and roll < 0.65:
        decisions = {"x": chance.randint(0, 3), "k": [chance.randint(0, 9)]}
        return Act("complete", at, first_id, chance.choice(todo).id, decisions)
    if roll < 0.8:
        return Act("signal", at, first_id)
    if todo and roll < 0.88 and (done := _done(lived)):
        task = chance.choice(todo).id
        return Act("send_back", at, first_id, task, {"to": chance.choice(done)})
    return Act("tick", at + timedelta(minutes=chance.choice([10, 40, 90])), first_id)


def _done(lived: Instance) -> list[str]:
    """Ids of user tasks that somebody has completed."""
    return sorted(
        {
            task.task_spec.bpmn_id
            for process in (lived, *lived.subprocesses.values())
            for task in process.tasks.values()
            if task.task_spec.manual and task.state == TaskState.COMPLETED
        }
    )


def _do(instance: Instance, definition: Definition, act: Act, ids: Numbered) -> str:
    """Both twins draw the same new ids; an error must be the same error."""
    ids.last = act.first_id
    try:
        settle(instance, Settling())
        if act.kind == "complete":
            runtime.complete_task(definition, instance, act.task, act.decisions)
        if act.kind == "signal":
            runtime.deliver(instance, "go")
        if act.kind == "send_back":
            sending_back.rewind(instance, act.task, str(act.decisions["to"]))
        settle(instance, Settling())
    except (NobodyListens, InvalidInput, TaskGone) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def snapshot(instance: Instance) -> list[Any]:
    processes = [("", instance), *instance.subprocesses.items()]
    waiting = sorted(instance.event_manager.tasks)
    return [[[id_, *_process(each)] for id_, each in processes], waiting, next_due(instance)]


def _process(process: Any) -> list[Any]:
    rows = [
        [
            task.id,
            task._parent,
            list(task._children),
            task.task_spec.name,
            task._state,
            task.triggered,
            task.data,
            task.internal_data,
        ]
        for task in process.tasks.values()
    ]
    last = process.last_task.id if process.last_task else None
    return [rows, process.data, process.correlations, last, process.success, process.completed]


def shuffled(state: bytes, chance: random.Random) -> bytes:
    """What jsonb does: the same state with the keys of every object in another order."""

    def mixed(value: Any) -> Any:
        if isinstance(value, list):
            return [mixed(item) for item in value]
        if not isinstance(value, dict):
            return value
        keys = list(value)
        chance.shuffle(keys)
        return {key: mixed(value[key]) for key in keys}

    return orjson.dumps(mixed(orjson.loads(state)))


__all__ = ["HOUR", "NOW", "Walk", "shuffled", "snapshot", "walk"]
