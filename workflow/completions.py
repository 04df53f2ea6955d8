"""What else happens in the same transaction when a person completes a certain task.

Handlers register here by task name, so that human_tasks never needs to know a process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from parties.models import Person
from workflow.models import HumanTask


@dataclass(frozen=True, slots=True)
class Completion:
    """One completed task: who did it, when, and what they answered."""

    task: HumanTask
    by: Person
    at: datetime
    answer: Mapping[str, Any]
    #: The mark of the text that this is a word about, where the task has one.
    as_read: str = ""


Hook = Callable[[Completion], None]

_hooks: dict[str, Hook] = {}
_movers: set[str] = set()


def on_complete(*names: str, moves_case: bool = False) -> Callable[[Hook], Hook]:
    """Run the decorated function whenever a task with one of `names` is completed.

    With `moves_case` it may put the case into another channel, and is called with the case held.
    """

    def register(hook: Hook) -> Hook:
        for name in names:
            if name in _hooks:
                raise ImproperlyConfigured(f"task {name!r} has two completion hooks")
            _hooks[name] = hook
        _movers.update(names if moves_case else ())
        return hook

    return register


def moves_case(name: str) -> bool:
    return name in _movers


def run(completion: Completion) -> None:
    """Call the hook of this task, if it has one."""
    hook = _hooks.get(completion.task.name)
    if hook is not None:
        hook(completion)
