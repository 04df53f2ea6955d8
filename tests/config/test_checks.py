"""Production refuses to start on what would hurt somebody; elsewhere the same is allowed."""

import os
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.checks import Error
from django.db import connections

from config import checks, startup
from config.folders import BASE_DIR

SAFE = {
    "PRODUCTION": True,
    "SECRET_KEY": "s" * 50,
    "DEBUG": False,
    "DRILL_CLOCK": False,
    "ALLOWED_HOSTS": ["sanfang.example"],
    "REDIS_URL": "redis://redis:6379/0",
}


@pytest.fixture
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A safe production environment, which holds no owner."""
    for name, value in SAFE.items():
        setattr(settings, name, value)
    monkeypatch.setattr(checks, "connections", {"default": connections["default"]})
    return settings


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


def test_a_safe_environment_starts(production: Any) -> None:
    assert checks.environment_is_fit() == []


@pytest.mark.parametrize(
    ("setting", "unsafe", "refusal"),
    [
        ("SECRET_KEY", "", "config.E001"),
        ("SECRET_KEY", "short", "config.E001"),
        ("DEBUG", True, "config.E002"),
        ("DRILL_CLOCK", True, "config.E003"),
        ("ALLOWED_HOSTS", [], "config.E004"),
        ("ALLOWED_HOSTS", ["*"], "config.E004"),
        ("REDIS_URL", "", "config.E006"),
        ("REDIS_URL", "memory://", "config.E006"),
    ],
)
def test_each_unsafe_setting_is_refused_by_name(
    production: Any, setting: str, unsafe: object, refusal: str
) -> None:
    setattr(production, setting, unsafe)

    found = checks.environment_is_fit()

    assert ids(found) == [refusal]
    assert setting in f"{found[0].msg} {found[0].hint}"
    production.PRODUCTION = False
    assert checks.environment_is_fit() == []


def test_a_server_that_holds_the_owner_is_refused(
    production: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "connections", {"default": None, "owner": None})

    assert ids(checks.environment_is_fit()) == ["config.E005"]


def test_a_broker_that_evicts_is_refused(production: Any, broker: redis.Redis) -> None:
    production.REDIS_URL = os.environ["REDIS_URL"]
    assert checks.broker_keeps_messages() == []

    broker.config_set("maxmemory-policy", "allkeys-lru")
    try:
        found = checks.broker_keeps_messages()
    finally:
        broker.config_set("maxmemory-policy", "noeviction")

    assert ids(found) == ["config.E007"]
    assert "allkeys-lru" in found[0].msg


def test_a_dead_broker_stops_nobody(production: Any) -> None:
    production.REDIS_URL = "unix:///nonexistent/valkey.sock"

    assert checks.broker_keeps_messages() == []


def test_attachments_lie_where_nothing_is_served(production: Any, tmp_path: Path) -> None:
    production.ATTACHMENTS_DIR = tmp_path
    assert checks.attachments_are_kept_apart() == []

    (tmp_path / "link").symlink_to(BASE_DIR / "portal" / "static")
    production.STATIC_ROOT = tmp_path / "static"
    for served in (tmp_path / "static", tmp_path / "static" / "deep", tmp_path / "link"):
        production.ATTACHMENTS_DIR = served
        assert ids(checks.attachments_are_kept_apart()) == ["config.E010"]

    production.PRODUCTION = False
    assert checks.attachments_are_kept_apart() == []


def test_a_folder_for_attachments_that_is_not_there_is_refused(
    production: Any, tmp_path: Path
) -> None:
    for absent in (tmp_path / "nowhere", tmp_path / "file"):
        (tmp_path / "file").touch()
        production.ATTACHMENTS_DIR = absent
        assert ids(checks.attachments_are_kept_apart()) == ["config.E011"]


def test_a_folder_for_attachments_that_cannot_be_written_is_refused(
    production: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a read-only volume answers; a mode would not stop root."""
    production.ATTACHMENTS_DIR = tmp_path
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)

    assert ids(checks.attachments_are_kept_apart()) == ["config.E011"]


def test_a_database_that_forgets_is_refused(production: Any, db: None) -> None:
    """The database of the tests is throw-away: it runs with fsync off, which is the case here."""
    found = checks.database_is_durable(databases=["default"])

    assert ids(found) == ["config.E009"]
    assert found[0].msg.startswith("PostgreSQL 的 fsync 是 off")


def test_a_role_that_does_not_wait_for_the_disk_is_refused(production: Any, db: None) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    found = checks.database_is_durable(databases=["default"])

    assert "synchronous_commit" in " ".join(message.msg for message in found)


def test_an_old_database_is_refused(
    production: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "OLDEST_POSTGRES", 99)

    assert ids(checks.database_is_durable(databases=["default"]))[0] == "config.E008"


def test_commands_that_only_look_at_files_ask_no_database(production: Any) -> None:
    assert checks.database_is_durable() == []
    assert checks.database_is_durable(databases=["owner"]) == []


def test_findings_are_printed_one_to_a_line(
    production: Any, db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "findings", lambda: [Error("坏了", hint="修好", id="x.E1")])

    with pytest.raises(SystemExit):
        startup.refuse_unsafe()

    assert capsys.readouterr().err == "拒绝启动 [x.E1] 坏了 → 修好\n"
