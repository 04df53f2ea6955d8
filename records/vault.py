"""Where the bytes of attachments lie: encrypted files outside the web root and the database.

A stolen disk or backup gives nothing away, not even together with the database, as long as the root
key is elsewhere. A blob is `v1 | key id | nonce | ciphertext` (AES-256-GCM) under the key of the
person or case it is about, bound to school, subject and its own random name: moved or changed, it
does not open. With that key destroyed it never opens again, a copy in a backup included.

Files and transactions, in this order (nothing here may run inside a scope: files are I/O, and each
function opens a scope of its own for the key alone):

1. `seal` writes the blob; it is on the disk when this returns.
2. The service commits the row that holds its `ref`.
3. If 2 fails, the blob belongs to nobody; `sweep` removes it later.
4. To delete, the row goes first, then `destroy`; a crash between the two is again an orphan.
"""

import errno
import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from django.conf import settings

from parties import keyring, root_keys, tenancy
from parties.crypto import Sealed
from parties.errors import SanfangError, TamperedValue

LARGEST_BYTES: Final = 50 * 1024 * 1024

_VERSION: Final = b"\x01"
_HEADER: Final = 1 + 16  # version, key id: as Sealed reads it
_REF: Final = re.compile(r"[0-9a-f]{32}")
_UNFINISHED: Final = ".part"


class BlobMissing(SanfangError):
    """A row names a blob that is not there: its folder is not mounted, or it was removed."""

    code = "vault.missing"


class VaultUnavailable(SanfangError):
    """The folder cannot be written or read: full, not mounted, or not ours."""

    code = "vault.unavailable"
    status = 503


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """What the row keeps: the name to open it by, bytes and hex SHA-256 of the plain content."""

    ref: str
    size: int
    sha256: str


def seal(*, school_id: int, subject_id: UUID, data: bytes) -> StoredBlob:
    """Encrypt `data` for the subject; it is on the disk for good when this returns.

    Raises VaultUnavailable, RuntimeError inside a scope, ValueError over 50 MB.
    """
    if len(data) > LARGEST_BYTES:
        raise ValueError(f"a blob holds at most {LARGEST_BYTES} bytes")
    with tenancy.scope(school_id):
        key = keyring.subject_key(school_id, subject_id)
    ref = uuid4().hex
    sealed = root_keys.seal(key.secret, data, _bound_to(school_id, subject_id, ref))
    try:
        write_new(_path(school_id, ref), _VERSION + key.id.bytes + sealed)
    except OSError as failed:
        raise _unavailable(school_id, failed) from None
    return StoredBlob(ref=ref, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def open_(*, school_id: int, subject_id: UUID, ref: str) -> bytes:
    """The plain content, whole and unchanged, or an error: never anything else.

    Raises BlobMissing, TamperedValue, KeyUnavailable (the key was destroyed), VaultUnavailable, and
    RuntimeError inside a scope. Whether the reader may see it has been asked before.
    """
    blob = Sealed(_read(school_id, ref))
    key_id = blob.key_id()
    with tenancy.scope(school_id):
        key = keyring.opened(school_id, {key_id})[key_id]
    try:
        return root_keys.unseal(
            key.secret, blob.data[_HEADER:], _bound_to(school_id, subject_id, ref)
        )
    except (InvalidTag, ValueError):  # ValueError: too short to hold nonce and tag
        raise TamperedValue("附件被改动或移动过。", school=school_id, ref=ref) from None


def destroy(*, school_id: int, ref: str) -> bool:
    """Remove the blob, after its row is gone; whether there was one. A repeat does no harm."""
    try:
        return _remove(_path(school_id, ref))
    except OSError as failed:
        raise _unavailable(school_id, failed) from None


def orphans(*, school_id: int, known_refs: Collection[str], older_than: datetime) -> list[str]:
    """Blobs of the school that no row names, and unfinished ones, written before `older_than`.

    `older_than` is machine time (aware), and an hour ago or more: a younger blob may belong to a
    row that is just being committed.
    """
    known = frozenset(known_refs)
    return [path.name for path in _aged_files(school_id, older_than) if path.name not in known]


def sweep(*, school_id: int, known_refs: Collection[str], older_than: datetime) -> int:
    """Remove the orphans; how many went."""
    found = orphans(school_id=school_id, known_refs=known_refs, older_than=older_than)
    return sum(destroy(school_id=school_id, ref=name) for name in found)


def schools() -> list[int]:
    """Numbers of the schools that ever had a blob here."""
    folder = Path(settings.ATTACHMENTS_DIR)
    return sorted(int(each.name) for each in folder.glob("*") if each.name.isdecimal())


def holds_any(*, school_id: int, refs: Collection[str]) -> bool:
    """Whether one of these blobs lies here."""
    return any(_path(school_id, ref).exists() for ref in refs)


def _bound_to(school_id: int, subject_id: UUID, ref: str) -> bytes:
    return f"v1|{school_id}|vault|{subject_id}|{ref}".encode()


def _school_folder(school_id: int) -> Path:
    return Path(settings.ATTACHMENTS_DIR) / str(int(school_id))


def _path(school_id: int, ref: str) -> Path:
    return path_within(Path(settings.ATTACHMENTS_DIR), school_id, ref)


def path_within(folder: Path, school_id: int, ref: str) -> Path:
    """Two levels below the school's folder; a ref is never part of a path before it was checked."""
    if not _REF.fullmatch(ref.removesuffix(_UNFINISHED)):
        raise BlobMissing("附件不存在。", school=school_id)
    return folder / str(int(school_id)) / ref[:2] / ref[2:4] / ref


def _read(school_id: int, ref: str) -> bytes:
    try:
        handle = os.open(_path(school_id, ref), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise BlobMissing("附件的文件不见了。", school=school_id, ref=ref) from None
    except OSError as failed:
        raise _unavailable(school_id, failed) from None


def write_new(path: Path, data: bytes) -> None:
    """Appears under its name complete or not at all, and never over another file.

    Two writers of one name would meet at the draft, which only one of them can create.
    """
    _make_folders(path.parent)
    draft = path.with_name(path.name + _UNFINISHED)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(draft, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _settle(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _settle(draft: Path, path: Path) -> None:
    if path.exists():
        raise FileExistsError(errno.EEXIST, "a blob is never written over")
    draft.rename(path)


def _make_folders(folder: Path) -> None:
    """With their names on the disk as well, from the uppermost that is missing down."""
    missing = [level for level in (folder, *folder.parents) if not level.exists()]
    for level in reversed(missing):
        with suppress(FileExistsError):  # another writer was first
            level.mkdir(mode=0o700)
        _sync(level.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    _sync(path.parent)
    return True


def _aged_files(school_id: int, older_than: datetime) -> Iterator[Path]:
    for path in _school_folder(school_id).glob("??/??/*"):
        with suppress(FileNotFoundError):  # went meanwhile
            written = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
            if written < older_than and _REF.fullmatch(path.name.removesuffix(_UNFINISHED)):
                yield path


def _unavailable(school_id: int, failed: OSError) -> VaultUnavailable:
    return VaultUnavailable(
        "附件暂时无法存取，请稍后再试，或请管理员检查 ATTACHMENTS_DIR。",
        school=school_id,
        errno=failed.errno or 0,
    )
