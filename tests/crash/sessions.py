"""Sessions of processes that are about to die, and what the server knows of them afterwards."""

import os
import time
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from django.db import connection
from psycopg.pq import TransactionStatus

#: Liveness only; no outcome depends on it.
_BEATS: Final = "workflow_heartbeat"
_TABLES: Final = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname NOT LIKE 'django\\_%%' AND relname <> %s ORDER BY relname
"""
#: Seconds; the server notices a broken connection at once.
_LONGEST: Final = 30.0


def renew() -> int:
    """Put a new session under the connection object that this process has; its backend's id.

    The socket is exchanged below the object, so that cursors which are open go on with the new
    session. What another process holds of the old socket stays with that process.
    """
    fresh = connection.copy()
    fresh.ensure_connection()
    ours, new = connection.connection, fresh.connection
    backend: int = new.info.backend_pid
    os.dup2(new.fileno(), ours.fileno())
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, new.fileno())
    os.close(nowhere)
    ours._prepared = type(ours._prepared)()
    new.close()  # says goodbye to nowhere
    return backend


def idle() -> bool:
    """Whether no transaction is open."""
    status: TransactionStatus = connection.connection.pgconn.transaction_status
    return status == TransactionStatus.IDLE


class Server:
    """The database as its owner sees it, over a connection of the test's own."""

    def __init__(self, url: str) -> None:
        self._owner = psycopg.connect(url, autocommit=True, prepare_threshold=1)
        self.tables = [str(row[0]) for row in self._owner.execute(_TABLES, [_BEATS]).fetchall()]
        self._state = " UNION ALL ".join(
            f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}"  # noqa: S608
            for name in self.tables
        )

    def close(self) -> None:
        self._owner.close()

    def state(self) -> Mapping[str, tuple[int, int]]:
        """What changes whenever anything that was committed changes, by table.

        Without an order: the server may count several tables at once and answer as they get done.
        """
        found = self._owner.execute(self._state).fetchall()
        return {name: (rows, newest) for name, rows, newest in found if rows}

    def until_gone(self, backend: int) -> None:
        """The server has noticed that the process behind this session is dead."""
        until = time.monotonic() + _LONGEST
        while self._alive(backend):
            if time.monotonic() > until:
                raise AssertionError(f"backend {backend} outlives its process")
            time.sleep(0.0005)

    def set_clock(self, at: Any) -> None:
        """School time stands still at `at` until it is moved again."""
        self._owner.execute(
            "INSERT INTO parties_schoolclock (school_id, anchor_machine, anchor_school, rate)"
            " SELECT min(id), clock_timestamp(), %s, 1e-9 FROM parties_school"
            " ON CONFLICT (school_id) DO UPDATE SET anchor_machine = excluded.anchor_machine,"
            " anchor_school = excluded.anchor_school",
            [at],
        )

    def _alive(self, backend: int) -> bool:
        row = self._owner.execute(
            "SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend]
        ).fetchone()
        return row is not None
