"""The services of a laptop, a test run and the demo, started with the process that needs them.

A newcomer has neither Postgres nor Redis: `start()` runs real ones from wheels, as children that
die with us. DATABASE_URL and REDIS_URL replace them, each on its own.

    with devstack.start(throwaway=True) as stack:
        subprocess.run([...], env={**os.environ, **stack.env()})
"""

import base64
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from config import binaries, folders
from config.broker import broker_address
from config.servers import SUPERUSER, Postgres, Valkey

ROLES_SQL = Path(__file__).with_name("roles.sql")
OWNER_ROLE = "sanfang_owner"
APP_ROLE = "sanfang_app"
DATABASE = "sanfang"
ATTACH_SECONDS = 15.0

ServicesUnavailable = binaries.ServicesUnavailable


@dataclass
class Stack:
    """Addresses of the services, and the servers themselves where this process started them.

    `postgres` and `valkey` are None when they are somebody else's: named by the environment, or
    started by another process on the same data.
    """

    database_url: str
    database_owner_url: str
    redis_url: str
    keys: dict[str, str] = field(default_factory=dict)
    data: Path | None = None
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    _closing: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def broker_url(self) -> str:
        """The broker's address as Celery spells it."""
        return broker_address(self.redis_url)

    def env(self, *, owner: bool = True) -> dict[str, str]:
        """Variables for a child process. Web and workers get no owner: they never migrate."""
        variables = {
            **self.keys,
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url if owner else "",
            "REDIS_URL": self.redis_url,
        }
        if self.keys:
            variables["SANFANG_ENV"] = os.environ.get("SANFANG_ENV", "development")
        if self.data is not None:
            variables["ATTACHMENTS_DIR"] = str(self.data / "attachments")
        return variables

    def close(self) -> None:
        """Stop what this process started; throw-away data go too."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start(
    *,
    data: Path | None = None,
    throwaway: bool = False,
    fsync: bool = True,
    redis: bool = True,
    ignore_environment: bool = False,
) -> Stack:
    """Services that answer, with roles and database in place (but not migrated).

    data: where they keep their files; $SANFANG_DATA, else .data/ beside the code.
    throwaway: files that vanish on close; only these may go without fsync.
    redis: False leaves the broker out, as if it were down.
    ignore_environment: private services even where DATABASE_URL or REDIS_URL name others.

    Raises ServicesUnavailable with one sentence that says what to do.
    """
    if not fsync and not throwaway:
        raise ValueError("fsync=False is for throw-away data only")
    stack = _named_by({} if ignore_environment else os.environ)
    if stack.database_url and (stack.redis_url or not redis):
        return stack
    with ExitStack() as undo:
        stack.data = folders.throwaway(undo) if throwaway else folders.data(data)
        if not throwaway and not _take(stack, undo):
            return stack
        stack.keys = _keys(stack.data)
        (stack.data / "attachments").mkdir(mode=0o700, exist_ok=True)
        sockets = folders.sockets(undo, within=stack.data if throwaway else None)
        _start_missing(stack, sockets, undo, redis=redis, fsync=fsync)
        if not throwaway:
            _announce(stack, sockets, undo)
        stack._closing = undo.pop_all()
    return stack


def _named_by(environment: Mapping[str, str]) -> Stack:
    """The services that somebody else runs; empty for those that are ours to start."""
    return Stack(
        database_url=environment.get("DATABASE_URL", ""),
        database_owner_url=environment.get("DATABASE_OWNER_URL", ""),
        redis_url=environment.get("REDIS_URL", ""),
    )


def _start_missing(
    stack: Stack, sockets: Path, undo: ExitStack, *, redis: bool, fsync: bool
) -> None:
    if not stack.database_url:
        _start_postgres(stack, sockets, undo, fsync=fsync)
    if redis and not stack.redis_url:
        _start_valkey(stack, sockets, undo)


def _start_postgres(stack: Stack, sockets: Path, undo: ExitStack, *, fsync: bool) -> None:
    data = _data(stack)
    log = data / "postgres.log"
    stack.postgres = Postgres(folders.cluster(data), sockets=sockets, log=log, fsync=fsync)
    undo.callback(stack.postgres.stop)
    stack.postgres.start()
    _create_roles(stack.postgres)
    stack.database_url = stack.postgres.url(APP_ROLE, DATABASE)
    stack.database_owner_url = stack.postgres.url(OWNER_ROLE, DATABASE)


def _start_valkey(stack: Stack, sockets: Path, undo: ExitStack) -> None:
    stack.valkey = Valkey(sockets=sockets, log=_data(stack) / "valkey.log")
    undo.callback(stack.valkey.stop)
    stack.valkey.start()
    stack.redis_url = stack.valkey.url


def _create_roles(postgres: Postgres) -> None:
    """Idempotent: a first start may have been killed halfway through."""
    with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        for statement in re.findall(r"^CREATE [^;]+", ROLES_SQL.read_text(), re.MULTILINE):
            try:
                connection.execute(statement)
            except (psycopg.errors.DuplicateObject, psycopg.errors.DuplicateDatabase):
                continue


def _keys(data: Path) -> dict[str, str]:
    """Keys that live as long as the data they encrypt."""
    file = data / "keys.json"
    if not file.exists():
        fresh = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SANFANG_ROOT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        draft = data / "keys.json.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh))
        draft.rename(file)
    return {name: str(value) for name, value in json.loads(file.read_text()).items()}


def _take(stack: Stack, undo: ExitStack) -> bool:
    """Lock the data, or fill in the addresses of the process that holds them and return False."""
    data = _data(stack)
    deadline = time.monotonic() + ATTACH_SECONDS
    while not folders.lock(data, undo):
        if _attach(stack):
            return False
        if time.monotonic() > deadline:
            raise ServicesUnavailable(
                f"{data} 正被另一个进程使用：请先结束它，或用 SANFANG_DATA 另选一个文件夹。"
            )
        time.sleep(0.05)
    _tidy(data / "stack.json")
    return True


def _tidy(announced: Path) -> None:
    """Remove what a killed holder could not."""
    if announced.exists():
        shutil.rmtree(json.loads(announced.read_text())["sockets"], ignore_errors=True)
        announced.unlink()


def _announce(stack: Stack, sockets: Path, undo: ExitStack) -> None:
    """Let a second command, such as a shell beside the demo, use the same services."""
    file = _data(stack) / "stack.json"
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    words = {"pid": os.getpid(), "sockets": str(sockets), "env": stack.env()}
    draft.write_text(json.dumps(words))
    draft.rename(file)
    undo.callback(file.unlink, missing_ok=True)


def _attach(stack: Stack) -> bool:
    try:
        announced = json.loads((_data(stack) / "stack.json").read_text())
    except (FileNotFoundError, PermissionError):
        return False
    if not Path(f"/proc/{announced['pid']}").exists():
        return False
    env = announced["env"]
    stack.database_url = env["DATABASE_URL"]
    stack.database_owner_url = env["DATABASE_OWNER_URL"]
    stack.redis_url = env["REDIS_URL"]
    stack.keys = {name: env[name] for name in ("SECRET_KEY", "SANFANG_ROOT_KEY")}
    return True


def _data(stack: Stack) -> Path:
    if stack.data is None:
        raise RuntimeError("this stack has no data of its own")
    return stack.data
