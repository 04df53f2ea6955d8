"""The channel's other end: notes when a message arrives, and takes its time over routine ones.

A process of its own, so that it competes with nobody for Python's lock.
"""

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final

#: Seconds that a routine send takes.
ROUTINE_SEND: Final = 0.020
#: A held message is answered this late: its sender is dead by then.
_HELD: Final = 30.0
_ANSWER: Final = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_fork: Final = multiprocessing.get_context("fork")


@dataclass
class Gateway:
    """`url`: where to post. Arrivals are (key, seconds on this machine's monotonic clock)."""

    url: str
    pipe: Connection
    arrivals: dict[str, list[float]] = field(default_factory=dict)

    def hold(self, *, on: bool) -> None:
        """Leave crisis messages without an answer from now on, or no longer."""
        self.pipe.send(on)
        time.sleep(0.05)

    def read(self, *, seconds: float = 0.0) -> None:
        """Take in what has arrived, waiting up to `seconds` for something."""
        while self.pipe.poll(seconds):
            key, moment = self.pipe.recv()
            self.arrivals.setdefault(key, []).append(moment)
            seconds = 0.0


@contextlib.contextmanager
def running() -> Iterator[Gateway]:
    ours, theirs = _fork.Pipe()
    process = _fork.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Gateway(f"http://127.0.0.1:{ours.recv()}/messages", ours)
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection) -> None:
    with contextlib.suppress(KeyboardInterrupt, EOFError, BrokenPipeError):
        asyncio.run(_Server(pipe).serve())


class _Server:
    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._held = False

    async def serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self._pipe.send(server.sockets[0].getsockname()[1])
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pipe.fileno(), self._listen, loop)
        await server.serve_forever()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._held = self._pipe.recv()
        except EOFError:
            loop.stop()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            arrived = time.monotonic()
            names = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            body = await reader.readexactly(int(names["content-length"]))
            if b'"crisis.' in body:
                self._pipe.send((names["webhook-id"], arrived))
                await asyncio.sleep(_HELD if self._held else 0)
            else:
                await asyncio.sleep(ROUTINE_SEND)
            writer.write(_ANSWER)
            await writer.drain()
        writer.close()
