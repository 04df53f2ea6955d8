"""The outside world on loopback: a text-message gateway and a mail server that really receive.

They refuse what real ones refuse, so that a message which arrives here would arrive out there. The
gateway checks the signature, drops doubles by their id, and is busy once, which must cost nothing
but a second try with the same id.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from config.demo.mail import Mailbox, MailServer
from config.demo.postbox import Postbox, Received

PATH: Final = "/sms"
LARGEST: Final = 10_000  # bytes
LONGEST_TEXT: Final = 500
UNSIGNED: Final = 401
MALFORMED: Final = 422
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{7,14}")


class Outside:
    """Both servers; `close()` ends them."""

    def __init__(self, *, secret: str) -> None:
        self.postbox = Postbox()
        self._secret = secret
        self._gateway = GatewayServer(("127.0.0.1", 0), Gateway)
        self._gateway.postbox, self._gateway.verifier = self.postbox, Webhook(secret.encode())
        self._mail = MailServer(("127.0.0.1", 0), Mailbox)
        self._mail.postbox = self.postbox
        for server in (self._gateway, self._mail):
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()

    def env(self) -> dict[str, str]:
        """Where workers find the outside world."""
        return {
            "SMS_GATEWAY_URL": f"http://127.0.0.1:{self._gateway.server_address[1]}{PATH}",
            "SMS_GATEWAY_SECRET": self._secret,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self._mail.server_address[1]),
            "EMAIL_HOST_USER": "",
            "EMAIL_USE_TLS": "",
        }

    def close(self) -> None:
        for server in (self._gateway, self._mail):
            server.shutdown()
            server.server_close()


class GatewayServer(ThreadingHTTPServer):
    """Hands what it takes to `postbox`."""

    daemon_threads = True
    postbox: Postbox
    verifier: Webhook


class Gateway(BaseHTTPRequestHandler):
    """One POST: signed as Standard Webhooks say, a number and a short text."""

    timeout = 5
    server: GatewayServer

    def do_POST(self) -> None:
        self.send_response(self._judge())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _judge(self) -> int:
        length = self.headers.get("Content-Length", "")
        if self.path != PATH or not length.isdigit() or int(length) > LARGEST:
            return self._refuse("malformed", MALFORMED)
        body = self.rfile.read(int(length))
        headers = {name.lower(): text for name, text in self.headers.items()}
        try:
            self.server.verifier.verify(body, headers)
        except WebhookVerificationError:
            return self._refuse("signature", UNSIGNED)
        message = _read(headers.get("webhook-id", ""), body)
        if message is None:
            return self._refuse("malformed", MALFORMED)
        return self.server.postbox.take(message)

    def _refuse(self, why: str, status: int) -> int:
        self.server.postbox.refuse(why)
        return status

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base's name
        """Numbers and texts stay out of every log."""


def _read(key: str, body: bytes) -> Received | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    to, text = (said.get("to"), said.get("text")) if isinstance(said, dict) else (None, None)
    if not isinstance(to, str) or not _NUMBER.fullmatch(to):
        return None
    if not key or not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
        return None
    return Received("sms", key, to, text)
