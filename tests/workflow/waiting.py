"""Two at once in tests: one goes on when the other stands before a lock, or is through."""

import time
from concurrent.futures import Future
from typing import Any

from django.db import connection


def wait_for_somebody_who_waits(other: Future[Any]) -> None:
    """Until another connection stands before a lock of ours; `other` is who should come to it."""
    sql = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'"""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                return
        assert not other.done(), "went past every lock"
        time.sleep(0.05)
    raise AssertionError("nobody waits")
