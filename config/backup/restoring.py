"""Bring a backup back into an empty database, whole or not at all, and held.

The file is read twice: once to prove every byte of it, then to load it. Rows, walls and the hold on
the dispatcher become visible in one commit, so no worker ever meets a restored outbox that runs.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.db.migrations.loader import MigrationLoader
from psycopg import sql
from pyrage import x25519

from config.backup import archive, attachments, database, sealing, snapshot
from config.backup.database import Database
from config.backup.refusal import Refused
from config.backup.snapshot import Facts
from config.backup.taking import FORMAT, last_words
from workflow import dispatch

_LAST_WORDS_SECONDS: Final = 0.5
_OCCUPIED: Final = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""


@dataclass(frozen=True)
class Backup:
    """A file whose every byte was proven, and what its manifest says."""

    file: Path
    key: x25519.Identity
    taken_at: datetime
    app_role: str
    files: int
    facts: Facts
    parts: tuple[archive.Part, ...]


def inspect(file: Path, key: x25519.Identity, *, sha256: str = "") -> Backup:
    """Prove the file without touching any database. Raises Refused.

    sha256: what `backup` printed; only that says who made the file.
    """
    if not file.is_file():
        raise Refused(f"没有备份文件 {file}：请检查路径。")
    if sha256 and sealing.digest(file) != sha256.strip().lower():
        raise Refused("文件的 SHA-256 与给出的不同：这不是那份备份，请核对来源。")
    with sealing.opened(file, key) as stream:
        told = archive.read_manifest(stream)
    if told["format"] != FORMAT:
        raise Refused(f"备份格式 {told['format']} 较新：请用写它的版本或更新的版本恢复。")
    return Backup(
        file=file,
        key=key,
        taken_at=datetime.fromisoformat(told["taken_at"]),
        app_role=told["app_role"],
        files=told["attachments"],
        facts=Facts.from_json(told["facts"]),
        parts=tuple(archive.Part(**part) for part in told["parts"]),
    )


def refuse_unfit(backup: Backup, into: Database) -> None:
    """Raises Refused where the restore cannot succeed: newer schema, old server, rows, no role."""
    with into.connect() as connection:
        snapshot.require_owner(connection)
        if connection.execute(_OCCUPIED).fetchall()[0][0]:
            raise Refused(f"数据库 {into.name} 不是空的：请另建一个空库，恢复从不覆盖数据。")
        server = snapshot.major(connection)
        asked = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        has_role = connection.execute(asked, [backup.app_role]).fetchall()
    if server < backup.facts.postgres:
        raise Refused(
            f"备份来自 PostgreSQL {backup.facts.postgres}，这里是 {server}："
            "请用同版或更新的服务器。"
        )
    if not has_role:
        raise Refused(f"这台服务器没有角色 {backup.app_role}：请先执行 config/roles.sql。")
    unknown = sorted(set(backup.facts.migrations) - _migrations())
    if unknown:
        raise Refused(f"备份的结构比程序新（{unknown[0]}）：请先升级 Sanfang，再恢复。")


def load(backup: Backup, into: Database, *, folder: Path) -> None:
    """Attachments into `folder`, then the rows, their walls and the hold. Raises Refused.

    When it raises, the database is as empty as before; files that were put back do no harm.
    """
    wanted = iter(backup.parts)
    # The file is proven to its very end before the loading commits.
    with _loading(backup, into) as sink, sealing.opened(backup.file, backup.key) as stream:
        for part, data in archive.parts(stream):
            if part.name == archive.MANIFEST:
                continue
            if part != next(wanted, None):
                raise Refused("备份文件在恢复途中变了：请重新开始。")
            if part.name.startswith("database/"):
                sink.write(data)
            else:
                attachments.put_back(folder, part.name, data)
    with into.connect(autocommit=True) as connection:
        connection.execute("ANALYZE")


def behind(backup: Backup) -> bool:
    """Whether the code has migrations that the backup has not seen."""
    return bool(_migrations() - set(backup.facts.migrations))


def create_missing(into: Database, home: Database) -> bool:
    """Make the database where only its name was given; whether it had to be made."""
    with home.connect() as connection:
        asked = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(asked, [into.name]).fetchall():
            return False
    home.create(into.name)
    return True


@contextmanager
def _loading(backup: Backup, into: Database) -> Iterator[IO[bytes]]:
    """Takes the dump; at the end of a block that raised nothing, all of it is committed at once.

    pg_restore turns it into SQL, psql runs that in one transaction. We keep a hand on the pipe
    between them: the hold goes in last, and without it nothing is committed.
    """
    server = backup.facts.postgres
    between, ours = os.pipe()
    words = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"]
    with tempfile.TemporaryFile() as told, os.fdopen(ours, "wb") as sql_end:
        psql = into.tool(
            "psql", words, server=server, stdin=between, stdout=subprocess.DEVNULL, stderr=told
        )
        os.close(between)
        try:
            with _restore_to(sql_end, server) as sink:
                yield sink
            sql_end.write(_hold(backup).encode())
            sql_end.close()
            _refuse_failure(psql, told)
        except (BrokenPipeError, Refused):
            # Where psql gave up first, the others only met its broken pipe.
            with suppress(subprocess.TimeoutExpired):
                _refuse_failure(psql, told, within=_LAST_WORDS_SECONDS)
            raise
        finally:
            psql.kill()  # before the pipe closes: an early end must not look like the end
            psql.wait()


@contextmanager
def _restore_to(target: IO[bytes], server: int) -> Iterator[IO[bytes]]:
    words = ["--no-owner", "--no-comments", "--file=-", "--format=custom"]
    with tempfile.TemporaryFile() as told:
        tool = database.run(
            "pg_restore", words, server, stdin=subprocess.PIPE, stdout=target, stderr=told
        )
        if tool.stdin is None:
            raise RuntimeError("pg_restore has no input")
        try:
            with tool.stdin as sink:
                yield sink
            if tool.wait() != 0:
                raise Refused(f"pg_restore 读不懂备份：{last_words(told)}")
        except BrokenPipeError:
            tool.wait()
            raise Refused(f"pg_restore 读不懂备份：{last_words(told)}") from None
        finally:
            tool.kill()
            tool.wait()


def _refuse_failure(
    psql: subprocess.Popen[bytes], told: IO[bytes], *, within: float | None = None
) -> None:
    if psql.wait(within) != 0:
        raise Refused(f"数据库没有接受备份：{last_words(told)}")


def _hold(backup: Backup) -> str:
    moment = sql.Literal(backup.taken_at.isoformat()).as_string()
    return dispatch.HOLD_SQL.format(backup_at=f"{moment}::timestamptz")


def _migrations() -> set[str]:
    """Those that this code knows, by app and name."""
    loader = MigrationLoader(None)
    return {f"{app}.{name}" for app, name in (loader.disk_migrations or {})}
