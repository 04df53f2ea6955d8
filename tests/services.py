"""The services of a test run, there before pytest-django reads the settings (-p tests.services).

One throw-away Postgres and Valkey per run, or those that DATABASE_URL, DATABASE_OWNER_URL and
REDIS_URL name. Every pytest process works on a database of its own, cloned from one template.
"""

import os
import time
from collections.abc import Generator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from config import devstack

OLDEST_POSTGRES = 15
RUN = "SANFANG_TEST_RUN"
HOME_URL = "SANFANG_TEST_HOME_URL"
EMBEDDED_BROKER = "unix"
DROP_TRIES = 50
#: Property of a test whose value stands at the end of the run.
FIGURES = "figures"

_stacks: list[devstack.Stack] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    if RUN not in os.environ:  # else: a worker of xdist, whose controller did this
        start()
    _point_at_own_database()
    return (yield)


def pytest_unconfigure() -> None:
    """Ends what `start` began, if this process did."""
    if not _stacks:
        return
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        drop(owner, template_name())
    _stacks.pop().close()


def drop(owner: psycopg.Connection, name: str) -> None:
    """An autovacuum worker belongs to the superuser, so FORCE is refused until it is done."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _ in range(DROP_TRIES):
        try:
            owner.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.2)
        else:
            return
    owner.execute(statement)


def template_name() -> str:
    return f"sanfang_test_{os.environ[RUN]}"


def with_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    parts = urlsplit(url)  # urlunsplit would drop the empty host of a socket's address
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


def refuse_unfit(*, database_url: str, owner_url: str, redis_url: str) -> None:
    """Raises UsageError for services that would let a test pass where production fails."""
    if urlsplit(database_url).scheme not in {"postgresql", "postgres"}:
        raise pytest.UsageError(
            "测试需要真实的 PostgreSQL（SQLite 没有行级安全、触发器与行锁）："
            "请修改或去掉 DATABASE_URL。"
        )
    if not owner_url:
        raise pytest.UsageError("测试要建库：设置 DATABASE_URL 时请一并设置 DATABASE_OWNER_URL。")
    if urlsplit(redis_url).scheme not in {"redis", "rediss", "unix"}:
        raise pytest.UsageError("测试需要真实的消息代理：memory:// 不行，请修改或去掉 REDIS_URL。")
    with psycopg.connect(owner_url) as owner:
        if owner.info.server_version < OLDEST_POSTGRES * 10_000:
            raise pytest.UsageError(
                f"测试需要 PostgreSQL {OLDEST_POSTGRES} 或更新版本，"
                f"DATABASE_URL 指向的是 {owner.info.parameter_status('server_version')}。"
            )


def start() -> None:
    """Start the services of a run; who starts them ends them with `pytest_unconfigure`."""
    try:
        stack = devstack.start(throwaway=True, fsync=False)
    except devstack.ServicesUnavailable as unavailable:
        raise pytest.UsageError(str(unavailable)) from None
    _stacks.append(stack)
    refuse_unfit(
        database_url=stack.database_url,
        owner_url=stack.database_owner_url,
        redis_url=stack.redis_url,
    )
    # Keys of our own where the services were given: nothing secret is in the tests' data.
    os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 4)
    os.environ.setdefault("SANFANG_ROOT_KEY", "dGVzdHMgb25seSwgdGhpcnR5LXR3byBieXRlcyBvazA=")
    os.environ.update(stack.env())
    os.environ.update({"SANFANG_ENV": "test", RUN: str(os.getpid())})
    os.environ[HOME_URL] = stack.database_owner_url


def _point_at_own_database() -> None:
    """Also in the environment, for the web servers and workers that a test starts."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = f"{template_name()}_{worker or 'main'}"
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = with_database(os.environ[variable], name)
    if worker and urlsplit(os.environ["REDIS_URL"]).scheme == EMBEDDED_BROKER:
        # Valkey has sixteen numbered databases: one for each worker, so that they can flush.
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].partition('?')[0]}?db={worker[2:]}"
