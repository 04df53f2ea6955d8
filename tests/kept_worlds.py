"""Worlds of tests.factories: built once in a pytest process, put back for each test that wants one.

Building one takes a hundred statements, putting its rows back takes one. Everything is in them as
it was built, ids, keys and numbers included, so two tests may get the same school, one after the
other; in one test no two worlds are the same. People and places are new objects each time.
"""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from ledger import cursors
from parties import keyring, tenancy
from parties.models import School
from tests.factories import World, build_world


@dataclass(frozen=True)
class _Kept:
    """A world as bytes, and the statement that puts its rows back with their JSON."""

    school_id: int
    world: bytes
    statement: str
    rows: tuple[str, ...]

    def put_back(self) -> World:
        with (
            tenancy.scope(self.school_id),
            cursors.preparing(DEFAULT_DB_ALIAS) as cursor,
        ):
            cursor.execute(self.statement, self.rows)
        world = pickle.loads(self.world)  # noqa: S301 - our own bytes
        assert isinstance(world, World)
        return world


#: The first, the second, ... world of a test.
_kept: Final[list[_Kept]] = []


class Worlds:
    """The worlds of one test, which finds its database without them."""

    def __init__(self) -> None:
        self._count = 0

    def one_more(self) -> World:
        """A school with everybody in it, none of which is here yet. Opens its own scope."""
        keyring.forget()  # a test may have changed what it knew of these very schools
        self._count += 1
        if self._count > len(_kept):
            world = build_world()
            _kept.append(_keep(world))
            return world
        return _kept[self._count - 1].put_back()


def _keep(world: World) -> _Kept:
    with tenancy.scope(world.id):
        found = {model: rows for model in _readable() if (rows := _rows(model, world))}
    parts = ", ".join(f"w{n} AS ({_insert(model)})" for n, model in enumerate(found))
    return _Kept(world.id, pickle.dumps(world), f"WITH {parts} SELECT 1", tuple(found.values()))


def _readable() -> Iterable[type[Model]]:
    """Tables of schools that the product may read at all."""
    for model in apps.get_models():
        names = {field.column for field in model._meta.concrete_fields}
        if (model is School or "school_id" in names) and _scalar(
            "SELECT has_table_privilege(%s, 'SELECT')", [model._meta.db_table]
        ):
            yield model


def _rows(model: type[Model], world: World) -> str | None:
    """A JSON list, or None where the world has none."""
    school = "id" if model is School else "school_id"
    found = _scalar(
        f"SELECT json_agg(t)::text FROM {model._meta.db_table} t WHERE t.{school} = %s",  # noqa: S608
        [world.id],
    )
    assert found is None or isinstance(found, str)
    return found


def _insert(model: type[Model]) -> str:
    table = model._meta.db_table
    columns = ", ".join(
        f'"{field.column}"' for field in model._meta.concrete_fields if not field.generated
    )
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608
        f" FROM json_populate_recordset(NULL::{table}, %s::json)"
    )


def _scalar(statement: str, given: list[Any]) -> object:
    with cursors.preparing(DEFAULT_DB_ALIAS) as cursor:
        cursor.execute(statement, given)
        row = cursor.fetchone()
    return row[0] if row else None
