"""Sends messages side by side, and never waits for one of them for ever.

A receiver may answer a byte every few seconds; no time-out of a socket ends that. So a send that
takes too long counts as failed, its thread is left to itself, and the message goes again later
with the same key.
"""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Final, Self

from workflow import channels
from workflow.channels import Envelope, TemporaryFailure
from workflow.deliveries import Claim

#: Seconds. Longer than every time-out of a channel, so that those speak first.
LONGEST_SEND: Final = 12.0

Outcome = tuple[Claim, Exception | None]


class Senders:
    """As many threads as are wanted at once. They never touch the database: their owner settles."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="send")
        self._going: dict[Future[None], tuple[Claim, float]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def busy(self) -> bool:
        return bool(self._going)

    @property
    def full(self) -> bool:
        return len(self._going) >= self._at_once

    def send(self, claim: Claim, envelope: Envelope) -> None:
        going = self._pool.submit(channels.send, envelope)
        self._going[going] = (claim, time.monotonic())

    def finished(self, *, within: float) -> list[Outcome]:
        """What has come to an end, as soon as anything has, or after `within` seconds."""
        done, _ = wait(self._going, timeout=within, return_when=FIRST_COMPLETED)
        outcomes = [(self._going.pop(future)[0], _failure(future)) for future in done]
        now = time.monotonic()
        for future, (claim, began) in list(self._going.items()):
            if now - began > LONGEST_SEND:
                del self._going[future]
                outcomes.append((claim, TemporaryFailure("send.too_long")))
        return outcomes


def _failure(future: Future[None]) -> Exception | None:
    failure = future.exception()
    if failure is None or isinstance(failure, Exception):
        return failure
    raise failure
