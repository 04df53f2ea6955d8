"""Errors of cases and processes. `code` is part of the API: add new ones, never rename."""

from parties.errors import InvalidInput, NotAllowed, NotFound, SanfangError, WrongState


class ProcessInvalid(SanfangError):
    """A diagram cannot run as it stands: unknown process, unknown handler, bad XML."""

    code = "process.invalid"


class SamePerson(NotAllowed):
    """Two people must decide here; this person has given the first of the two names."""

    code = "task.same_person"


class ConflictOfInterest(NotAllowed):
    """The case names this person, so they decide nothing in it."""

    code = "task.conflict_of_interest"


__all__ = [
    "ConflictOfInterest",
    "InvalidInput",
    "NotAllowed",
    "NotFound",
    "ProcessInvalid",
    "SamePerson",
    "SanfangError",
    "WrongState",
]
