"""One template with the migrated tables, a clone of it per pytest process, the wiping of clones.

Wiping is done by the owner, in test code alone: the product has no switch that lifts the ledger's
trigger.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from config.binaries import postgres_folder
from tests import kept_tables
from tests.services import HOME_URL, drop, template_name, with_database

ROOT = Path(__file__).resolve().parent.parent
DELETE_TRIGGER = 8  # the bit in pg_trigger.tgtype
_FILLED = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND pg_relation_size(oid) > 0 AND relname <> ALL(%s) ORDER BY relname
"""
_GUARDS = """
    SELECT relname, tgfoid::regprocedure::text, pg_get_functiondef(tgfoid)
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND tgtype & %s > 0 AND tgenabled <> 'D'
"""
_LIFTED = (
    "CREATE OR REPLACE FUNCTION {} RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"
)


def make_template() -> None:
    """Make the template unless another process of this run has. Safe to call from several."""
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext(%s))", [template_name()])
        found = owner.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [template_name()]
        ).fetchone()
        if found is None:
            _create(owner, template_name())
            _fill(kept_tables.file(owner.info.parameter_status("server_version") or ""))


def _fill(kept: Path) -> None:
    """From what an earlier run has kept of these very tables, or else by migrating."""
    if kept.exists():
        restore(kept.read_bytes(), with_database(os.environ[HOME_URL], template_name()))
        return
    migrate(os.environ, template_name())
    with suppress(subprocess.CalledProcessError):  # a server given to us, newer than our pg_dump
        kept_tables.keep(kept, dumped(template_name()))


def clone_template(name: str) -> None:
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        drop(owner, name)
        _create(owner, name, template=template_name())


def drop_clone(name: str) -> None:
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        drop(owner, name)


def migrate(environment: os._Environ[str] | dict[str, str], database: str) -> None:
    """Run the product's own `manage.py migrate` on `database`."""
    urls = ("DATABASE_URL", "DATABASE_OWNER_URL")
    pointed = {name: with_database(environment[name], database) for name in urls}
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
        env={**environment, **pointed},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"migrate failed:\n{done.stdout}{done.stderr}")


def dump_template() -> bytes:
    """The template as SQL, to be restored on another server in a fraction of a migration's time."""
    make_template()
    return dumped(template_name())


def dumped(database: str) -> bytes:
    words = [
        str(postgres_folder() / "pg_dump"),
        with_database(os.environ[HOME_URL], database),
    ]
    return subprocess.run(words, check=True, capture_output=True).stdout


def restore(dump: bytes, url: str) -> None:
    words = [str(postgres_folder() / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", url]
    subprocess.run(words, check=True, input=dump, stdout=subprocess.DEVNULL)


def filled_tables(connection: psycopg.Connection, *, but: Sequence[str] = ()) -> list[str]:
    """Tables that ever got a row. Sizes, not SELECTs: a policy could hide rows from us."""
    return [str(row[0]) for row in connection.execute(_FILLED, [list(but)]).fetchall()]


class Wiper:
    """Empties every table but those that the migrations filled.

    One connection for all wipes, for a new one would load the catalogue each time, and DELETE
    rather than TRUNCATE, which makes a hundred new files. In one statement foreign keys are checked
    at its end, so the order of the tables does not matter. What guards a table is a function, empty
    for the time of a wipe: switching triggers off would make every plan on the table worthless.
    """

    def __init__(self, url: str) -> None:
        self._owner = psycopg.connect(url, autocommit=True)
        self._kept = filled_tables(self._owner)
        self._guards = self._owner.execute(_GUARDS, [DELETE_TRIGGER]).fetchall()

    def __call__(self) -> None:
        tables = filled_tables(self._owner, but=self._kept)
        if tables:
            with self._owner.transaction():
                self._delete(tables)

    def close(self) -> None:
        self._owner.close()

    def _delete(self, tables: Sequence[str]) -> None:
        guards = {function: made for table, function, made in self._guards if table in tables}
        self._owner.execute("SET LOCAL lock_timeout = '5s'")
        for function in guards:
            self._owner.execute(_LIFTED.format(function))
        deletions = sql.SQL(", ").join(
            sql.SQL("{} AS (DELETE FROM {})").format(
                sql.Identifier(f"d_{name}"), sql.Identifier(name)
            )
            for name in tables
        )
        self._owner.execute(sql.SQL("WITH {} SELECT 1").format(deletions))
        for made in guards.values():
            self._owner.execute(made)


def _create(owner: psycopg.Connection, name: str, *, template: str | None = None) -> None:
    words = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        words += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    owner.execute(words)
