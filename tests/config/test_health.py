"""/healthz says that the process lives, /readyz that every promise is being kept."""

import pytest
from django.test import Client

from config import health, healthcheck


def test_a_living_process_says_so_without_the_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_nothing_overdue_is_ready(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "overdue": 0})


@pytest.mark.django_db
def test_something_overdue_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_overdue", lambda: 2)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "overdue", "overdue": 2})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_post_is_refused(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_container_without_a_server_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthcheck, "PORT", 9)

    assert not healthcheck.alive()
