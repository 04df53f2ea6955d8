"""The text-message gateway on loopback. What it has taken in is on its own disk before it answers.

    python -m config.chaos.provider PORT DIARY LATENCY

It does not drop doubles: counting them is the checker's work. The signing secret comes in the
environment, as it does to the product.
"""

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from config.chaos.diary import Diary

PATH: Final = "/sms"
LARGEST: Final = 10_000  # bytes
TAKEN: Final = 204
UNSIGNED: Final = 401
MALFORMED: Final = 422


class Gateway(ThreadingHTTPServer):
    """Hands what it takes to `diary`."""

    daemon_threads = True
    request_queue_size = 128
    diary: Diary
    verifier: Webhook
    latency: float


class Door(BaseHTTPRequestHandler):
    """One signed POST."""

    timeout = 10
    server: Gateway

    def do_POST(self) -> None:
        status = self._judge()
        try:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
        except OSError:  # whoever sent it was killed meanwhile
            self.close_connection = True

    def _judge(self) -> int:
        length = self.headers.get("Content-Length", "")
        if self.path != PATH or not length.isdigit() or int(length) > LARGEST:
            return MALFORMED
        body = self.rfile.read(int(length))
        headers = {name.lower(): text for name, text in self.headers.items()}
        try:
            self.server.verifier.verify(body, headers)
        except WebhookVerificationError:
            return UNSIGNED
        time.sleep(self.server.latency / 2)
        self.server.diary.note(key=headers["webhook-id"])
        time.sleep(self.server.latency / 2)
        return TAKEN

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base's name
        """Numbers and texts stay out of every log."""


def main(port: str, diary: str, latency: str) -> None:
    server = Gateway(("127.0.0.1", int(port)), Door)
    server.diary = Diary(Path(diary))
    server.verifier = Webhook(os.environ["SMS_GATEWAY_SECRET"].encode())
    server.latency = float(latency)
    server.serve_forever(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
