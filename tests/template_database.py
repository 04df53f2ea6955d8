"""One migrated template for the run, one clone of it per pytest process, and the wiping of clones.

Wiping is done by the owner, in test code alone: the product has no switch that lifts the ledger's
trigger.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from config.binaries import postgres_folder
from tests.services import HOME_URL, template_name, with_database

ROOT = Path(__file__).resolve().parent.parent
TRUNCATE_TRIGGER = 32  # the bit in pg_trigger.tgtype
_FILLED = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND pg_relation_size(oid) > 0 AND relname <> ALL(%s) ORDER BY relname
"""
_GUARDS = """
    SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
    WHERE NOT tgisinternal AND tgtype & %s > 0
"""
_ENABLED = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


def make_template() -> None:
    """Migrate the template unless another process of this run has. Safe to call from several."""
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext(%s))", [template_name()])
        found = owner.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [template_name()]
        ).fetchone()
        if found is None:
            _create(owner, template_name())
            migrate(os.environ, template_name())


def clone_template(name: str) -> None:
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        drop(owner, name)
        _create(owner, name, template=template_name())


def drop_clone(name: str) -> None:
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        drop(owner, name)


def drop(owner: psycopg.Connection, name: str) -> None:
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


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
    words = [
        str(postgres_folder() / "pg_dump"),
        with_database(os.environ[HOME_URL], template_name()),
    ]
    return subprocess.run(words, check=True, capture_output=True).stdout


def restore(dump: bytes, url: str) -> None:
    words = [str(postgres_folder() / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", url]
    subprocess.run(words, check=True, input=dump, stdout=subprocess.DEVNULL)


def filled_tables(connection: psycopg.Connection, *, but: Sequence[str] = ()) -> list[str]:
    """Tables that ever got a row. Sizes, not SELECTs: a policy could hide rows from us."""
    return [str(row[0]) for row in connection.execute(_FILLED, [list(but)]).fetchall()]


def wiper(url: str) -> Callable[[], None]:
    """A function that empties every table but those that the migrations filled."""
    with psycopg.connect(url) as owner:
        kept = filled_tables(owner)

    def wipe() -> None:
        with psycopg.connect(url) as owner:
            tables = filled_tables(owner, but=kept)
            if tables:
                _truncate(owner, tables)

    return wipe


def _truncate(owner: psycopg.Connection, tables: Sequence[str]) -> None:
    # CASCADE may reach an empty guarded table, whose trigger fires too: lift every guard.
    guards = owner.execute(_GUARDS, [TRUNCATE_TRIGGER]).fetchall()
    owner.execute("SET LOCAL lock_timeout = '5s'")
    for table, name, _ in guards:
        owner.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
    for table, name, enabled in guards:
        owner.execute(f'ALTER TABLE {table} {_ENABLED[enabled]} TRIGGER "{name}"')


def _create(owner: psycopg.Connection, name: str, *, template: str | None = None) -> None:
    words = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        words += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    owner.execute(words)
