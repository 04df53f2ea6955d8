"""New rows by INSERT statements that are written once and stay prepared.

Django writes the SQL of an INSERT anew for every row, which takes longer than running it. Values
are made by the fields as for Model.save(): what is sealed there is sealed here.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

from ledger import together
from parties import round_trips


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Store new rows of one model, as save(force_insert=True) would; inside a scope.

    In a block of ledger.together they leave at its end.
    Raises django.db.IntegrityError as save() does.
    """
    if not rows:
        return
    model = type(rows[0])
    # Asked for once: a look at the connection of this thread costs more than making a value.
    link = connections[DEFAULT_DB_ALIAS]
    values = [[_value(field, row, link) for field in _fields(model)] for row in rows]
    if together.gathering():
        every = _statement(model, len(rows), ignore_conflicts=ignore_conflicts)
        together.put(every, [value for each in values for value in each])
    else:
        _store(_statement(model, 1, ignore_conflicts=ignore_conflicts), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _store(statement: bytes, values: Sequence[Sequence[Any]]) -> None:
    if len(values) == 1:
        round_trips.execute(statement, values[0])
    else:
        round_trips.execute_each(statement, values)


@cache
def _fields(model: type[Model]) -> Sequence[Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


@cache
def _statement(model: type[Model], count: int, *, ignore_conflicts: bool) -> bytes:
    quote: Any = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in _fields(model))
    gaps = ", ".join([f"({', '.join(map(_gap, _fields(model)))})"] * count)
    last = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) VALUES {gaps}{last}".encode()  # noqa: S608 -- names


def _gap(field: Field[Any, Any]) -> str:
    """An array says of what it is: an empty one could be of anything."""
    return f"%s::{field.db_type(connection)}" if hasattr(field, "base_field") else "%s"


def _value(field: Field[Any, Any], row: Model, link: Any) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), link)
