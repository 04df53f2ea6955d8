"""A mail server on loopback: as much of RFC 5321 as a client that sends one message needs."""

import re
import socketserver
from email import message_from_bytes
from email.policy import default as mail_policy
from typing import Final

from config.demo.postbox import KEPT, Postbox, Received

LONGEST_LINE: Final = 10_000  # bytes
_MAILBOX: Final = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>")


class MailServer(socketserver.ThreadingTCPServer):
    """Hands what it takes to `postbox`."""

    allow_reuse_address = True
    daemon_threads = True
    postbox: Postbox


class Mailbox(socketserver.StreamRequestHandler):
    """One client's conversation."""

    timeout = 10
    server: MailServer

    def handle(self) -> None:
        self.recipients: list[str] = []
        self._say("220 demo")
        while line := self.rfile.readline(LONGEST_LINE):
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                self._say("221 bye")
                return
            self._say(self._answer(verb.upper(), rest))

    def _answer(self, verb: str, rest: str) -> str:
        if verb == "RCPT":
            return self._recipient(rest)
        if verb == "DATA" and self.recipients:
            self._say("354 go on")
            return self._data()
        if verb in {"EHLO", "HELO", "MAIL", "RSET", "NOOP"}:
            self.recipients.clear()
            return "250 demo"
        return "503 bad sequence"

    def _recipient(self, rest: str) -> str:
        found = _MAILBOX.search(rest)
        if found is None:
            self.server.postbox.refuse("malformed")
            return "553 no such mailbox"
        self.recipients.append(found.group(1))
        return "250 demo"

    def _data(self) -> str:
        mail = message_from_bytes(self._lines(), policy=mail_policy)
        key, part = str(mail.get("Message-ID", "")), mail.get_body(("plain",))
        if not key or part is None:
            self.server.postbox.refuse("malformed")
            return "554 no message id"
        text = f"{mail.get('Subject', '')}\n{part.get_content()}"
        taken = {
            self.server.postbox.take(Received("email", key, to, text)) for to in self.recipients
        }
        self.recipients.clear()
        return "250 kept" if taken == {KEPT} else "554 other content under this id"

    def _lines(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(LONGEST_LINE)) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode("ascii"))
