"""One person's phone or browser: it sends a request again, with the same key, until it is answered.

What was asked is in the diary before it is sent, and the answer before anybody goes on.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from config.chaos.diary import Diary

#: Of one try; a frozen web server makes its callers wait, a killed one does not.
SECONDS: Final = 15.0
_PAUSE: Final = 0.3
#: Who looks for their work turns the pages: daily reports of many cases lie above the rest.
PAGE: Final = 100
MOST_PAGES: Final = 10
#: Seconds after which somebody gives up; then the request was never acknowledged.
PATIENCE: Final = 240.0
_BUSY: Final = frozenset({"idempotency.in_flight"})
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class GivenUp(Exception):
    """No answer for PATIENCE seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The final answer to a request."""

    status: int
    body: dict[str, Any]

    @property
    def good(self) -> bool:
        return httpx.codes.is_success(self.status)


class Client:
    """Signed in as one person. Not to be shared between threads."""

    def __init__(self, base: str, diary: Diary, *, person: str, stop: threading.Event) -> None:
        self.person = person
        self._http = httpx.Client(base_url=base, timeout=SECONDS, trust_env=False)
        self._diary, self._stop, self._token = diary, stop, ""

    def sign_in(self, *, login: str, password: str) -> None:
        answer = self._until_answered("session", {"login": login, "password": password}, {})
        self._token = str(answer.body.get("csrf_token", ""))

    def act(self, kind: str, path: str, body: dict[str, Any], **about: str) -> Answer:
        """Do one thing for good; `about` goes into the diary."""
        key = str(uuid4())
        self._diary.note(asked=key, kind=kind, person=self.person, **about)
        headers = {"Idempotency-Key": key, "X-CSRFToken": self._token}
        answer = self._until_answered(path, body, headers)
        told = {
            name: answer.body[name]
            for name in ("receipt_no", "case", "id", "state", "proposal", "code")
            if name in answer.body
        }
        self._diary.note(answered=key, kind=kind, status=answer.status, body=told)
        return answer

    def look(self, path: str) -> httpx.Response | None:
        """Read once; None when nobody answered."""
        try:
            answer = self._http.get(f"/api/v1/{path}")
        except httpx.TransportError:
            return None
        return answer if answer.is_success else None

    def listed(self, path: str) -> list[dict[str, Any]]:
        """A list, at most MOST_PAGES pages of it; what came so far when nobody answers."""
        found: list[dict[str, Any]] = []
        following: str | None = ""
        for _ in range(MOST_PAGES):
            answer = self.look(
                f"{path}&limit={PAGE}" + (f"&cursor={following}" if following else "")
            )
            if answer is None:
                return found
            found += answer.json()["results"]
            following = answer.json()["next"]
            if following is None:
                return found
        return found

    def _until_answered(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Answer:
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            answer = self._try(path, body, headers)
            if answer is not None:
                return answer
            time.sleep(_PAUSE)
        raise GivenUp(path)

    def _try(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Answer | None:
        try:
            answer = self._http.post(f"/api/v1/{path}", json=body, headers=headers)
        except httpx.TransportError:
            return None
        if answer.status_code >= _SERVER_ERROR or answer.status_code == _TOO_MANY:
            return None
        said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        if said.get("code") in _BUSY:
            return None
        return Answer(answer.status_code, said)
