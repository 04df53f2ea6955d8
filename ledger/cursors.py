"""Cursors whose statements stay prepared on the server.

Django's own bind on the client: their statements are parsed and planned anew every time. These send
the values apart, and pass Django's wrappers like every other.
"""

from typing import Any, Self

import psycopg
from django.db import connections
from django.db.backends.utils import CursorWrapper


class _Preparing(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, **{"prepare": True, **options})


class _PreparingRaw(psycopg.RawCursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, **{"prepare": True, **options})


def preparing(alias: str, *, raw: bool = False) -> CursorWrapper:
    """A cursor on the connection of this thread; `raw`: gaps are $1, $2, ... instead of %s."""
    connection: Any = connections[alias]
    connection.ensure_connection()
    cursor = (_PreparingRaw if raw else _Preparing)(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    wrapped: CursorWrapper = wrap(cursor)
    return wrapped
