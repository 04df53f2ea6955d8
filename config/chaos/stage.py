"""One school under load: its cast, what its people know of each other's work, and the door."""

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from config.chaos.clients import Client
from config.chaos.diary import Diary

#: At most so many crises of one school wait for somebody to take them over.
_MOST_WAITING: Final = 6
#: Nor is anything new reported while so many wait for a triage or its second name: people who are
#: asked more than they can do leave ladders behind, which ring for ever, and a long campaign would
#: measure nothing else.
_MOST_UNTRIAGED: Final = 12
#: So many times as long as a request took does its sender wait before the next.
_PATIENT: Final = 4.0
#: Seconds: who has sat out an outage does not wait four times as long before the next try.
_LONGEST_REST: Final = 5.0


@dataclass
class Board:
    """What one school's people know of each other's work."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[tuple[float, str]] = field(default_factory=list)
    calm: list[str] = field(default_factory=list)
    proposed: list[tuple[str, str]] = field(default_factory=list)
    unknown: int = 0
    untriaged: int = 0

    @property
    def full(self) -> bool:
        return len(self.waiting) >= _MOST_WAITING or self.untriaged >= _MOST_UNTRIAGED

    def take(self, kept: list[Any]) -> Any:
        with self.lock:
            return kept.pop(0) if kept else None

    def ripe(self) -> str | None:
        """A crisis that has waited long enough."""
        with self.lock:
            now = time.monotonic()
            found = next((one for one in self.waiting if one[0] <= now), None)
            if found is not None:
                self.waiting.remove(found)
            return None if found is None else found[1]


class Stage:
    """One school: its cast, its board, and the door."""

    def __init__(
        self,
        base: str,
        cast: Mapping[str, Any],
        requests: Diary,
        answers: Diary,
        stop: threading.Event,
    ) -> None:
        self.base, self.cast, self.stop = base, cast, stop
        self.requests, self.answers = requests, answers
        self.board = Board()

    def enter(self, part: str) -> Client:
        """A session of `part`."""
        client = Client(self.base, self.requests, person=self.cast["people"][part], stop=self.stop)
        login = f"{self.cast['code'].lower()}-{part.replace('_', '-')}"
        client.sign_in(login=login, password=self.cast["password"])
        return client

    def rest(self, dice: random.Random, least: float, most: float, *, took: float = 0.0) -> None:
        """A pause; longer where the last request `took` long, as people slow down with a system.

        Otherwise a slow machine would be measured by how fast it falls behind.
        """
        self.stop.wait(dice.uniform(least, most) + min(_PATIENT * took, _LONGEST_REST))
