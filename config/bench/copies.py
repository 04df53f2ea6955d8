"""Many cases that stand where one stands: copied inside the database, as its owner.

The app role may not do that: an instance begins as PENDING for it, and its guard sees to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from parties.row_security import guard_name
from workflow.models import Case, CaseParty, HumanTask, ProcessInstance

#: Column of each copied table that becomes the copy's case, and what else must be its own.
_TABLES: Final[Mapping[Any, Mapping[str, str]]] = {
    Case: {"id": "copy.case_id"},
    CaseParty: {"id": "gen_random_uuid()", "case_id": "copy.case_id"},
    ProcessInstance: {"id": "copy.instance_id", "case_id": "copy.case_id"},
    HumanTask: {
        "id": "gen_random_uuid()",
        "case_id": "copy.case_id",
        "instance_id": "CASE WHEN t.instance_id IS NOT NULL THEN copy.instance_id END",
        "answer": "NULL",  # it is sealed for its own row
    },
}


#: Copies in one transaction.
_PORTION: Final = 50_000
#: Guards that refuse a row which begins in the middle.
_GUARDED: Final = ((Case, "state"), (ProcessInstance, "status"), (HumanTask, "state"))


@contextmanager
def unguarded(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """Let rows begin in any state, for copies of rows that came there legally."""
    _switch(owner, "DISABLE TRIGGER")
    try:
        yield
    finally:
        _switch(owner, "ENABLE ALWAYS TRIGGER")


def _switch(owner: psycopg.Connection[Any], how: LiteralString) -> None:
    for model, field in _GUARDED:
        table = model._meta.db_table
        guard = sql.Identifier(f"{guard_name(table, field)}_insert")
        owner.execute(
            sql.SQL("ALTER TABLE {} {} {}").format(sql.Identifier(table), sql.SQL(how), guard)
        )


def make(owner: psycopg.Connection[Any], case_id: UUID, count: int) -> Sequence[tuple[UUID, UUID]]:
    """`count` copies of a case with all that its process needs; (case, instance) of each."""
    return _copy(owner, case_id, count, _TABLES)


def foresee(owner: psycopg.Connection[Any]) -> None:
    """Before many copies. What checks a reference of a row is planned once, while the tables are
    small: by reading them all, or the index of all rows of a school, for each of the rows to come.
    """
    for model in (Case, ProcessInstance):
        owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(model._meta.db_table)))


def fill(owner: psycopg.Connection[Any], case_id: UUID, count: int) -> None:
    """`count` open cases to lie about: the case and its process, in portions."""
    tables = {model: _TABLES[model] for model in (Case, ProcessInstance)}
    while count > 0:
        _copy(owner, case_id, min(count, _PORTION), tables)
        count -= _PORTION


def _copy(
    owner: psycopg.Connection[Any],
    case_id: UUID,
    count: int,
    tables: Mapping[Any, Mapping[str, str]],
) -> Sequence[tuple[UUID, UUID]]:
    with owner.transaction():
        owner.execute("SET LOCAL enable_seqscan = off")  # see foresee
        owner.execute("DROP TABLE IF EXISTS copy")
        owner.execute(
            "CREATE TEMP TABLE copy AS SELECT gen_random_uuid() AS case_id,"
            " gen_random_uuid() AS instance_id FROM generate_series(1, %s)",
            [count],
        )
        for model, own in tables.items():
            owner.execute(_statement(model, own), [case_id])
        found = owner.execute("SELECT case_id, instance_id FROM copy").fetchall()
    return [(row[0], row[1]) for row in found]


def _statement(model: Any, own: Mapping[str, str]) -> sql.Composed:
    columns = [field.column for field in model._meta.concrete_fields]
    values = [
        sql.SQL(own[name]) if name in own else sql.SQL("t.{}").format(sql.Identifier(name))
        for name in columns
    ]
    which = "id" if model is Case else "case_id"
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t, copy WHERE t.{which} = %s"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(values),
        which=sql.Identifier(which),
    )
