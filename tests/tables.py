"""Throw-away tables, made as a migration would make them: by the owner, from operations."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState

from tests.owner import owner_connection

APP = "sample"


def columns(*more: tuple[str, models.Field[Any, Any]]) -> list[tuple[str, models.Field[Any, Any]]]:
    return [
        ("id", models.UUIDField(primary_key=True, default=uuid4)),
        ("school_id", models.BigIntegerField()),
        *more,
    ]


class Tables:
    """Applies operations as a migration would, and undoes all of them at the end.

    Not atomic: Django's atomic() looks its connection up by alias and would not find this one.
    """

    def __init__(self, owner: BaseDatabaseWrapper) -> None:
        self.owner = owner
        self._done: list[tuple[migrations.operations.base.Operation, ProjectState]] = []
        self.state = ProjectState()

    def apply(self, *operations: migrations.operations.base.Operation) -> None:
        for operation in operations:
            before, after = self.state, self.state.clone()
            operation.state_forwards(APP, after)
            with self.owner.schema_editor(atomic=False) as editor:
                operation.database_forwards(APP, editor, before, after)
            self._done.append((operation, before))
            self.state = after

    def undo(self, count: int) -> None:
        for _ in range(count):
            operation, before = self._done.pop()
            with self.owner.schema_editor(atomic=False) as editor:
                operation.database_backwards(APP, editor, self.state, before)
            self.state = before

    def undo_all(self) -> None:
        self.undo(len(self._done))

    def model(self, name: str) -> Any:
        return self.state.apps.get_model(APP, name)

    def scalar(self, sql: str, params: list[Any] | None = None) -> Any:
        """The first value of the first row, asked by the owner."""
        with self.owner.cursor() as cursor:
            cursor.execute(sql, params)
            row = cursor.fetchone()
        return row[0] if row else None


@contextmanager
def throw_away_tables() -> Iterator[Tables]:
    """Tables that are gone afterwards."""
    with owner_connection() as owner:
        made = Tables(owner)
        yield made
        made.undo_all()
