"""A test run on services unlike production's ends with a sentence, before the first test."""

import os

import pytest

from tests import services

GOOD = {
    "database_url": "postgresql://app@db/sanfang",
    "owner_url": "postgresql://owner@db/sanfang",
    "redis_url": "redis://redis",
}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"database_url": "sqlite:///db.sqlite3"}, "SQLite"),
        ({"owner_url": ""}, "DATABASE_OWNER_URL"),
        ({"redis_url": "memory://"}, "memory://"),
        ({"redis_url": ""}, "REDIS_URL"),
    ],
)
def test_unfit_services_are_refused(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(pytest.UsageError, match=sentence):
        services.refuse_unfit(**{**GOOD, **changed})


def test_an_old_postgres_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "OLDEST_POSTGRES", 99)

    with pytest.raises(pytest.UsageError, match="99"):
        services.refuse_unfit(
            database_url=os.environ["DATABASE_URL"],
            owner_url=os.environ[services.HOME_URL],
            redis_url=os.environ["REDIS_URL"],
        )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql:///a?host=/run&user=x", "postgresql:///b?host=/run&user=x"),
        ("postgresql://x:y@db:5432/a", "postgresql://x:y@db:5432/b"),
    ],
)
def test_an_address_is_pointed_at_another_database(url: str, expected: str) -> None:
    assert services.with_database(url, "b") == expected
