"""What an operator types: exit status, sentences, JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as active
from django.core.management import CommandError, call_command
from django.db.backends.base.base import BaseDatabaseWrapper

from config import command_line
from tests.backup.conftest import Desk, Story
from tests.factories import World
from tests.owner import owner_connection
from tests.workflow.outbox import later, promise, row_of
from workflow import dispatch
from workflow.management.commands import release_dispatch

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: object) -> None:
    call_command(*(str(word) for word in words))


def test_backup_check_restore(story: Story, desk: Desk, capsys: Any, settings: Any) -> None:
    settings.ATTACHMENTS_DIR = desk.attachments
    file, told = desk.folder / "b.age", desk.folder / "told.json"
    name = desk.empty().name

    run("backup", "--to", file, "--recipient", desk.public, "--json", told)
    said = json.loads(told.read_text())
    run("restore", file, "--key", desk.private, "--check", "--into", name)
    settings.ATTACHMENTS_DIR = desk.folder / "back"
    run("restore", file, "--key", desk.private, "--into", name, "--sha256", said["sha256"])

    out = capsys.readouterr().out
    assert said["ok"]
    assert said["leaves"] == story.leaves
    assert "SANFANG_ROOT_KEY" in out
    assert said["root_keys"][0] in out
    assert "什么都没有写" in out
    assert "release_dispatch --lane crisis" in out
    assert list((desk.folder / "back").rglob(story.ref))


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["restore", "x.age", "--key", "x.key"], 2),
        (["restore", "x.age", "--key", "x.key", "--into", "y"], 1),
        (["backup", "--to", "x.age", "--recipient", "nowhere.pub"], 1),
        (["release_dispatch", "--lane", "crisis"], 2),
        (["release_dispatch", "--lane", "crisis", "--before", "yesterday"], 2),
        (["release_dispatch", "--lane", "crisis", "--before", "0001-01-01T00:00"], 2),
        (["release_dispatch", "--lane", "crisis", "--before", "2099-01-01"], 2),
        (["release_dispatch", "--lane", "crisis", "--before", "2099-01-01T00:00+08:00"], 2),
    ],
)
def test_wrong_words_are_told_apart_from_refusals(words: list[str], status: int) -> None:
    with pytest.raises(CommandError) as refused:
        run(*words)

    assert refused.value.returncode == status


def test_a_refusal_is_in_the_json_too(desk: Desk, tmp_path: Path) -> None:
    told = tmp_path / "told.json"

    with pytest.raises(CommandError):
        run("restore", "x.age", "--key", desk.private, "--check", "--json", told)

    assert json.loads(told.read_text())["broken"]


def test_a_database_without_tables_is_refused(desk: Desk, monkeypatch: Any) -> None:
    elsewhere = {**active.DATABASES["owner"], "NAME": desk.empty().name}
    monkeypatch.setitem(active.DATABASES, "owner", elsewhere)

    with pytest.raises(CommandError, match="migrate"):
        run("backup", "--to", desk.folder / "b.age", "--recipient", desk.public)

    assert list(desk.folder.glob("b.age*")) == []


def test_a_pair_of_keys(tmp_path: Path, capsys: Any) -> None:
    words = ["--private", tmp_path / "a.key", "--public", tmp_path / "a.pub"]

    run("make_backup_key", *words)
    with pytest.raises(CommandError, match="已经存在"):
        run("make_backup_key", *words)

    assert (tmp_path / "a.pub").read_text().strip() in capsys.readouterr().out


@pytest.mark.parametrize("command", ["backup", "restore", "release_dispatch"])
def test_these_are_the_owners(command: str) -> None:
    assert command in command_line.AS_OWNER
    assert command_line.needs_services(["manage.py", command])


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch, world: World) -> Iterator[BaseDatabaseWrapper]:
    with owner_connection() as owner:
        with owner.cursor() as cursor:
            cursor.execute(dispatch.HOLD_SQL.format(backup_at="clock_timestamp()"))
        monkeypatch.setattr(release_dispatch, "connections", {"owner": owner})
        yield owner


def test_releasing_by_hand(held: BaseDatabaseWrapper, world: World, capsys: Any) -> None:
    key = promise(world, None)
    later(world, 7200)

    run("release_dispatch")
    with pytest.raises(CommandError, match="危机"):
        run("release_dispatch", "--lane", "routine", "--send-all")
    run("release_dispatch", "--lane", "crisis", "--before", dispatch.now().isoformat())
    run("release_dispatch", "--lane", "routine", "--send-all")
    run("release_dispatch")

    out = capsys.readouterr().out
    assert "crisis sms crisis.alert：待发 1 条，其中 1 条在备份之前已到期" in out
    assert "1 条旧消息不再发送" in out
    assert "派发正常" in out
    assert row_of(world, key).state == "UNDELIVERABLE"
