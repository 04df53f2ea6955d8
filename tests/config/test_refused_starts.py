"""Web, worker and beat end by themselves where test_checks.py finds something unsafe."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import devstack
from config.folders import BASE_DIR
from tests import template_database


@pytest.fixture(scope="module")
def stack(dump: bytes) -> Iterator[devstack.Stack]:
    """One for all refusals: who changes something in it puts it back."""
    with devstack.start(throwaway=True, ignore_environment=True) as own:
        template_database.restore(dump, own.database_owner_url)
        yield own


@pytest.fixture
def powerful(stack: devstack.Stack, request: pytest.FixtureRequest) -> Iterator[None]:
    assert stack.postgres is not None
    url = stack.postgres.url("postgres", "postgres")
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute(f"ALTER ROLE sanfang_app {request.param}")
        yield
        superuser.execute(f"ALTER ROLE sanfang_app NO{request.param}")


def start_server(words: list[str], stack: devstack.Stack, **environment: str) -> str:
    """What a server says that refuses to start: it must end by itself, not serve."""
    safe = {"SANFANG_ENV": "production", "ALLOWED_HOSTS": "sanfang.example", "DRILL_CLOCK": ""}
    done = subprocess.run(
        words,
        cwd=BASE_DIR,
        env={**os.environ, **stack.env(owner=False), **safe, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


WORKER = ["-m", "celery", "-A", "config.celery", "worker", "-P", "solo", "-Q", "crisis"]
# Where its schedule goes is said in the test. Never /dev/null: beat replaces that file.
BEAT = ["-m", "celery", "-A", "config.celery", "beat", "-s"]
WEB = ["-c", "import config.wsgi"]


@pytest.mark.parametrize("server", [WORKER, BEAT, WEB], ids=["worker", "beat", "web"])
def test_web_worker_and_beat_all_refuse(
    stack: devstack.Stack, server: list[str], tmp_path: Path
) -> None:
    place = [str(tmp_path / "schedule")] if server is BEAT else []

    said = start_server([sys.executable, *server, *place], stack, DRILL_CLOCK="1")

    assert "拒绝启动 [config.E003]" in said


@pytest.mark.parametrize("powerful", ["SUPERUSER", "BYPASSRLS"], indirect=True)
def test_a_powerful_role_is_refused(stack: devstack.Stack, powerful: None) -> None:
    assert "拒绝启动 [parties.E006]" in start_server([sys.executable, *WEB], stack)


def test_the_owner_as_app_role_is_refused(stack: devstack.Stack) -> None:
    said = start_server([sys.executable, *WEB], stack, DATABASE_URL=stack.database_owner_url)

    assert "拒绝启动 [parties.E006]" in said


def test_a_missing_or_broken_root_key_is_refused(stack: devstack.Stack) -> None:
    for key in ("", "too-short"):
        said = start_server([sys.executable, *WEB], stack, SANFANG_ROOT_KEY=key)
        assert "拒绝启动 [parties.E008]" in said


def test_nothing_is_found_on_a_safe_server(stack: devstack.Stack) -> None:
    """The same start as above with nothing wrong, so that the refusals mean something."""
    environment = {"SANFANG_ENV": "production", "ALLOWED_HOSTS": "sanfang.example"}
    done = subprocess.run(
        [sys.executable, *WEB],
        cwd=BASE_DIR,
        env={**os.environ, **stack.env(owner=False), **environment, "DRILL_CLOCK": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "拒绝启动" not in done.stderr
