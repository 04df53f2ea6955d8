"""Which role Django connects as.

Two aliases of one database: `default` is the plain role that row-level security binds, for every
request, task and test; `owner` exists only where migrations run. Keeping the owner out of web and
worker processes means that no bug in them can step over the second wall.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DEFAULT = "default"
OWNER = "owner"
#: Keeps its plans when a request is refused; the owner's does not, for it changes tables.
KEEPS_PLANS = "ledger.postgres"
# Parsing is a large part of a small statement's cost: prepare on first sight.
PREPARE_AT_FIRST_USE = 1


def parse_database_url(url: str) -> dict[str, Any]:
    """Turn postgresql://user:pass@host:port/name?host=/socket/dir&user=... into Django's settings.

    A query parameter wins over the same part of the address, as in libpq; the rest become OPTIONS.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL 必须以 postgresql:// 开头（现在是 {parts.scheme or '空'}://）："
            "Sanfang 依赖 PostgreSQL 的行级安全、触发器与行锁，不支持其他数据库。"
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": query.pop("dbname", unquote(parts.path.lstrip("/"))),
        "USER": query.pop("user", unquote(parts.username or "")),
        "PASSWORD": query.pop("password", unquote(parts.password or "")),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": {"prepare_threshold": PREPARE_AT_FIRST_USE, **query},
    }


def databases(*, url: str, owner_url: str, persistent: bool) -> dict[str, dict[str, Any]]:
    """DATABASES for the addresses given; without any, one that fails when first used."""
    if not url:
        return {DEFAULT: parse_database_url("postgresql:///sanfang?host=/nonexistent")}
    plain = parse_database_url(url)
    plain["ENGINE"] = KEEPS_PLANS
    plain["CONN_MAX_AGE"] = 60 if persistent else 0
    plain["CONN_HEALTH_CHECKS"] = True
    if not owner_url:
        return {DEFAULT: plain}
    # MIRROR: both aliases are the same data, so Django's test cases must not flush it twice.
    plain["TEST"] = {"MIRROR": OWNER}
    return {DEFAULT: plain, OWNER: parse_database_url(owner_url)}


class OwnerMigrates:
    """Only the owner changes the schema; nothing is ever read or written through it by routing."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:  # noqa: ARG002
        return db == OWNER
