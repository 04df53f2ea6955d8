"""A session is found by its key for as long as it lasts, and no cookie is a fault."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from parties.sessions import SessionStore

pytestmark = pytest.mark.django_db


def opened() -> SessionStore:
    store = SessionStore()
    store["who"] = "本人"
    store.save()
    return store


def test_a_session_is_found_again() -> None:
    found = SessionStore(opened().session_key)

    assert found["who"] == "本人"


def test_one_that_is_over_is_gone_with_its_key() -> None:
    key = opened().session_key
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    found = SessionStore(key)

    assert dict(found.items()) == {}
    assert found.session_key is None


@pytest.mark.parametrize("key", ["x" * 40, "\x00" * 32, "'; DROP TABLE--", "1234567890"])
def test_whatever_a_cookie_holds_is_nobodys_session(key: str) -> None:
    client = Client(raise_request_exception=True)
    client.cookies["sessionid"] = key

    assert SessionStore(key).get("who") is None
    assert client.get("/api/v1/session").status_code in (401, 403)
