"""Rows as raw SQL writes them, past every model: what the database itself must refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model


def copy(row: Model, **changed: Any) -> str:
    """Insert `row` once more under a new id with some columns changed; the new id."""
    columns = [field.column for field in row._meta.concrete_fields]
    new = {"id": str(uuid4()), **changed}
    asked = ", ".join("%s" if name in new else f'"{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    table = row._meta.db_table
    _run(
        f'INSERT INTO "{table}" ({names})'  # noqa: S608 -- names of our own models
        f' SELECT {asked} FROM "{table}" WHERE id = %s',
        [*(new[name] for name in columns if name in new), str(row.pk)],
    )
    return str(new["id"])


def change(row: Model, pk: str = "", **columns: Any) -> None:
    """Overwrite columns of `row`, or of its copy `pk`."""
    assigned = ", ".join(f'"{name}" = %s' for name in columns)
    _run(
        f'UPDATE "{row._meta.db_table}" SET {assigned}'  # noqa: S608 -- names of our own models
        " WHERE id = %s",
        [*columns.values(), pk or str(row.pk)],
    )


@contextmanager
def refused(*, constraint: str = "", saying: str = "") -> Iterator[None]:
    """The statement inside fails for this reason; what came before it stays."""
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        yield
    cause: Any = raised.value.__cause__
    if constraint:
        assert cause.diag.constraint_name == constraint, str(cause)
    assert saying in str(cause)


def _run(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount == 1
