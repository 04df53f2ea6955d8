"""Why a backup or a restore does not go on."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


class Refused(Exception):
    """One sentence: what is wrong, and the mend."""


@contextmanager
def told_plainly() -> Iterator[None]:
    """A database or a disk that fails midway becomes a sentence; an operator gets no traceback."""
    try:
        yield
    except psycopg.Error as failed:
        first = (str(failed).strip().splitlines() or [type(failed).__name__])[0]
        raise Refused(f"数据库中断或拒绝（{first}）：请检查数据库，然后重来。") from failed
    except OSError as failed:
        raise Refused(f"文件读写失败（{failed}）：请检查磁盘与权限，然后重来。") from failed
