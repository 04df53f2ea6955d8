"""Take a backup: attachments, dump and manifest of one moment, while everything goes on."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import psycopg
from pyrage import x25519

from config.backup import attachments, sealing, snapshot
from config.backup.archive import Writer
from config.backup.database import Database
from config.backup.refusal import Refused
from config.backup.snapshot import Facts

FORMAT: Final = 1
#: Of pg_dump's own compression: the processor is needed elsewhere.
_LEVEL: Final = 3


@dataclass(frozen=True)
class Taken:
    """What a backup holds. `missing`: files that a row names and nobody finds."""

    taken_at: datetime
    facts: Facts
    files: int
    missing: list[str]
    size: int
    sha256: str

    @property
    def findings(self) -> list[str]:
        """Sentences about what was wrong already before the backup; it is whole all the same."""
        found = [f"附件丢失：{name} 有记录而没有文件。" for name in self.missing]
        if self.facts.leaves.broken:
            found.append(f"账本有 {self.facts.leaves.broken} 条事件与其指纹不符，请立即查明。")
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "taken_at": self.taken_at.isoformat(),
            "bytes": self.size,
            "sha256": self.sha256,
            "tables": len(self.facts.rows),
            "rows": sum(self.facts.rows.values()),
            "leaves": self.facts.leaves.count,
            "last_leaf": self.facts.leaves.last,
            "attachments": self.files,
            "root_keys": self.facts.root_keys,
            "findings": self.findings,
        }


def take(
    database: Database, *, to: Path, recipient: x25519.Recipient, folder: Path, app_role: str
) -> Taken:
    """Write a backup of `database` and of the attachments in `folder`, sealed for `recipient`.

    Every row in it was committed when it began, and none after that. Raises Refused.
    """
    with (
        sealing.sealed(to, recipient) as file,
        _frozen(database) as (connection, frozen, at),
        Writer(file.stream) as archive,
    ):
        refs = attachments.known(connection)
        absent = _add_files(archive, folder, refs)
        _add_dump(archive, database, frozen, server=snapshot.major(connection))
        facts = snapshot.facts(connection)
        archive.finish(
            {
                "format": FORMAT,
                "taken_at": at.isoformat(),
                "app_role": app_role,
                "facts": facts.as_json(),
                "attachments": len(refs) - len(absent),
            }
        )
    missing = _still_named(database, absent)
    return Taken(at, facts, len(refs) - len(absent), missing, file.size, file.sha256)


@contextmanager
def _frozen(database: Database) -> Iterator[tuple[psycopg.Connection[Any], str, datetime]]:
    """A transaction that sees one moment, and the name by which pg_dump sees the same."""
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot.require_owner(connection)
        snapshot.require_tables(connection)
        frozen, at = connection.execute("SELECT pg_export_snapshot(), now()").fetchall()[0]
        yield connection, frozen, at


def _add_files(archive: Writer, folder: Path, refs: list[attachments.Ref]) -> list[attachments.Ref]:
    """Returns those that are not there."""
    absent = []
    for ref, data in attachments.read(folder, refs):
        if data is None:
            absent.append(ref)
        else:
            archive.add(attachments.name_of(ref), data)
    return absent


def _add_dump(archive: Writer, database: Database, frozen: str, *, server: int) -> None:
    options = ["--format=custom", f"--compress={_LEVEL}", f"--snapshot={frozen}", "--no-owner"]
    options += [f"--exclude-table-data=public.{table}" for table in snapshot.LEFT_OUT]
    with tempfile.TemporaryFile() as told:
        dump = database.tool("pg_dump", options, server=server, stdout=subprocess.PIPE, stderr=told)
        try:
            if dump.stdout is not None:
                archive.add_stream("database", dump.stdout)
            status = dump.wait()
        finally:
            dump.kill()
            dump.wait()
        if status != 0:
            raise Refused(f"pg_dump 没有完成：{last_words(told)}")


def last_words(told: IO[bytes]) -> str:
    """The last line that a tool wrote."""
    told.seek(0)
    lines = told.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "（没有说明）"


def _still_named(database: Database, absent: list[attachments.Ref]) -> list[str]:
    """Who destroys an attachment deletes the row first: such a file was not lost."""
    if not absent:
        return []
    with database.connect() as connection:
        named = set(attachments.known(connection))
    return [attachments.name_of(ref) for ref in absent if ref in named]
