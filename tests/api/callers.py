"""Somebody with a way in: a session, a link or a company's key, and how they call the API."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from parties import api_keys, tenancy
from parties.models import Account
from tests.factories import World

PASSWORD = "Kran-Yifan-2026"  # noqa: S105
ROOT = "/api/v1"


class Caller:
    """One person's client. `problem()` is the last answer's code, for short assertions."""

    def __init__(self, *, key: str = "", language: str = "zh-CN") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Accept-Language": language}
        if key:
            self.headers["Authorization"] = f"Api-Key {key}"
        self.csrf = ""

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"{ROOT}{path}", headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("post", path, {} if body is None else body, **headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"{ROOT}{path}", headers=self._all({}))

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            method.upper(),
            f"{ROOT}{path}",
            data=raw,
            content_type=headers.pop("type", "application/json"),
            headers=self._all(headers),
        )

    def sign_in(self, login: str, password: str = PASSWORD) -> Any:
        answer = self.post("/session", {"login": login, "password": password})
        self.csrf = answer.json().get("csrf_token", "")
        return answer

    def _all(self, more: dict[str, str]) -> dict[str, str]:
        csrf = {"X-CSRFToken": self.csrf} if self.csrf else {}
        return {**self.headers, **csrf, **{k.replace("_", "-"): v for k, v in more.items()}}


def account(world: World, name: str) -> str:
    """The login of a person of the world, made on first asking."""
    with tenancy.scope(world.id):
        known = Account.objects.filter(person=world[name]).first()
        if known is not None:
            return known.login
        login = f"{name}-{uuid4().hex[:6]}"
        made = Account(school=world.school, person=world[name], login=login)
        made.set_password(PASSWORD)
        made.save()
    return login


def member(world: World, name: str, **options: Any) -> Caller:
    """Somebody of the world, signed in with a password."""
    caller = Caller(**options)
    answer = caller.sign_in(account(world, name))
    assert answer.status_code == 200, answer.content
    return caller


def company(world: World, **options: Any) -> Caller:
    """The company's own system."""
    return Caller(key=api_keys.make(school_id=world.id, uscc=world.company.uscc), **options)


def code(answer: Any) -> str:
    return str(answer.json().get("code"))
