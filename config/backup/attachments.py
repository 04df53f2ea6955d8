"""Sealed files of the vault, copied as they lie: no key is needed, and none is used."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg

from config.backup.refusal import Refused
from records import vault

_NAME: Final = re.compile(r"attachments/([0-9]+)/([0-9a-f]{32})")
_KNOWN: Final = """
SELECT school_id, blob FROM records_attachment WHERE state <> 'DESTROYED' ORDER BY school_id, blob
"""

Ref = tuple[int, str]


def known(connection: psycopg.Connection[Any]) -> list[Ref]:
    """Files that rows name. One that no row names is about to be destroyed: it stays out."""
    return [(int(row[0]), str(row[1])) for row in connection.execute(_KNOWN).fetchall()]


def read(folder: Path, refs: list[Ref]) -> Iterator[tuple[Ref, bytes | None]]:
    """Each with its bytes, or None where the file is not there."""
    for school_id, ref in refs:
        try:
            yield (school_id, ref), vault.path_within(folder, school_id, ref).read_bytes()
        except FileNotFoundError:
            yield (school_id, ref), None
        except OSError as failed:
            raise Refused(f"附件目录 {folder} 读不出来：{failed.strerror}。") from None


def name_of(ref: Ref) -> str:
    return f"attachments/{ref[0]}/{ref[1]}"


def put_back(folder: Path, name: str, data: bytes) -> None:
    """Write a file where the vault looks for it; one that is there already must be the same.

    Raises Refused.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise Refused(f"备份里有不认识的部分 {name[:80]!r}：请用较新的版本恢复。")
    path = vault.path_within(folder, int(found[1]), found[2])
    try:
        if not path.exists():
            vault.write_new(path, data)
        elif path.read_bytes() != data:
            raise Refused(f"{path} 已有内容不同的文件：请把 ATTACHMENTS_DIR 指向空目录。")
    except OSError as failed:
        raise Refused(f"附件目录 {folder} 写不进去：{failed.strerror}。") from None
