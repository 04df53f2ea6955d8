"""manage.py starts services for commands that need them, and for no other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import command_line
from config.folders import BASE_DIR


@pytest.mark.parametrize("command", ["migrate", "runserver", "import_roster", "watch", "shell"])
def test_these_need_services(command: str) -> None:
    assert command_line.needs_services(["manage.py", command])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["help"],
        ["check"],
        ["check_language", "--moment", "draft"],
        ["collectstatic", "--no-input"],
        ["demo", "--speed", "60"],
        ["lint_process", "a.bpmn"],
        ["makemigrations", "--check"],
        ["runserver", "--help"],
        ["spectacular"],
    ],
)
def test_these_do_not(words: list[str]) -> None:
    assert not command_line.needs_services(["manage.py", *words])


def test_a_command_without_services_runs_with_nothing_configured(tmp_path: Path) -> None:
    """As in an image that is being built: no address, no key, no place for data."""
    done = subprocess.run(
        [sys.executable, BASE_DIR / "manage.py", "collectstatic", "--no-input"],
        env={
            "PATH": os.environ["PATH"],
            "SANFANG_ENV": "production",
            "SANFANG_DATA": str(tmp_path / "data"),
            "STATIC_ROOT": str(tmp_path / "static"),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static").is_dir()
    assert not (tmp_path / "data").exists()


def test_with_an_address_nothing_is_started(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, BASE_DIR / "manage.py", "migrate"],
        env={
            **os.environ,
            "DATABASE_OWNER_URL": "postgresql:///sanfang?host=/nonexistent&user=owner",
            "DATABASE_URL": "postgresql:///sanfang?host=/nonexistent&user=app",
            "SANFANG_DATA": str(tmp_path / "data"),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "/nonexistent" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_process_loads_no_dictionary_until_it_checks_a_text() -> None:
    """Workers start anew all day, and most of them never read a word: it took a fifth of a second
    and thirty megabytes of each.
    """
    asked = "import django, sys; django.setup(); print([m for m in sys.modules if 'pypinyin' in m])"
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=BASE_DIR,
        env=settings,
    )

    assert done.stdout.strip() == "[]"
