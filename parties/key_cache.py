"""Opened keys, kept per process for a minute, by their id. In memory alone."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final
from uuid import UUID

#: Seconds a destroyed key may live on in another process: erasure is complete after that.
_SECONDS: Final = 60
_SIZE: Final = 10_000


@dataclass(frozen=True)
class Key:
    """An opened key and the id that values carry."""

    id: UUID
    secret: bytes


class KeyCache:
    """Opened keys by (school, what); bounded in number and in age."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, UUID | None], tuple[float, Key]] = OrderedDict()
        self._lock = Lock()

    def get(self, school_id: int, what: str, about: UUID | None = None) -> Key | None:
        with self._lock:
            kept = self._kept.get((school_id, what, about))
            if kept is None or kept[0] < time.monotonic():
                return None
            return kept[1]

    def put(self, school_id: int, what: str, about: UUID | None, key: Key) -> None:
        with self._lock:
            self._kept[school_id, what, about] = (time.monotonic() + _SECONDS, key)
            while len(self._kept) > _SIZE:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
