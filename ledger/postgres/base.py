"""Plans outlive a transaction that is taken back.

After every ROLLBACK psycopg throws away all statements that a connection has prepared, in case a
table was made anew inside it. The product makes no tables, and refuses all day: each 404 made the
next requests on its connection plan everything again, four fifths of what they cost the server.

    refused by us, nothing wrong with the transaction --> ROLLBACK, the plans stay
    refused by the server                             --> psycopg's own ROLLBACK
"""

from typing import Any, ClassVar

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg import generators
from psycopg.pq import ExecStatus, PipelineStatus, TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Only for who makes and changes no tables: the owner keeps Django's own."""

    #: As psycopg has it. Each takes the server a tenth of a megabyte.
    most_prepared: ClassVar[int] = 100

    def get_new_connection(self, conn_params: Any) -> Any:
        made = super().get_new_connection(conn_params)
        made.prepared_max = self.most_prepared
        return made

    def _rollback(self) -> None:
        if not self._is_sound():
            super()._rollback()  # type: ignore[misc] # the stubs leave it out
            return
        with debug_transaction(self, "ROLLBACK"), self.wrap_database_errors:
            self._send("ROLLBACK")

    def _savepoint_rollback(self, sid: str) -> None:
        if self.execute_wrappers or not self._is_sound():
            super()._savepoint_rollback(sid)  # type: ignore[misc] # likewise
            return
        statement = self.ops.savepoint_rollback_sql(sid)
        with debug_transaction(self, statement), self.wrap_database_errors:
            self._send(statement)

    def _is_sound(self) -> bool:
        """In a transaction that could still commit; what failed may have left half a plan."""
        if self.connection is None:
            return False
        inner = self.connection.pgconn
        return bool(
            inner.transaction_status == TransactionStatus.INTRANS
            and inner.pipeline_status == PipelineStatus.OFF
        )

    def _send(self, statement: str) -> None:
        """As psycopg sends what it says itself; a signal still interrupts the wait."""
        raw = self.connection
        with raw.lock:
            raw.pgconn.send_query(statement.encode())
            *_, last = raw.wait(generators.execute(raw.pgconn))
        if last.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(last)
