"""Walls asked of rows in SQL: since when what hangs on a student or case is shut to a guardian."""

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, F, Func, Q, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from parties.walls import NEVER, Walls

#: The name of a column, or what else is a moment in SQL.
Moment = str | Combinable


def first_shut(walls: Walls, came: Moment, about: Sequence[str]) -> Func:
    """The first moment at which one of these walls shut what the row is about; NULL where none did.

    `about`: the columns that name the student and whatever else a wall may be about. What came to
    the family after the end of a wall is not shut by it. Decided by a function of the database
    (migration 0015).
    """
    ids, moments = ArrayField(UUIDField()), ArrayField(DateTimeField())
    return Func(
        Value(list(walls.about), ids),
        Value(list(walls.since), moments),
        Value(list(walls.until), moments),
        came,
        *about,
        function="first_shut",
        output_field=DateTimeField(),
    )


def was_shut(walls: Walls, moment: str, about: Sequence[str]) -> Q:
    """Rows whose `moment`, a column that may not be NULL, lies within one of these walls."""
    never = Value(NEVER, DateTimeField())
    shut = Coalesce(first_shut(walls, moment, about), never, output_field=DateTimeField())
    return Q(LessThanOrEqual(shut, F(moment)))
