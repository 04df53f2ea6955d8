"""Walls asked of rows in SQL: since when what hangs on a student or case is shut to a guardian."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, Expression, F, Field, Q, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from parties.walls import NEVER, Walls

#: The name of a column, or what else is a moment in SQL.
Moment = str | Combinable


class FirstShut(Expression):
    """The first moment at which one of these walls shut what the row is about; NULL where none did.

    `about`: the columns that name the student and whatever else a wall may be about. What came to
    the family after the end of a wall is not shut by it.
    """

    output_field: Field[Any, Any] = DateTimeField()

    def __init__(self, walls: Walls, came: Moment, about: Sequence[str]) -> None:
        super().__init__()
        ids, moments = ArrayField(UUIDField()), ArrayField(DateTimeField())
        self._parts: list[Any] = [
            Value(list(walls.about), ids),
            Value(list(walls.since), moments),
            Value(list(walls.until), moments),
            F(came) if isinstance(came, str) else came,
            *(F(name) for name in about),
        ]

    def get_source_expressions(self) -> list[Any]:
        return self._parts

    def set_source_expressions(self, exprs: Any) -> None:
        self._parts = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        parts = [compiler.compile(part) for part in self._parts]
        about, since, until, came, *named = (sql for sql, _ in parts)
        walls = f"unnest({about}, {since}, {until}) AS wall(about, since, until)"
        meant = f"wall.about IN ({', '.join(named)}) AND (wall.until >= {came}) IS NOT FALSE"
        found = f"(SELECT min(wall.since) FROM {walls} WHERE {meant})"  # noqa: S608 -- compiled parts
        return found, self._values(parts)

    def _values(self, parts: Sequence[Any]) -> tuple[Any, ...]:
        """In the order in which the statement names them."""
        (_, about), (_, since), (_, until), (_, came), *named = parts
        return tuple(
            value
            for values in (about, since, until, *(of for _, of in named), came)
            for value in values
        )


def was_shut(walls: Walls, moment: str, about: Sequence[str]) -> Q:
    """Rows whose `moment`, a column that may not be NULL, lies within one of these walls."""
    never = Value(NEVER, DateTimeField())
    shut = Coalesce(FirstShut(walls, moment, about), never, output_field=DateTimeField())
    return Q(LessThanOrEqual(shut, F(moment)))
