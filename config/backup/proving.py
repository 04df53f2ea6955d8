"""What came back, asked of the database itself and compared with the manifest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg

from config.backup import attachments, snapshot
from config.backup.restoring import Backup
from config.backup.snapshot import Facts
from parties import keyring
from workflow import dispatch

#: Its rows differ on purpose: the restore added the holds.
_HOLDS: Final = "workflow_dispatchhold"
_HELD: Final = "SELECT lane FROM workflow_dispatchhold WHERE released_at IS NULL ORDER BY lane"
_KEYS: Final = "SELECT school_id, id, wrapped FROM parties_schoolkey"


def broken_promises(
    backup: Backup, connection: psycopg.Connection[Any], *, folder: Path
) -> list[str]:
    """One sentence for each thing that is not as it was; none means that all of it came back.

    connection: the owner's, to the restored database. folder: where the attachments went.
    """
    found = snapshot.facts(connection)
    return [
        *_rows(backup.facts.rows, found.rows),
        *_leaves(backup.facts, found),
        *_walls(backup.facts, found),
        *_hold(connection),
        *_keys(connection),
        *_files(connection, folder, backup.files),
    ]


def _rows(wanted: dict[str, int], found: dict[str, int]) -> Iterator[str]:
    for table in sorted({*wanted, *found} - {_HOLDS}):
        if wanted.get(table) != found.get(table):
            yield f"{table}：备份时 {wanted.get(table)} 行，恢复后 {found.get(table)} 行。"


def _leaves(wanted: Facts, found: Facts) -> Iterator[str]:
    """A leaf that was broken before the backup is told of there; here nothing may change."""
    if found.leaves != wanted.leaves:
        yield (
            f"账本不符：备份时 {wanted.leaves.count} 片叶、末叶 {wanted.leaves.last[:16]}，"
            f"恢复后 {found.leaves.count} 片、末叶 {found.leaves.last[:16]}，"
            f"{found.leaves.broken} 片算不回来。"
        )


def _walls(wanted: Facts, found: Facts) -> Iterator[str]:
    for kind, told in wanted.walls.items():
        if found.walls.get(kind) != told:
            yield f"防护没有原样恢复：{kind}（备份时 {told[0]} 项）。"


def _hold(connection: psycopg.Connection[Any]) -> Iterator[str]:
    held = [row[0] for row in connection.execute(_HELD).fetchall()]
    if held != sorted(dispatch.LANES):
        yield f"派发没有暂停：{held}。请勿启动服务。"


def _keys(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """The root key is kept apart; without the right one nothing sealed can be read."""
    for school_id, key_id, wrapped in connection.execute(_KEYS).fetchall():
        if not keyring.opens(school_id, key_id, bytes(wrapped)):
            root = bytes(wrapped)[:8].hex()
            yield f"学校 #{school_id} 的密钥打不开：请把根密钥 {root} 放进 SANFANG_ROOT_KEY。"


def _files(connection: psycopg.Connection[Any], folder: Path, wanted: int) -> Iterator[str]:
    """Their content was compared while they were written."""
    refs = attachments.known(connection)
    there = sum(data is not None for _, data in attachments.read(folder, refs))
    if there != wanted:
        yield f"附件：备份时 {wanted} 个，恢复后 {there} 个。"
