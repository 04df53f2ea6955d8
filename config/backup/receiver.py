"""A text-message gateway on loopback that remembers what was sent, for drills."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self

_ACCEPTED: Final = 204
_SECRET: Final = "whsec_ZHJpbGxzIG9ubHksIG5vdGhpbmcgc2VjcmV0IGhlcmU="  # noqa: S105 - of the drill


class Receiver:
    """Takes every message. `keys` are the ids that senders gave them, in order, with repeats."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.keys))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def env(self) -> dict[str, str]:
        """The whole outside world of a process: this gateway, no mail, no webhook, no broker."""
        return {
            "SMS_GATEWAY_URL": f"http://127.0.0.1:{self._server.server_port}/",
            "SMS_GATEWAY_SECRET": _SECRET,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": "9",
            "WEBHOOKS": "{}",
            "REDIS_URL": "unix:///nonexistent/no-broker.sock",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(keys: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            keys.append(self.headers.get("webhook-id") or "")
            self.send_response(_ACCEPTED)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Silence."""

    return Handler
