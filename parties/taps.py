"""Two taps of one page, also at the same moment, are one act: the second lands on what the first
stored.

Each page carries a mark. What is made with it is stored under an id that follows from the mark and
from who taps, so the database itself refuses a second one, and nobody can choose the id of what
they make or learn from a page what others have.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID, uuid5

import psycopg
from django.db import IntegrityError

from parties import tenancy
from parties.errors import InvalidInput
from parties.models import Person

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Landed(Generic[T]):
    """What is stored now; `again` when an earlier tap did it."""

    what: T
    again: bool


def id_of(person: Person, mark: UUID | None, *content: object) -> UUID | None:
    """The id of what this person makes with this page; None for a page without a mark.

    With its `content`, values that read alike when they are equal, other content is another thing:
    for what is added. Without, the page makes one thing, whatever it says when it is sent again.
    """
    if mark is None:
        return None
    return uuid5(person.pk, "\x1f".join((str(mark), *map(repr, content))))


def once(*, school_id: int, known: Callable[[], T | None], make: Callable[[], T]) -> Landed[T]:
    """What is known already, else what `make` makes; both are called inside a scope.

    Raises: as `make`; InvalidInput: its id is taken by what is not known to this person.
    """
    try:
        with tenancy.scope(school_id):
            before = known()
            return Landed(make(), again=False) if before is None else Landed(before, again=True)
    except IntegrityError as error:  # the other tap was faster by a moment
        with tenancy.scope(school_id):
            before = known()
        if before is not None:
            return Landed(before, again=True)
        if not _id_is_taken(error):
            raise
    raise InvalidInput("这个编号已经用过。", field="id", mend="请重新打开页面再填写。")


def _id_is_taken(error: IntegrityError) -> bool:
    cause = error.__cause__
    named = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    return (named or "").endswith("_pkey")
