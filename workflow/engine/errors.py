"""What can go wrong while a process runs. A wrong definition is an incident, never a guess.

Messages name elements of a diagram and never values: an incident keeps them and people read them.
"""

from parties.errors import SanfangError, WrongState


class ProcessInvalid(SanfangError):
    """A diagram, table or form cannot run as it stands; `manage.py lint_process` says why."""

    code = "process.invalid"


class ExpressionRefused(ProcessInvalid):
    """Text outside the closed language (expressions.py)."""

    code = "process.expression_refused"


class ExpressionFailed(ProcessInvalid):
    """An expression of the language that these values cannot answer, such as `None < 3`."""

    code = "process.expression_failed"


class HandlerInvalid(ProcessInvalid):
    """A service task names no handler, or its handler answered something it did not declare."""

    code = "process.handler_invalid"


class TableAmbiguous(ProcessInvalid):
    """A UNIQUE decision table in which several rules match the same case."""

    code = "process.table_ambiguous"


class StateUnreadable(SanfangError):
    """Stored state of another codec version or of another definition."""

    code = "process.state_unreadable"


class FrozenInstance(SanfangError):
    """The instance contradicts itself: finished with open tasks, or waiting for nothing."""

    code = "process.frozen"


class BudgetExhausted(SanfangError):
    """Ten budgets in a row without a wait: the diagram runs in circles."""

    code = "process.budget_exhausted"


class TaskGone(WrongState):
    """The task to complete is not waiting any more."""

    code = "task.gone"


class NobodyListens(WrongState):
    """No element of the process waits for this signal now."""

    code = "process.nobody_listens"


def mark(error: BaseException, element: str) -> None:
    """Remember which element of the diagram failed; the error itself stays what it was."""
    if element_of(error) == "":
        error.add_note(f"{_ELEMENT}{element}")


def element_of(error: BaseException) -> str:
    """The element that `mark` noted, or an empty text."""
    for note in getattr(error, "__notes__", ()):
        if note.startswith(_ELEMENT):
            return str(note.removeprefix(_ELEMENT))
    return ""


_ELEMENT = "bpmn element: "
