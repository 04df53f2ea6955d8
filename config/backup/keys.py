"""The pair of a backup: the public key seals and lives on the server, the private one opens and
must not. Both files are as `age-keygen` writes them, so its tools read them too.
"""

import os
from pathlib import Path

from pyrage import IdentityError, RecipientError, x25519

from config.backup.refusal import Refused

_PRIVATE = "AGE-SECRET-KEY-"
_PUBLIC = "age1"


def make(*, private: Path, public: Path) -> str:
    """Write a new pair and return the public key. Never over a file: an old key opens old backups.

    Raises Refused.
    """
    for path in (private, public):
        if path.exists():
            raise Refused(f"{path} 已经存在：旧私钥还要打开旧备份，请换一个文件名。")
    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    _write(private, f"# public key: {recipient}\n{identity}\n", mode=0o600)
    _write(public, f"{recipient}\n", mode=0o644)
    return recipient


def recipient(path: Path) -> x25519.Recipient:
    """The key that seals. Raises Refused, above all for a private key: it must not be here."""
    word = _word(path)
    if word.startswith(_PRIVATE):
        raise Refused(f"{path} 是私钥，不能放在服务器上：请移走它，这里只用公钥（{_PUBLIC}…）。")
    try:
        return x25519.Recipient.from_str(word)
    except RecipientError:
        raise Refused(f"{path} 不是备份公钥（应为一行 {_PUBLIC}…）。") from None


def identity(path: Path) -> x25519.Identity:
    """The key that opens. Raises Refused."""
    word = _word(path)
    if word.startswith(_PUBLIC):
        raise Refused(f"{path} 是公钥，只能加密：恢复要用另外保管的私钥（{_PRIVATE}…）。")
    try:
        return x25519.Identity.from_str(word)
    except IdentityError:
        raise Refused(f"{path} 不是备份私钥（应含一行 {_PRIVATE}…）。") from None


def _word(path: Path) -> str:
    """The one line that is no comment."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as failed:
        raise Refused(f"无法读取 {path}：{failed.strerror}。") from None
    return next((line.strip() for line in lines if line.strip() and line[0] != "#"), "")


def _write(path: Path, text: str, *, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as failed:
        raise Refused(f"无法写入 {path}：{failed.strerror}。") from None
