"""The outermost layer: a stream sealed to a public key, chunk by chunk, each authenticated.

age binds every chunk to its place and marks the last one, so a flipped bit, chunks that changed
places and a missing end are all refused. It says nothing about who made the file: whoever restores
compares the SHA-256 that `backup` printed.

The cipher runs in a thread of its own, beside the tar; a pipe joins the two.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from pyrage import x25519

from config.backup.refusal import Refused

_UNFINISHED = ".part"
_PIECE = 1024 * 1024


@dataclass
class Sealed:
    """A stream to write to; `size` and `sha256` are of the finished file."""

    stream: BinaryIO
    size: int = 0
    sha256: str = ""


class _Counted(BufferedIOBase):
    """A file that knows the digest of what went through it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: Any) -> int:
        self._digest.update(data)
        self.size += memoryview(data).nbytes
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def sealed(path: Path, to: x25519.Recipient) -> Iterator[Sealed]:
    """A file that has its name when it is complete and on the disk, and not before.

    Raises Refused where the name is taken or the folder cannot be written.
    """
    if path.exists():
        raise Refused(f"{path} 已经存在：备份从不覆盖旧备份，请换一个文件名。")
    draft = path.with_name(path.name + _UNFINISHED)
    with _locked(draft) as file:
        try:
            counted = _Counted(file)
            with _pipe_into(counted, to) as stream:
                made = Sealed(stream)
                yield made
            os.fsync(file.fileno())
            made.size, made.sha256 = counted.size, counted.sha256
            if path.exists():
                raise Refused(f"{path} 刚刚被另一个进程建立，请换一个文件名。")
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
            _sync(path.parent)


@contextmanager
def opened(path: Path, by: x25519.Identity) -> Iterator[BinaryIO]:
    """What was sealed. Read it to its end before believing any of it: only then all is proven.

    Raises Refused for a wrong key and for a file that was damaged, cut off or put together anew.
    """
    source, sink = os.pipe()
    with path.open("rb") as file, ThreadPoolExecutor(1) as pool:
        going = pool.submit(_decrypt, file, sink, by)
        try:
            with os.fdopen(source, "rb") as stream:
                yield stream
                while stream.read(_PIECE):
                    pass
        except Exception:
            _refuse_damage(going)  # says more than the broken end that the reader met
            raise
        _refuse_damage(going)


def digest(path: Path) -> str:
    """Hex SHA-256 of a file as it lies."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _pipe_into(target: _Counted, to: x25519.Recipient) -> Iterator[BinaryIO]:
    source, sink = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(_encrypt, source, target, to)
        try:
            with os.fdopen(sink, "wb") as stream:
                yield stream
        except BrokenPipeError:
            _refuse_unwritten(going)  # the sealing side ended first, and knows why
            raise
        _refuse_unwritten(going)


def _encrypt(source: int, target: _Counted, to: x25519.Recipient) -> None:
    with os.fdopen(source, "rb") as stream:
        pyrage.encrypt_io(stream, target, [to])


def _decrypt(file: BufferedIOBase, sink: int, by: x25519.Identity) -> None:
    with os.fdopen(sink, "wb") as stream:
        pyrage.decrypt_io(file, stream, [by])


def _refuse_unwritten(going: Future[None]) -> None:
    failure = going.exception()
    if failure is not None:
        raise Refused(f"备份写不下去（{failure}）：请检查磁盘空间，或换一个位置。") from None


def _refuse_damage(going: Future[None]) -> None:
    """A reader that stopped early leaves a broken pipe behind; that is no damage."""
    failure = going.exception()
    if isinstance(failure, pyrage.DecryptError):
        raise Refused(
            "私钥打不开这份备份：请换用与加密公钥成对的私钥；若私钥无误，则文件开头已损坏，请换一份。"
        ) from None
    if failure is not None and not isinstance(failure, BrokenPipeError):
        raise Refused("备份文件已损坏、被改动或不完整：请换一份备份。") from None


@contextmanager
def _locked(draft: Path) -> Iterator[BinaryIO]:
    """The draft, emptied of what a killed backup left; refused while another one writes it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        handle = os.open(draft, flags, 0o600)
    except OSError as failed:
        raise Refused(f"无法写入 {draft}：{failed.strerror}。") from None
    with os.fdopen(handle, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"另一个备份正在写 {draft}：请等它结束，或换一个文件名。") from None
        file.truncate()
        yield file


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
