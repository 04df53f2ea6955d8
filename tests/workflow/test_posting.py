"""Posts share a client and no connection: one that died, or hangs, concerns no other message."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Final

import pytest

from tests.receivers import Gateway, until
from workflow.channels import posting
from workflow.channels.posting import Target

#: More than the hundred connections that a client of httpx opens unless told otherwise.
MANY: Final = 120

#: Says that it keeps the connection open, as HTTP/1.1 does when nothing is said.
_ANSWER: Final = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"


@contextmanager
def keeping(asked: list[int]) -> Iterator[str]:
    """A receiver that would answer again and again on one connection; counts what each asked."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _ = server.accept()
            except OSError:
                return
            with caller:
                asked.append(0)
                while caller.recv(65536):
                    asked[-1] += 1
                    caller.sendall(_ANSWER)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def test_every_message_has_a_connection_of_its_own() -> None:
    asked: list[int] = []
    with keeping(asked) as url:
        for _ in range(3):
            posting.post(Target(url), b"", {})

    assert asked == [1, 1, 1]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody gives up before the test does: how long that takes is the machine's affair."""
    monkeypatch.setattr(posting, "SECONDS", 60.0)
    posting._built.cache_clear()
    yield
    posting._built.cache_clear()


@pytest.mark.usefixtures("patient")
def test_many_that_hang_do_not_keep_the_others_waiting(sms_gateway: Gateway) -> None:
    sms_gateway.hold()
    with ThreadPoolExecutor(MANY) as pool:
        going = [pool.submit(posting.post, Target(sms_gateway.url), b"", {}) for _ in range(MANY)]
        until(lambda: len(sms_gateway.requests) == MANY, seconds=20)
        assert not any(one.done() for one in going)  # none of them had to give up for another
        sms_gateway.go_on.set()

    assert not any(one.exception() for one in going)
    assert posting._built.cache_info().misses == 1  # though all of them came first
