"""Statements that stay prepared on the server, and savepoints that cost no round trip of their own.

Django's cursors bind on the client: their statements are parsed and planned anew every time. These
are psycopg's own, on Django's connection and in its transaction.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, LiteralString

import psycopg
from django.db import Error, connection
from psycopg import generators
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus

Parameters = Sequence[Any] | Mapping[str, Any]

_ids: Final = count(1)


@dataclass(eq=False)
class _Tentative:
    """One savepoint, `made` as soon as anything is asked of the database inside it."""

    depth: int
    made: bool = False
    #: Never used twice, so that what on_commit() promised inside is told from what came before.
    id: str = field(default_factory=lambda: f"tentative_{next(_ids)}")

    @property
    def name(self) -> str:
        """The same at each depth: a name that changes would be parsed anew every time."""
        return f"tentative_{self.depth}"


@dataclass
class _Open(threading.local):
    tentative: list[_Tentative] = field(default_factory=list)


_open = _Open()


def execute(statement: LiteralString | bytes, given: Parameters = ()) -> psycopg.Cursor[Any]:
    """Run one statement and answer its cursor. Raises what Django's cursors raise."""
    cursor = psycopg.Cursor(_raw())
    with connection.wrap_database_errors:
        make_savepoints()
        return cursor.execute(statement, given, binary=True)


def opening(statement: bytes) -> tuple[Any, ...]:
    """The row of a statement without gaps; where no transaction is open, in one trip with BEGIN.

    Raises what Django's cursors raise.
    """
    raw = _raw()
    idle = raw.pgconn.transaction_status == TransactionStatus.IDLE
    if raw.autocommit or raw.isolation_level is not None or not idle:
        return execute(statement).fetchone() or ()
    with connection.wrap_database_errors:
        return _begin(raw, statement)


def _begin(raw: psycopg.Connection[Any], statement: bytes) -> tuple[Any, ...]:
    """As psycopg sends every query, but two in one message; a signal still interrupts the wait."""
    with raw.lock:
        raw.pgconn.send_query(b"BEGIN; " + statement)
        *_, last = raw.wait(generators.execute(raw.pgconn))
    if last.status != ExecStatus.TUPLES_OK:
        raise psycopg.errors.error_from_result(last)
    loader = Transformer(raw)
    loader.set_pgresult(last)
    return tuple(loader.load_rows(0, 1, tuple)[0])


def execute_each(statement: LiteralString | bytes, given: Sequence[Parameters]) -> None:
    """Run one statement for each of `given`, in one round trip."""
    with connection.wrap_database_errors:
        make_savepoints()
        psycopg.Cursor(_raw()).executemany(statement, given)


@contextmanager
def tentatively() -> Iterator[None]:
    """A savepoint around the body, as transaction.atomic() sets inside a transaction, made late.

    It is not released: it ends with the transaction, which costs nothing.
    """
    here = _Tentative(len(_open.tentative))
    _open.tentative.append(here)
    connection.savepoint_ids.append(here.id)  # what on_commit() promises inside goes with it
    try:
        with connection.execute_wrapper(_before):
            yield
    except BaseException:
        _take_back(here)
        raise
    else:
        if connection.needs_rollback:
            _take_back(here)
    finally:
        _open.tentative.remove(here)
        connection.savepoint_ids.remove(here.id)


def make_savepoints() -> None:
    """Make the savepoints that still wait."""
    for one in _open.tentative:
        if not one.made:
            _make(_raw(), one)


def _before(
    run: Callable[..., Any],
    sql: str,
    given: Any,
    many: bool,  # noqa: FBT001 -- Django's signature
    context: Mapping[str, Any],
) -> Any:
    """Django's own cursors come here first."""
    with connection.wrap_database_errors:
        make_savepoints()
    return run(sql, given, many, context)


def _make(raw: psycopg.Connection[Any], one: _Tentative) -> None:
    psycopg.Cursor(raw).execute(f"SAVEPOINT {one.name}", prepare=False)
    one.made = True


def _take_back(here: _Tentative) -> None:
    connection.needs_rollback = False
    connection.run_on_commit = [
        promised for promised in connection.run_on_commit if here.id not in promised[0]
    ]
    if not here.made:
        return
    try:
        with connection.wrap_database_errors:
            psycopg.Cursor(_raw()).execute(f"ROLLBACK TO SAVEPOINT {here.name}", prepare=False)
    except Error:
        connection.needs_rollback = True
        raise


def _raw() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw
