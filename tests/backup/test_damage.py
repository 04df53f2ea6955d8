"""Each way a file or a target can be wrong is refused with its mend, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.backup import archive, keys, restoring, sealing, taking
from config.backup.database import Database
from config.backup.refusal import Refused
from config.folders import BASE_DIR
from tests.backup.conftest import Desk, Story
from tests.receivers import until

pytestmark = pytest.mark.django_db(transaction=True)

CHUNK = 64 * 1024 + 16  # of age: plain bytes and their tag


def start_of_chunks(data: bytes) -> int:
    """Behind the header's last line and the nonce of 16 bytes."""
    return data.index(b"\n", data.index(b"\n--- ") + 1) + 1 + 16


def swapped(data: bytes) -> bytes:
    begin = start_of_chunks(data)
    first, second = data[begin : begin + CHUNK], data[begin + CHUNK : begin + 2 * CHUNK]
    assert len(second) == CHUNK
    return data[:begin] + second + first + data[begin + 2 * CHUNK :]


def flipped(data: bytes, where: int) -> bytes:
    return data[:where] + bytes([data[where] ^ 1]) + data[where + 1 :]


DAMAGES = {
    "a bit in the middle": lambda data: flipped(data, len(data) // 2),
    "a bit in the last byte": lambda data: flipped(data, len(data) - 1),
    "a bit in the header": lambda data: flipped(data, 40),
    "the last byte gone": lambda data: data[:-1],
    "half of it gone": lambda data: data[: len(data) // 2],
    "cut between two chunks": lambda data: data[: start_of_chunks(data) + CHUNK],
    "two chunks changed places": swapped,
    "something behind the end": lambda data: data + b"x",
    "nothing at all": lambda data: data[:0],
    "something else": lambda data: b"PGDMP" + data,
}


def test_every_damage_is_refused(story: Story, desk: Desk) -> None:
    desk.take()
    whole = (desk.folder / "one.age").read_bytes()

    for done_to in DAMAGES.values():
        (desk.folder / "bad.age").write_bytes(done_to(whole))
        with pytest.raises(Refused, match="请"):
            desk.inspect("bad.age")

    (desk.folder / "good.age").write_bytes(whole)
    assert desk.inspect("good.age").facts.leaves.count == story.leaves


def test_a_damage_behind_the_last_part_is_refused_too(story: Story, desk: Desk) -> None:
    """All parts were read and are whole; the end is not, so somebody was at the file."""
    desk.take()
    with sealing.opened(desk.folder / "one.age", desk.identity) as stream:
        inside = stream.read() + bytes(3 * CHUNK)
    with sealing.sealed(desk.folder / "long.age", keys.recipient(desk.public)) as file:
        file.stream.write(inside)
    whole = (desk.folder / "long.age").read_bytes()
    assert desk.inspect("long.age").facts.leaves.count == story.leaves

    for name, data in (("flipped", flipped(whole, len(whole) - 1)), ("cut", whole[:-CHUNK])):
        (desk.folder / name).write_bytes(data)
        with pytest.raises(Refused, match="损坏"):
            desk.inspect(name)


def test_a_wrong_key_is_refused(story: Story, desk: Desk) -> None:
    desk.take()
    keys.make(private=desk.folder / "other.key", public=desk.folder / "other.pub")

    with pytest.raises(Refused, match="成对的私钥"):
        restoring.inspect(desk.folder / "one.age", keys.identity(desk.folder / "other.key"))


def test_somebody_elses_file_is_refused_by_its_digest(story: Story, desk: Desk) -> None:
    """The public key is public: whoever has it can seal a whole file of their own."""
    taken = desk.take()
    desk.take("theirs.age")

    assert desk.inspect(sha256=taken.sha256.upper()).facts == taken.facts
    with pytest.raises(Refused, match="SHA-256"):
        desk.inspect("theirs.age", sha256=taken.sha256)


def rewritten(desk: Desk, change: Any) -> None:
    """A well-sealed file whose inside was put together anew, as two.age."""
    recipient = keys.recipient(desk.public)
    with (
        sealing.sealed(desk.folder / "two.age", recipient) as file,
        archive.Writer(file.stream) as tar,
    ):
        for part, data in change(desk.content()):
            tar.add(part.name, data)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda parts: parts[:-1], id="no manifest"),
        pytest.param(lambda parts: parts[1:], id="a part is missing"),
        pytest.param(lambda parts: [*parts, parts[0]], id="a part behind the manifest"),
        pytest.param(lambda parts: [parts[1], parts[0], parts[2]], id="another order"),
        pytest.param(
            lambda parts: [(parts[0][0], parts[0][1][:-1] + b"?"), *parts[1:]], id="other bytes"
        ),
    ],
)
def test_an_inside_that_is_not_as_the_manifest_says_is_refused(
    story: Story, desk: Desk, change: Any
) -> None:
    desk.take()
    rewritten(desk, change)

    with pytest.raises(Refused, match="清单不符"):
        desk.inspect("two.age")


def test_a_target_that_does_not_fit_is_refused(story: Story, desk: Desk) -> None:
    desk.take()
    backup, empty = desk.inspect(), desk.empty()
    newer = replace(backup.facts, migrations=[*backup.facts.migrations, "workflow.9999_later"])

    for changed, into, word in (
        (backup, desk.home, "不是空的"),
        (replace(backup, facts=newer), empty, "先升级"),
        (replace(backup, facts=replace(backup.facts, postgres=99)), empty, "PostgreSQL 99"),
        (replace(backup, app_role="sanfang_nobody"), empty, "roles.sql"),
        (backup, desk.home.named("sanfang_not_there"), "连不上"),
    ):
        with pytest.raises(Refused, match=word):
            restoring.refuse_unfit(changed, into)


def tables_in(database: Database) -> int:
    with database.connect() as owner:
        rows = owner.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'ledger%'")
        return int(rows.fetchall()[0][0])


def test_a_restore_that_stops_midway_leaves_the_database_empty(
    story: Story, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proven in the first reading, another file in the second: nothing of it is committed."""
    monkeypatch.setattr(archive, "PIECE", 4096)  # much is loaded before the last piece
    desk.take()
    backup, into = desk.inspect(), desk.empty()
    last = replace(backup.parts[-1], sha256="0" * 64)

    with pytest.raises(Refused, match="途中变了"):
        restoring.load(
            replace(backup, parts=(*backup.parts[:-1], last)), into, folder=desk.folder / "back"
        )

    assert tables_in(into) == 0
    assert desk.restore(backup, into) == []


def test_nothing_is_committed_before_the_end_of_the_file_is_proven(
    story: Story, desk: Desk
) -> None:
    """Every part is as the manifest says, and the file was changed behind them meanwhile."""
    desk.take()
    backup, into = desk.inspect(), desk.empty()
    with sealing.opened(backup.file, desk.identity) as stream:
        inside = stream.read() + bytes(3 * CHUNK)
    with sealing.sealed(desk.folder / "long.age", keys.recipient(desk.public)) as file:
        file.stream.write(inside)
    whole = (desk.folder / "long.age").read_bytes()
    (desk.folder / "long.age").write_bytes(flipped(whole, len(whole) - 1))

    with pytest.raises(Refused, match="损坏"):
        restoring.load(
            replace(backup, file=desk.folder / "long.age"), into, folder=desk.folder / "back"
        )

    assert tables_in(into) == 0


def test_a_database_that_refuses_the_rows_says_why(story: Story, desk: Desk) -> None:
    desk.take()
    backup, into = desk.inspect(), desk.empty()
    with into.connect() as owner:
        owner.execute("CREATE TABLE public.ledger_event (id int)")

    with pytest.raises(Refused, match=r"ledger_event.*already exists"):
        restoring.load(backup, into, folder=desk.folder / "back")


def test_an_attachment_is_never_written_over(story: Story, desk: Desk) -> None:
    desk.take()
    backup, into = desk.inspect(), desk.empty()
    there = desk.folder / f"back/{story.school_id}/{story.ref[:2]}/{story.ref[2:4]}/{story.ref}"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another")

    with pytest.raises(Refused, match="ATTACHMENTS_DIR"):
        restoring.load(backup, into, folder=desk.folder / "back")

    assert there.read_bytes() == b"another"
    assert tables_in(into) == 0


def test_a_backup_never_writes_over_another(story: Story, desk: Desk) -> None:
    desk.take()
    before = (desk.folder / "one.age").read_bytes()

    with pytest.raises(Refused, match="已经存在"):
        desk.take()

    assert (desk.folder / "one.age").read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(
    story: Story, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_LEVEL", "nonsense")

    with pytest.raises(Refused, match="pg_dump"):
        desk.take()

    assert list(desk.folder.glob("one.age*")) == []


def test_a_full_disk_is_refused(story: Story, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: object, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealing._Counted, "write", full)

    with pytest.raises(Refused, match="磁盘空间"):
        desk.take()

    assert list(desk.folder.glob("one.age*")) == []


def test_a_killed_backup_leaves_nothing_that_looks_complete(story: Story, desk: Desk) -> None:
    """SIGKILL while the dump waits for a lock; the next backup of that name goes through."""
    words = [sys.executable, str(BASE_DIR / "manage.py"), "backup"]
    words += ["--to", str(desk.folder / "one.age"), "--recipient", str(desk.public)]
    env = {**os.environ, "ATTACHMENTS_DIR": str(desk.attachments)}
    draft = desk.folder / "one.age.part"
    with desk.home.connect() as owner:
        owner.execute("LOCK TABLE workflow_case IN ACCESS EXCLUSIVE MODE")
        child = subprocess.Popen(words, env=env, stderr=subprocess.DEVNULL)
        try:
            until(lambda: draft.exists() and waits_for_lock(desk.home), seconds=60)
            with pytest.raises(Refused, match="另一个备份正在写"):
                desk.take()
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()

    assert draft.exists()
    assert not (desk.folder / "one.age").exists()
    with pytest.raises(Refused):
        desk.inspect("one.age.part")
    desk.take()
    assert not draft.exists()


def waits_for_lock(database: Database) -> bool:
    """Somebody of this database; others of the same server wait for locks of their own."""
    with database.connect() as owner:
        rows = owner.execute(
            "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE NOT l.granted AND d.datname = current_database()"
        ).fetchall()
    return bool(rows)


def test_a_role_that_sees_one_school_only_may_not_back_up(story: Story, desk: Desk) -> None:
    """It would write an empty file that looks fine."""
    user = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])["user"]
    desk.home = replace(desk.home, words={**desk.home.words, "user": str(user)})

    with pytest.raises(Refused, match="属主"):
        desk.take()


class TestKeys:
    def test_the_private_key_is_for_its_owner_alone(self, desk: Desk) -> None:
        assert desk.private.stat().st_mode & 0o777 == 0o600
        assert "AGE-SECRET-KEY-" not in desk.public.read_text()

    def test_a_private_key_on_the_server_is_refused(self, desk: Desk) -> None:
        with pytest.raises(Refused, match="移走"):
            keys.recipient(desk.private)
        with pytest.raises(Refused, match="公钥"):
            keys.identity(desk.public)

    def test_a_key_is_never_written_over(self, desk: Desk) -> None:
        with pytest.raises(Refused, match="已经存在"):
            keys.make(private=desk.private, public=desk.folder / "new.pub")

    @pytest.mark.parametrize("text", ["", "# only a comment\n", "age1nonsense", "wrong"])
    def test_what_is_no_key_is_refused(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "key").write_text(text)

        with pytest.raises(Refused, match="不是备份"):
            keys.recipient(tmp_path / "key")
        with pytest.raises(Refused, match=r"公钥|不是备份"):
            keys.identity(tmp_path / "key")

    def test_a_missing_key_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="nowhere"):
            keys.recipient(tmp_path / "nowhere")


def test_the_moment_is_the_snapshots_not_the_end(story: Story, desk: Desk) -> None:
    began = time.time()
    taken = desk.take()

    assert began - 5 < taken.taken_at.timestamp() < time.time()
