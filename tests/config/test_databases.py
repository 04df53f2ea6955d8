"""Addresses become settings, and the schema changes through the owner alone."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from config.databases import OwnerMigrates, databases, parse_database_url

PLAIN = "postgresql://sanfang_app@db/sanfang"
OWNER = "postgresql://sanfang_owner@db/sanfang"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql:///sanfang?host=/run/pg&user=app", ("sanfang", "app", "", "/run/pg", "")),
        ("postgresql:///s?host=%2Frun%2Fa&user=app", ("s", "app", "", "/run/a", "")),
        ("postgres://app:p%40ss@db:5433/sanfang", ("sanfang", "app", "p@ss", "db", "5433")),
        ("postgresql://app@[::1]/sanfang", ("sanfang", "app", "", "::1", "")),
        ("postgresql://one@db/sanfang?user=two", ("sanfang", "two", "", "db", "")),
    ],
)
def test_every_spelling_of_an_address_is_understood(url: str, expected: tuple[str, ...]) -> None:
    found = parse_database_url(url)

    assert tuple(found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


def test_other_parameters_reach_the_driver() -> None:
    options = parse_database_url(f"{PLAIN}?sslmode=verify-full")["OPTIONS"]

    assert options == {"prepare_threshold": 1, "sslmode": "verify-full"}


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://db/sanfang", "sanfang"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL"):
        parse_database_url(url)


def test_the_owner_exists_only_where_its_address_is_given() -> None:
    assert set(databases(url=PLAIN, owner_url="", persistent=True)) == {"default"}
    assert set(databases(url=PLAIN, owner_url=OWNER, persistent=True)) == {"default", "owner"}


def test_only_who_changes_no_tables_keeps_its_plans() -> None:
    found = databases(url=PLAIN, owner_url=OWNER, persistent=True)

    assert found["default"]["ENGINE"] == "ledger.postgres"
    assert found["owner"]["ENGINE"] == "django.db.backends.postgresql"


def test_only_the_owner_migrates() -> None:
    router = OwnerMigrates()

    assert router.allow_migrate("owner", "parties")
    assert not router.allow_migrate("default", "parties")


def test_migrating_as_the_plain_role_is_refused_with_the_mend() -> None:
    """Django would apply nothing and yet record every migration as applied."""
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("migrate", database="default")
