"""Where a database is, for our own connection and for Postgres's own tools alike."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import conninfo, sql

from config import binaries
from config.backup.refusal import Refused
from config.databases import parse_database_url

#: How the throw-away database of a drill is called; workers of a drill refuse any other.
DRILL_PREFIX: Final = "sanfang_drill_"
_OWN_OPTIONS: Final = {"prepare_threshold"}  # ours; libpq knows nothing of it


@dataclass(frozen=True)
class Database:
    """One database as one role: `words` are libpq's keywords, without the password."""

    words: Mapping[str, str]
    password: str = ""

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "Database":
        """From an entry of DATABASES."""
        words = {
            "host": settings["HOST"],
            "port": str(settings["PORT"] or ""),
            "user": settings["USER"],
            "dbname": settings["NAME"],
            **{k: str(v) for k, v in settings["OPTIONS"].items() if k not in _OWN_OPTIONS},
        }
        return cls({k: v for k, v in words.items() if v}, str(settings["PASSWORD"] or ""))

    @property
    def url(self) -> str:
        """As DATABASE_URL spells it; the password is in it."""
        words = {k: v for k, v in self.words.items() if k != "dbname"}
        if self.password:
            words["password"] = self.password
        return f"postgresql:///{quote(self.name)}?{urlencode(words)}"

    @property
    def name(self) -> str:
        return self.words["dbname"]

    def named(self, place: str) -> "Database":
        """`place` as an address of its own, or as the name of a database beside this one."""
        if "://" not in place:
            return replace(self, words={**self.words, "dbname": place})
        try:
            return self.from_settings(parse_database_url(place))
        except ImproperlyConfigured as wrong:
            raise Refused(str(wrong)) from None

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        """Raises Refused, naming the database."""
        try:
            return psycopg.connect(
                **self.words,  # type: ignore[arg-type]
                password=self.password or None,
                autocommit=autocommit,
            )
        except psycopg.OperationalError as failed:
            told = str(failed).strip().splitlines()[-1]
            raise Refused(f"连不上数据库 {self.name}：{told}。请检查地址与角色。") from None

    def tool(
        self, name: str, options: Sequence[str], *, server: int, **streams: Any
    ) -> subprocess.Popen[bytes]:
        """pg_dump or psql at work on this database; the password is in no command line.

        server: the major version of Postgres that it must be able to talk to.
        """
        here = conninfo.make_conninfo("", **self.words)
        return run(name, [f"--dbname={here}", *options], server, self.password, **streams)

    def create(self, name: str) -> None:
        with self.connect(autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop(self, name: str) -> None:
        """With whoever is still there; a worker of the server's own belongs to its superuser, and
        only a drop without force asks it to go.
        """
        plain = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
        with self.connect(autocommit=True) as connection:
            try:
                connection.execute(sql.SQL("{} WITH (FORCE)").format(plain))
            except psycopg.errors.InsufficientPrivilege:
                connection.execute(plain)


def run(
    name: str, options: Sequence[str], server: int, password: str = "", **streams: Any
) -> subprocess.Popen[bytes]:
    """One of Postgres's own tools. Raises Refused where it is not installed."""
    try:
        tool: Path = binaries.postgres_clients(server=server) / name
    except binaries.ServicesUnavailable as missing:
        raise Refused(str(missing)) from None
    kept = ("PATH", "HOME", "PGPASSFILE", "PGSSLROOTCERT", "PGSERVICEFILE", "TMPDIR")
    env = {word: os.environ[word] for word in kept if word in os.environ}
    env |= {"LC_ALL": "C.UTF-8"} | ({"PGPASSWORD": password} if password else {})
    return subprocess.Popen([tool, *options], env=env, **streams)  # noqa: S603 - found by us
