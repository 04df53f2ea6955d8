"""The outside world of a test: a gateway that listens on HTTP, and a mail server. Both are real."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook

SECRET = "whsec_dGVzdCBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcyE="  # noqa: S105


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str = SECRET) -> Any:
        """What the body says, once its signature holds; raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Gateway:
    """Answers `status` to every POST; while `hold` is set it keeps its callers waiting."""

    url: str
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    arrived: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.go_on.set()

    def hold(self) -> None:
        self.go_on.clear()

    def keys(self) -> list[str]:
        return [request.key for request in self.requests]


class _Crowded(ThreadingHTTPServer):
    """Lets a crowd knock at once: past the usual five, callers would try again after seconds."""

    daemon_threads = True
    request_queue_size = 256


@contextmanager
def gateway() -> Iterator[Gateway]:
    server = _Crowded(("127.0.0.1", 0), BaseHTTPRequestHandler)
    here = Gateway(f"http://127.0.0.1:{server.server_port}/messages")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.requests.append(Request(self.path, headers, body))
            here.arrived.set()
            here.go_on.wait(30)
            try:
                self.send_response(here.status)
                for name, value in here.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:  # the caller was killed, or did not want to wait
                self.close_connection = True

        def log_message(self, _format: str, *_args: object) -> None:
            """Silence."""

    server.RequestHandlerClass = Handler
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        here.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MailServer:
    """A mailbox behind a real SMTP conversation; `refusal` is what it answers to a recipient."""

    port: int
    mails: list[bytes] = field(default_factory=list)
    refusal: str = ""

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.mails.append(envelope.original_content or b"")
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    here = MailServer(free_port())
    controller = Controller(here, hostname="127.0.0.1", port=here.port)
    controller.start()
    try:
        yield here
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Wait for something that another thread or process does; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
