"""Tables are kept from run to run, and made anew as soon as anything that makes them is another."""

import os
import re
import shutil
from pathlib import Path

import psycopg
import pytest

from tests import kept_tables, template_database
from tests.services import HOME_URL, drop, with_database

SERVER = "18.1"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that make the tables, to change at will."""
    for path in kept_tables.makers(kept_tables.ROOT):
        there = tmp_path / path.relative_to(kept_tables.ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)
    return tmp_path


def test_the_same_code_has_the_same_tables(copy: Path) -> None:
    assert kept_tables.file(SERVER, root=copy) == kept_tables.file(SERVER)


@pytest.mark.parametrize(
    "changed",
    [
        "workflow/migrations/0060_dispatch_hold.py",
        "records/models/meeting_file.py",  # content types are made from the models
        "parties/row_security.py",  # an operation that migrations call
        "ledger/operations.py",  # what that one imports
        "config/settings.py",
    ],
)
def test_another_line_makes_other_tables(copy: Path, changed: str) -> None:
    before = kept_tables.file(SERVER, root=copy)

    with (copy / changed).open("a") as source:
        source.write("\n#\n")

    assert kept_tables.file(SERVER, root=copy) != before


def test_one_more_migration_and_one_less_make_other_tables(copy: Path) -> None:
    before = kept_tables.file(SERVER, root=copy)
    last = max((copy / "parties" / "migrations").glob("0*.py"))

    more = last.with_name("9999_more.py")
    shutil.copy(last, more)
    with_one_more = kept_tables.file(SERVER, root=copy)
    more.unlink()
    last.unlink()

    assert len({before, with_one_more, kept_tables.file(SERVER, root=copy)}) == 3


def test_another_server_role_or_package_makes_other_tables(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {kept_tables.file(SERVER, root=copy), kept_tables.file("18.2", root=copy)}
    monkeypatch.setenv("DATABASE_APP_ROLE", "somebody")
    names.add(kept_tables.file(SERVER, root=copy))
    monkeypatch.setattr(kept_tables, "_packages", lambda: "Django 99")
    names.add(kept_tables.file(SERVER, root=copy))

    assert len(names) == 4


def test_a_few_are_kept_and_the_oldest_goes(tmp_path: Path) -> None:
    for age in range(6):
        place = tmp_path / "tables" / f"{age}.sql"
        kept_tables.keep(place, b"SELECT 1;")
        os.utime(place, (age, age))

    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == [
        "2.sql", "3.sql", "4.sql", "5.sql",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "tables").touch()

    kept_tables.keep(tmp_path / "tables" / "x.sql", b"SELECT 1;")


def test_what_is_restored_is_what_was_dumped(dump: bytes) -> None:
    """Rights, policies, triggers, rows and numbers given out: the whole of it."""
    name = "sanfang_test_restored"
    with psycopg.connect(os.environ[HOME_URL], autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
        try:
            template_database.restore(dump, with_database(os.environ[HOME_URL], name))
            again = template_database.dumped(name)
        finally:
            drop(owner, name)

    assert _comparable(again) == _comparable(dump)
    assert b"CREATE POLICY" in dump


def _comparable(dump: bytes) -> list[bytes]:
    """Without the word that pg_dump makes up for each dump, so that nobody can forge its commands.

    A list that was read back is cast as a whole and no longer item by item, so no casts either.
    """
    lines = [line for line in dump.splitlines() if not line.startswith((b"\\restrict", b"\\unres"))]
    return [re.sub(rb"::(character varying|text)(\[\])?|[()]", b"", line) for line in lines]
