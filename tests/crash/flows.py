"""The transitions of the shipped diagrams, and which of them a step crosses.

Both sides come from the product: the sequence flows from `bpmn/*.bpmn`, the crossings from what
the engine is about to store.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from lxml import etree
from SpiffWorkflow.util.task import TaskState

from workflow.engine import forgetting

_BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: Elements that SpiffWorkflow puts around an activity with boundary events, or around a process.
_WRAPPINGS: Final = (".BoundaryEventSplit", ".BoundaryEventJoin")


@dataclass(frozen=True, order=True)
class Flow:
    """One sequence flow: from one element of a diagram to the next."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


def shipped() -> list[str]:
    """Keys of the processes that the product ships."""
    return sorted(path.stem for path in Path(settings.BPMN_DIR).glob("*.bpmn"))


def of(process: str) -> frozenset[Flow]:
    """Every sequence flow of bpmn/<process>.bpmn, subprocesses included."""
    tree = etree.parse(Path(settings.BPMN_DIR) / f"{process}.bpmn")
    found = [
        Flow(str(flow.get("sourceRef")), str(flow.get("targetRef")))
        for flow in tree.iter(f"{_BPMN}sequenceFlow")
    ]
    if len(set(found)) != len(found):
        raise AssertionError(f"{process}: two flows join the same elements and look alike here")
    return frozenset(found)


class Crossings:
    """What the engine has crossed since the last look."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._crossed: set[Flow] = set()

    def look(self) -> frozenset[Flow]:
        """Flows crossed since the last look."""
        crossed, self._crossed = self._crossed, set()
        return frozenset(crossed)

    def note(self, instance: Any) -> None:
        for process in (instance, *instance.subprocesses.values()):
            for task in process.tasks.values():
                self._note(process, task)

    def _note(self, process: Any, task: Any) -> None:
        parent = process.tasks.get(task._parent)
        if parent is None or parent._state != TaskState.COMPLETED or task.id in self._seen:
            return
        if task._state & (TaskState.PREDICTED_MASK | TaskState.FUTURE):
            return
        self._seen.add(task.id)
        source, target = _element(parent), _element(task)
        if source != target:
            self._crossed.add(Flow(source, target))


def _element(task: Any) -> str:
    name = str(task.task_spec.name)
    for wrapping in _WRAPPINGS:
        name = name.removesuffix(wrapping)
    return name


@contextmanager
def crossed() -> Iterator[Crossings]:
    """Watches every instance that has come to rest, before it forgets what is over."""
    crossings, forget = Crossings(), forgetting.forget

    def noted(instance: Any) -> None:
        crossings.note(instance)
        forget(instance)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forgetting, "forget", noted)
        yield crossings
