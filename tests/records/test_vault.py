"""Blobs on a real disk: what lies there, what opens it, and what meddling does."""

import hashlib
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from parties import keyring
from parties.errors import KeyUnavailable, TamperedValue
from parties.models import School
from parties.tenancy import scope
from records import vault
from records.vault import BlobMissing, VaultUnavailable
from tests.parties.sealed_rows import HERE, THERE

LIN, WANG = uuid4(), uuid4()
SECRET = "谈话时的照片".encode() * 100
#: version, key id, nonce, tag
OVERHEAD = 1 + 16 + 12 + 16
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"
    for school_id in (HERE, THERE):
        with scope(school_id):
            School.objects.create(pk=school_id, code=f"s{school_id}", name="示范职校")
    return tmp_path / "attachments"


def kept(subject: UUID = LIN, data: bytes = SECRET, school: int = HERE) -> str:
    return vault.seal(school_id=school, subject_id=subject, data=data).ref


def read(ref: str, subject: UUID = LIN, school: int = HERE) -> bytes:
    return vault.open_(school_id=school, subject_id=subject, ref=ref)


def file_of(ref: str, school: int = HERE) -> Path:
    return vault._path(school, ref)


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("data", [SECRET, b"", b"\0", os.urandom(100_000)])
def test_a_blob_comes_back_as_it_went_in(data: bytes) -> None:
    blob = vault.seal(school_id=HERE, subject_id=LIN, data=data)

    assert read(blob.ref) == data
    assert blob.size == len(data)
    assert blob.sha256 == hashlib.sha256(data).hexdigest()


def test_the_disk_holds_no_plain_byte(folder: Path) -> None:
    ref = kept()

    (file,) = everything(folder)
    assert file.stat().st_size == OVERHEAD + len(SECRET)
    assert SECRET[:18] not in file.read_bytes()
    assert file.relative_to(folder).parts == (str(HERE), ref[:2], ref[2:4], ref)


def test_nobody_else_on_the_machine_may_look(folder: Path) -> None:
    file = file_of(kept())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    below = [folder, *(level for level in file.parents if folder in level.parents)]
    assert {stat.S_IMODE(level.stat().st_mode) for level in below} == {0o700}
    assert len(below) == 4


def test_equal_contents_do_not_look_equal() -> None:
    one, other = kept(), kept()

    assert one != other
    assert file_of(one).read_bytes() != file_of(other).read_bytes()


@pytest.mark.parametrize("place", [0, 1, 17, 29, OVERHEAD, -1])
def test_a_changed_byte_is_told(place: int) -> None:
    ref = kept()
    data = bytearray(file_of(ref).read_bytes())
    data[place] ^= 1
    file_of(ref).write_bytes(data)

    with pytest.raises((TamperedValue, KeyUnavailable)):
        read(ref)


@pytest.mark.parametrize("size", [0, 1, 16, 17, 20, 29, 40, OVERHEAD, OVERHEAD + 10])
def test_a_blob_that_was_cut_is_told(size: int) -> None:
    ref = kept()
    os.truncate(file_of(ref), size)

    with pytest.raises(TamperedValue):
        read(ref)


def test_a_blob_under_another_name_does_not_open() -> None:
    mine, other = kept(data=b"mine"), kept(data=b"other")
    file_of(mine).write_bytes(file_of(other).read_bytes())

    with pytest.raises(TamperedValue):
        read(mine)


def test_a_blob_of_one_person_does_not_open_as_anothers() -> None:
    with pytest.raises(TamperedValue):
        read(kept(LIN), subject=WANG)


def test_a_blob_of_one_school_does_not_open_in_another() -> None:
    ref = kept()
    with pytest.raises(BlobMissing):
        read(ref, school=THERE)
    file_of(ref, THERE).parent.mkdir(parents=True)
    file_of(ref).rename(file_of(ref, THERE))

    with pytest.raises(KeyUnavailable):
        read(ref, school=THERE)


def test_a_destroyed_key_takes_its_blobs_with_it() -> None:
    lin, wang = kept(LIN), kept(WANG)
    with scope(HERE):
        keyring.destroy_subject_key(HERE, LIN)

    with pytest.raises(KeyUnavailable):
        read(lin)
    assert read(wang, WANG) == SECRET


@pytest.mark.parametrize(
    "ref",
    [uuid4().hex, "", "..", "../../../etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a/" * 16],
)
def test_a_name_that_is_not_there_opens_nothing(ref: str) -> None:
    with pytest.raises(BlobMissing):
        read(ref)


def test_a_link_in_place_of_a_blob_is_not_followed() -> None:
    ref, other = kept(), kept()
    file_of(ref).unlink()
    file_of(ref).symlink_to(file_of(other))

    with pytest.raises(VaultUnavailable):
        read(ref)


@pytest.mark.parametrize("act", [kept, lambda: read(kept_before())])
def test_the_vault_does_not_work_inside_a_transaction(act: Callable[[], object]) -> None:
    with scope(HERE), pytest.raises(RuntimeError):
        act()


def kept_before() -> str:
    path = vault._path(HERE, "a" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\1" + bytes(60))
    return path.name


def test_a_blob_is_on_the_disk_before_it_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def note_sync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def note_rename(self: Path, target: Path) -> Path:
        done.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "rename", note_rename)

    kept()

    assert done[-3:] == ["file", "rename", "folder"]


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(VaultUnavailable) as refused:
        kept()

    assert refused.value.context["errno"] == 28
    assert everything(folder) == []


def test_no_blob_is_ever_written_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = uuid4()
    monkeypatch.setattr(vault, "uuid4", lambda: taken)
    kept(data=b"first")

    with pytest.raises(VaultUnavailable):
        kept(data=b"second")

    assert read(taken.hex) == b"first"
    assert len(everything(folder)) == 1


def test_more_than_the_limit_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "LARGEST_BYTES", 10)

    with pytest.raises(ValueError, match="at most 10 bytes"):
        kept(data=b"x" * 11)

    assert not folder.exists()


def test_a_destroyed_blob_is_gone_and_a_repeat_does_no_harm() -> None:
    ref = kept()

    assert vault.destroy(school_id=HERE, ref=ref)
    assert not vault.destroy(school_id=HERE, ref=ref)
    with pytest.raises(BlobMissing):
        read(ref)


def test_only_old_blobs_without_a_row_are_orphans(folder: Path) -> None:
    """A young one may belong to a row that is being committed this moment."""
    known, orphan, young = kept(), kept(), kept()
    elsewhere = kept(school=THERE)
    for ref in (known, orphan):
        age(file_of(ref))
    age(file_of(elsewhere, THERE))

    found = vault.orphans(school_id=HERE, known_refs={known}, older_than=NOW - timedelta(hours=1))

    assert found == [orphan]
    assert young not in found


def test_the_sweep_removes_orphans_and_what_a_crash_left_unfinished(folder: Path) -> None:
    known, orphan = kept(), kept()
    unfinished = file_of(uuid4().hex + ".part")
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(b"half")
    stranger = file_of(orphan).with_name("README")
    stranger.touch()

    removed = vault.sweep(school_id=HERE, known_refs={known}, older_than=LATER)

    assert removed == 2
    assert set(everything(folder)) == {file_of(known), stranger}
    assert read(known) == SECRET


def test_a_school_without_blobs_has_no_orphans() -> None:
    assert vault.orphans(school_id=HERE, known_refs=[], older_than=LATER) == []


def age(path: Path) -> None:
    before = (NOW - timedelta(days=2)).timestamp()
    os.utime(path, (before, before))
