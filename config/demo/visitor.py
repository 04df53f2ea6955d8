"""Somebody with a browser: every act of the story goes over real HTTP, like anybody's."""

import re
from html import unescape
from typing import Any, Final
from urllib.parse import urljoin
from uuid import uuid4

import httpx

SECONDS: Final = 15.0
_FORM: Final = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<(form|input|button)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r'([a-z-]+)\s*=\s*"([^"]*)"', re.IGNORECASE)


class Unexpected(Exception):
    """The house answered otherwise than promised. Says which address and which status."""


class Visitor:
    """One person's session. Paths are those of the API unless they begin with a slash."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(base_url=base, timeout=SECONDS, trust_env=False)
        self._token = ""

    def close(self) -> None:
        self._client.close()

    def sign_in(self, *, login: str, password: str) -> None:
        self.post("session", {"login": login, "password": password}, key="")
        self._remember_token()

    def open_link(self, url: str) -> None:
        """What a phone does: look at the page, press its button."""
        page = self._client.get(url)
        if page.status_code != httpx.codes.OK:
            raise Unexpected(f"link page: {page.status_code}")
        action, fields = _form(page.text)
        spent = self._client.post(
            urljoin(str(page.url), action), data=fields, headers={"Referer": str(page.url)}
        )
        if spent.status_code not in {httpx.codes.OK, httpx.codes.FOUND, httpx.codes.SEE_OTHER}:
            raise Unexpected(f"link button: {spent.status_code}")
        self._remember_token()

    def get(self, path: str) -> Any:
        """The JSON at `path`; raises Unexpected unless it is 200."""
        return _checked(self.ask(path)).json()

    def ask(self, path: str) -> httpx.Response:
        return self._client.get(_address(path))

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Send once more with the same key by naming it; a new one is made otherwise."""
        answer = _checked(self.try_post(path, body, key=key))
        return answer.json() if answer.content else None

    def try_post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        headers = {"X-CSRFToken": self._token} if self._token else {}
        if key != "":
            headers["Idempotency-Key"] = key or str(uuid4())
        return self._client.post(_address(path), json=body or {}, headers=headers)

    def patch(self, path: str, body: Any, *, tag: str) -> Any:
        """Change what was read with the ETag `tag`."""
        return self.change("PATCH", path, body, tag=tag)

    def change(self, method: str, path: str, body: Any, *, tag: str) -> Any:
        """Any act that builds on what was read with the ETag `tag`."""
        headers = {"X-CSRFToken": self._token, "If-Match": tag, "Idempotency-Key": str(uuid4())}
        sent = self._client.request(method, _address(path), json=body, headers=headers)
        answer = _checked(sent)
        return answer.json() if answer.content else None

    def upload(self, path: str, name: str, data: bytes, media_type: str, **form: str) -> Any:
        """A file as a browser sends it."""
        headers = {"X-CSRFToken": self._token, "Idempotency-Key": str(uuid4())}
        files = {"file": (name, data, media_type)}
        sent = self._client.post(_address(path), data=form, files=files, headers=headers)
        return _checked(sent).json()

    def _remember_token(self) -> None:
        self._token = str(self.get("session")["csrf_token"])


def _address(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    code = ""
    if "json" in answer.headers.get("content-type", ""):
        code = str(answer.json().get("code", ""))
    request = answer.request
    raise Unexpected(f"{request.method} {request.url.path}: {answer.status_code} {code}")


def _form(html: str) -> tuple[str, dict[str, str]]:
    """Address and hidden fields of the first form that is sent by POST."""
    for form in _FORM.findall(html):
        action, fields, post = "", {}, False
        for name, inside in _TAG.findall(form):
            attributes = {key.lower(): unescape(text) for key, text in _ATTRIBUTE.findall(inside)}
            if name.lower() == "form":
                action, post = attributes.get("action", ""), attributes.get("method") == "post"
            elif "name" in attributes:
                fields[attributes["name"]] = attributes.get("value", "")
        if post:
            return action, fields
    raise Unexpected("link page: no button")
