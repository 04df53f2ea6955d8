"""Cursors whose statements stay prepared on the server.

Django's own bind on the client: their statements are parsed and planned anew every time. These send
the values apart, and pass Django's wrappers like every other.
"""

from contextlib import AbstractContextManager
from typing import Any, Self

import psycopg
from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format


def together(alias: str) -> AbstractContextManager[Any]:
    """What is executed inside is sent without waiting; reading waits for the answers of all."""
    connection: Any = connections[alias]
    connection.ensure_connection()
    pipeline: AbstractContextManager[Any] = connection.connection.pipeline()
    return pipeline


class _Preparing(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, **{"prepare": True, **options})


class _PreparingRaw(psycopg.RawCursor[Any]):
    """Answers come as the server keeps them: a moment as text takes ten times as long to read."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection)
        self.adapters.register_loader("jsonb", _JsonText)

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, **{"prepare": True, "binary": True, **options})


class _JsonText(Loader):
    """JSON unread, as Django's own cursors hand it to its fields; a version comes before it."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data)[1:].decode()


def preparing(alias: str, *, raw: bool = False) -> CursorWrapper:
    """A cursor on the connection of this thread; `raw`: gaps are $1, $2, ... instead of %s."""
    connection: Any = connections[alias]
    connection.ensure_connection()
    cursor = (_PreparingRaw if raw else _Preparing)(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    wrapped: CursorWrapper = wrap(cursor)
    return wrapped
