"""What a database holds, in numbers that a copy of it must repeat."""

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import psycopg
from psycopg import sql

from config.backup.refusal import Refused
from ledger import leaves
from ledger.leaves import Survey

#: Rows that a backup leaves out: after a restore everybody signs in again.
LEFT_OUT: Final = ("django_session",)

_TABLES: Final = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
_SEES_ALL: Final = """
SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user
"""
#: How a wrapped key begins: the id of the root key that opens it.
_ROOT_KEYS: Final = """
SELECT DISTINCT encode(substr(wrapped, 1, 8), 'hex') FROM parties_schoolkey ORDER BY 1
"""
_MIGRATIONS: Final = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"

#: The walls of a database, each kind as sorted lines of text; a digest of them must come back.
#: What names the owner stays out: a restore may have another one.
_WALLS: Final = {
    "row_security": """
        SELECT relname || ' ' || relrowsecurity || ' ' || relforcerowsecurity FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    """,
    "policies": """
        SELECT format('%s %s %s %s %s', tablename, policyname, cmd, qual, with_check)
        FROM pg_policies WHERE schemaname = 'public'
    """,
    "triggers": """
        SELECT tgenabled::text || ' ' || pg_get_triggerdef(t.oid) FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
    """,
    "functions": """
        SELECT format('%s %s %s %s', oid::regprocedure, prosecdef, proconfig, md5(prosrc))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "grants": """
        SELECT format('%s %s %s', c.relname, a.grantee::regrole, a.privilege_type)
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
        UNION ALL SELECT format('%s.%s %s %s', c.relname, attname, a.grantee::regrole,
            a.privilege_type)
        FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, aclexplode(t.attacl) a
        WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s %s', p.oid::regprocedure, a.grantee::regrole,
            a.privilege_type)
        FROM pg_proc p, aclexplode(p.proacl) a
        WHERE p.pronamespace = 'public'::regnamespace AND a.grantee <> p.proowner
    """,
    "constraints": """
        SELECT format('%s %s %s %s', conrelid::regclass, conname, contype, convalidated)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
    "indexes": """
        SELECT indexrelid::regclass || ' ' || indisunique || ' ' || indisvalid FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
    """,
}


@dataclass(frozen=True)
class Facts:
    """`postgres`: major version; `walls`: by kind, how many and a digest of all."""

    postgres: int
    migrations: list[str]
    rows: dict[str, int]
    leaves: Survey
    walls: dict[str, list[int | str]]
    root_keys: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Facts":
        return cls(**{**told, "leaves": Survey(**told["leaves"])})


def facts(connection: psycopg.Connection[Any]) -> Facts:
    """Read inside the caller's transaction, as a role that sees everything."""
    connection.execute("SET LOCAL row_security = off")  # an error rather than rows that are hidden
    return Facts(
        postgres=major(connection),
        migrations=_column(connection, _MIGRATIONS),
        rows=rows(connection),
        leaves=leaves.survey(connection),
        walls={kind: _digest(_column(connection, asked)) for kind, asked in _WALLS.items()},
        root_keys=_column(connection, _ROOT_KEYS),
    )


def require_owner(connection: psycopg.Connection[Any]) -> None:
    """Raises Refused for a role from which rows are hidden: its backup would only look whole."""
    if _column(connection, _SEES_ALL) != [True]:
        raise Refused("备份与恢复须用属主角色（BYPASSRLS）：请检查 DATABASE_OWNER_URL。")


def require_tables(connection: psycopg.Connection[Any]) -> None:
    """Raises Refused where there is nothing to back up yet."""
    if "ledger_event" not in tables(connection):
        raise Refused(
            "这个数据库还没有建表：请先运行 manage.py migrate，或检查 DATABASE_OWNER_URL。"
        )


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    return _column(connection, _TABLES)


def rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """By table, without those that a backup leaves out."""
    counts = {}
    for table in tables(connection):
        if table not in LEFT_OUT:
            asked = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
            counts[table] = int(connection.execute(asked).fetchall()[0][0])
    return counts


def major(connection: psycopg.Connection[Any]) -> int:
    """The server's major version."""
    return connection.info.server_version // 10_000


def _column(connection: psycopg.Connection[Any], asked: str) -> list[Any]:
    return [row[0] for row in connection.execute(asked).fetchall()]


def _digest(lines: list[Any]) -> list[int | str]:
    told = "\n".join(sorted(str(line) for line in lines))
    return [len(lines), hashlib.sha256(told.encode()).hexdigest()]
