"""Where the outside world keeps what reached it: one entry per message, however often it came."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

#: Text messages that find the gateway busy, before any is taken.
BUSY_FOR: Final = 1
KEPT: Final = 200
CHANGED: Final = 409
BUSY: Final = 503


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came in. `key` tells a repeat from a new one."""

    channel: str
    key: str
    to: str
    text: str

    def link(self, base: str) -> str:
        """The address at `base` that a text message ends with; "" where there is none."""
        last = self.text.rsplit(" ", 1)[-1]
        return last if "\n" not in self.text and last.startswith(base) else ""


@dataclass
class Postbox:
    """Everything that arrived, and what was refused, by why."""

    messages: list[Received] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    busy: list[Received] = field(default_factory=list)
    doubles: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, message: Received) -> int:
        """KEPT (also when known already), CHANGED (same id, other content), or BUSY."""
        with self._lock:
            if message.channel == "sms" and len(self.busy) < BUSY_FOR:
                self.busy.append(message)
                return BUSY
            known = next((one for one in self.messages if one.key == message.key), None)
            if known is None:
                self.messages.append(message)
            elif known != message:
                self.refused["changed"] += 1
                return CHANGED
            else:
                self.doubles += 1
            return KEPT

    def refuse(self, why: str) -> None:
        with self._lock:
            self.refused[why] += 1

    def to(self, address: str) -> list[Received]:
        """What reached a number or an address, oldest first."""
        with self._lock:
            return [one for one in self.messages if one.to == address]
