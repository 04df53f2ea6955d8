"""SQL that is ready but for somebody's values: running it, and making objects of its rows.

It leans on how Django's compiler hands over columns (ModelIterable); nothing else does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.db.models.query import ModelIterable
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from ledger import cursors
from parties.likeness import Ids, Moments

#: Number of the value that belongs into a gap, or of those that do as a list.
Filling = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns make which objects: what a compiler has worked out beside the SQL."""

    model: type[Model]
    select: Any
    klass_info: Any
    annotation_col_map: Any
    col_count: int | None
    converters: Mapping[int, Any]

    @classmethod
    def of(cls, compiler: SQLCompiler, model: type[Model]) -> Self:
        """Needs a compiler that has written its SQL."""
        expressions = [expression for expression, *_ in compiler.select[: compiler.col_count]]
        return cls(
            model,
            compiler.select,
            compiler.klass_info,
            compiler.annotation_col_map,
            compiler.col_count,
            compiler.get_converters(expressions),
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with gaps named $1, $2, ..., and what belongs into each."""

    sql: str
    fillings: Sequence[Filling]
    columns: Columns

    def rows(self, values: Sequence[Any], *, limit: int | None = None) -> Sequence[Any]:
        """Objects of the model, in one query. Inside a scope."""
        with self.sent(values, limit=limit) as cursor:
            return self.objects(cursor.fetchall())

    def sent(self, values: Sequence[Any], *, limit: int | None = None) -> CursorWrapper:
        """Ask, and leave the answer with the cursor."""
        sql = self.sql if limit is None else f"{self.sql} LIMIT {limit:d}"
        cursor = cursors.preparing(DEFAULT_DB_ALIAS, raw=True)
        cursor.execute(sql, [_filled(one, values) for one in self.fillings])
        return cursor

    def objects(self, answered: Sequence[Any]) -> Sequence[Any]:
        """The rows that a cursor of `sent` was answered, as objects of the model."""
        compiler = _Ready(self.columns, answered)
        query = SimpleNamespace(get_compiler=lambda using: compiler)  # noqa: ARG005 - Django's name
        source: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(source))


@dataclass(frozen=True, slots=True)
class Nothing:
    """The statement of rows that cannot be: nobody is asked."""

    def rows(self, values: Sequence[Any], *, limit: int | None = None) -> Sequence[Any]:  # noqa: ARG002
        return []


def _filled(filling: Filling, values: Sequence[Any]) -> Any:
    if isinstance(filling, tuple):
        return [values[number] for number in filling]
    value = values[filling]
    if isinstance(value, Ids):
        return _array(one.hex for one in value)
    return _array(one.isoformat() for one in value) if isinstance(value, Moments) else value


def _array(words: Iterable[str]) -> str:
    """As Postgres writes an array, of words that need no quotes; a list is looked through by the
    driver, each of its ids anew for each statement.
    """
    return f"{{{','.join(words)}}}"


class _Ready(SQLCompiler):
    """A compiler whose work has been done, and whose rows have come."""

    def __init__(self, columns: Columns, found: Sequence[Any]) -> None:
        super().__init__(Query(columns.model), connections[DEFAULT_DB_ALIAS], DEFAULT_DB_ALIAS)
        self.select, self.klass_info = columns.select, columns.klass_info
        self.annotation_col_map, self.col_count = columns.annotation_col_map, columns.col_count
        self.converters, self.found = columns.converters, found

    def execute_sql(self, *_: Any, **__: Any) -> Any:
        return [self.found]

    def get_converters(self, expressions: Any) -> Any:  # noqa: ARG002 - Django's signature
        return self.converters
