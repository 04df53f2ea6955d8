"""The floor: one row, one NOTIFY, one listener that claims it and posts it. Bare psycopg, a socket.

The row is an outbox row in a lane of its own, which no worker of the product serves.
"""

import contextlib
import multiprocessing
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg

from config.bench import addresses

_fork: Final = multiprocessing.get_context("fork")
_SCHOOL: Final = "SELECT set_config('app.school', %s, true)"
_PROMISE: Final = """
INSERT INTO workflow_notification (id, school_id, case_id, recipient_id, to_role, channel, template,
    lane, key, created_at, due_at, tries, state, via)
VALUES (%(id)s, %(school)s, NULL, %(to)s, 'ME', 'sms', 'crisis.alert', 'floor', %(key)s, now(),
    now(), 0, 'PENDING', '')
"""
_CLAIM: Final = """
UPDATE workflow_notification SET tries = tries + 1, leased_until = now() + interval '5 seconds'
WHERE id = (SELECT id FROM workflow_notification WHERE state = 'PENDING' AND lane = 'floor'
    AND due_at <= now() AND (leased_until IS NULL OR leased_until <= now())
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, key
"""
_SETTLE: Final = """
UPDATE workflow_notification SET state = 'SENT', sent_at = now(), via = 'floor' WHERE id = %s
"""


@dataclass
class Floor:
    """Promises in this process; the listener is another."""

    raw: psycopg.Connection[Any]
    school_id: int
    to: UUID

    def promise(self) -> str:
        """Commit one message and the notice of it; its key."""
        key = f"floor-{uuid4()}"
        given = {"id": uuid4(), "school": self.school_id, "to": self.to, "key": key}
        with self.raw.transaction():
            self.raw.execute(_SCHOOL, [str(self.school_id)])
            self.raw.execute(_PROMISE, given, prepare=True)
            self.raw.execute("NOTIFY bench_floor")
        return key


@contextlib.contextmanager
def running(*, school_id: int, to: UUID, url: str) -> Iterator[Floor]:
    ours, theirs = _fork.Pipe()
    process = _fork.Process(target=_listen, args=(theirs, school_id, url), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()
        with psycopg.connect(addresses.app(), autocommit=True) as raw:
            yield Floor(raw, school_id, to)
    finally:
        process.kill()
        process.join()


def _listen(pipe: Connection, school_id: int, url: str) -> None:
    with psycopg.connect(addresses.app(), autocommit=True) as raw:
        raw.execute("LISTEN bench_floor")
        pipe.send("listening")
        port = urlsplit(url).port or 80
        while True:
            if list(raw.notifies(timeout=1.0, stop_after=1)):
                while _deliver(raw, school_id, port):
                    continue


def _deliver(raw: psycopg.Connection[Any], school_id: int, port: int) -> bool:
    with raw.transaction():
        raw.execute(_SCHOOL, [str(school_id)])
        row = raw.execute(_CLAIM, prepare=True).fetchone()
    if row is None:
        return False
    body = b'{"template":"crisis.alert"}'
    with socket.create_connection(("127.0.0.1", port)) as there:
        head = f"POST / HTTP/1.1\r\nwebhook-id: {row[1]}\r\ncontent-length: {len(body)}\r\n\r\n"
        there.sendall(head.encode() + body)
        there.recv(200)
    with raw.transaction():
        raw.execute(_SCHOOL, [str(school_id)])
        raw.execute(_SETTLE, [row[0]], prepare=True)
    return True
