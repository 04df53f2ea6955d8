"""What production must not start with. Each sentence says what is wrong and how to mend it.

Run by servers (config.startup) and by `manage.py check --deploy`; never by commands that only look
at files, such as collectstatic while an image is built. What concerns keys and the app role's
rights is checked where it lives, in parties.checks.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from config.databases import DEFAULT, OWNER

SHORTEST_SECRET = 32
OLDEST_POSTGRES = 15
BROKER_SCHEMES = frozenset({"redis", "rediss", "unix"})
BROKER_TIMEOUT_SECONDS = 2
# An acknowledged report survives a power cut only with these.
DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
    "data_sync_retry": {"off"},
}


@register(Tags.security, deploy=True)
def environment_is_fit(**_: Any) -> list[CheckMessage]:
    """E001 to E006: what the environment says, or fails to say."""
    if not settings.PRODUCTION:
        return []
    return [
        Error(wrong, hint=mend, id=f"config.E{number:03}")
        for number, (unfit, wrong, mend) in enumerate(_RULES, start=1)
        if unfit()
    ]


@register(Tags.security, deploy=True)
def broker_keeps_messages(**_: Any) -> list[CheckMessage]:
    """E007: Redis evicting a queue loses wake-ups without a trace. A dead broker stops nothing."""
    if not settings.PRODUCTION or urlsplit(settings.REDIS_URL).scheme not in BROKER_SCHEMES:
        return []
    policy = eviction_policy(settings.REDIS_URL)
    if policy in {None, "noeviction"}:
        return []
    return [
        Error(
            f"Redis 的 maxmemory-policy 是 {policy}，内存不足时会丢弃消息队列。",
            hint="redis-server --maxmemory-policy noeviction",
            id="config.E007",
        )
    ]


@register(Tags.database)
def database_is_durable(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """E008, E009: nothing is acknowledged that a power cut could take back."""
    if not settings.PRODUCTION or DEFAULT not in (databases or []):
        return []
    with connections[DEFAULT].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        version = cursor.fetchone()
        cursor.execute(
            "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(DURABLE)]
        )
        found = dict(cursor.fetchall())
    return [*_too_old(int(version[0])), *_unsafe(found)]


@register(Tags.security, deploy=True)
def attachments_are_kept_apart(**_: Any) -> list[CheckMessage]:
    """E010, E011: where encrypted attachments lie. Nothing of it may be served as a file."""
    if not settings.PRODUCTION:
        return []
    folder = Path(settings.ATTACHMENTS_DIR).resolve()
    if any(folder.is_relative_to(served) for served in _served_folders()):
        return [
            Error(
                f"附件目录 {folder} 在网站的静态文件目录之内，附件会被直接下载。",
                hint="ATTACHMENTS_DIR 请用别处的目录，例如 /var/lib/sanfang/attachments。",
                id="config.E010",
            )
        ]
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return [
            Error(
                f"附件目录 {folder} 不存在，或运行用户不能写入，上传会失败。",
                hint="建立目录并交给运行用户：install -d -m 0700 -o <用户> <目录>。",
                id="config.E011",
            )
        ]
    return []


def eviction_policy(url: str) -> str | None:
    """The broker's maxmemory-policy; None while it cannot be asked."""
    client = redis.Redis.from_url(
        url, socket_timeout=BROKER_TIMEOUT_SECONDS, socket_connect_timeout=BROKER_TIMEOUT_SECONDS
    )
    try:
        # INFO rather than CONFIG GET, which managed services forbid.
        return str(client.info("memory").get("maxmemory_policy", "noeviction"))
    except redis.RedisError:
        return None
    finally:
        client.close()


def _secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # how Django says that it is empty
        return ""


def _served_folders() -> list[Path]:
    own = [Path(app.path) / "static" for app in apps.get_app_configs()]
    named = [Path(str(folder)) for folder in settings.STATICFILES_DIRS]
    return [folder.resolve() for folder in (Path(settings.STATIC_ROOT), *named, *own)]


def _too_old(version: int) -> list[CheckMessage]:
    if version >= OLDEST_POSTGRES:
        return []
    wrong = f"PostgreSQL {version} 太旧：需要 {OLDEST_POSTGRES} 或更新版本。"
    return [Error(wrong, id="config.E008")]


def _unsafe(found: dict[str, str]) -> list[CheckMessage]:
    return [
        Error(
            f"PostgreSQL 的 {name} 是 {found[name]}：断电可能丢失已经确认的危机报告。",
            hint=f"{name} = {min(allowed)}",
            id="config.E009",
        )
        for name, allowed in DURABLE.items()
        if found[name] not in allowed
    ]


_RULES: Sequence[tuple[Callable[[], bool], str, str]] = (
    (
        lambda: len(_secret_key()) < SHORTEST_SECRET,
        f"SECRET_KEY 缺失，或少于 {SHORTEST_SECRET} 个字符。",
        "用 `openssl rand -base64 48` 生成，写入 .env。",
    ),
    (
        lambda: bool(settings.DEBUG),
        "生产环境打开了 DEBUG，出错页面会泄露学生信息。",
        "去掉环境变量 DEBUG。",
    ),
    (
        lambda: bool(settings.DRILL_CLOCK),
        "生产环境打开了 DRILL_CLOCK，时钟可以被拨动。",
        "去掉环境变量 DRILL_CLOCK；演练请用单独的数据库。",
    ),
    (
        lambda: not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
        "ALLOWED_HOSTS 为空或为 *，链接可能指向别人的网站。",
        "写明域名，例如 ALLOWED_HOSTS=sanfang.school.edu.cn。",
    ),
    (
        lambda: OWNER in connections,
        "服务进程持有 DATABASE_OWNER_URL，属主能越过行级安全。",
        "DATABASE_OWNER_URL 只给 migrate 与备份。",
    ),
    (
        lambda: urlsplit(settings.REDIS_URL).scheme not in BROKER_SCHEMES,
        "REDIS_URL 缺失，或不是 redis://、rediss://、unix:// 地址。",
        "例如 REDIS_URL=redis://redis:6379/0。",
    ),
)
