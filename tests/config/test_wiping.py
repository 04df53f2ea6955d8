"""What one test commits the next must not find, the ledger's guard notwithstanding."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection

from ledger.models import Event
from parties.models import Person
from parties.tenancy import scope
from tests.factories import build_world
from tests.ledger.test_events import HERE, record
from tests.owner import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)


def guards() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
            " WHERE NOT tgisinternal ORDER BY 1, 2"
        )
        return list(cursor.fetchall())


def test_wiping_empties_every_table(wipe: Callable[[], None]) -> None:
    world = build_world()
    record()

    wipe()

    with scope(world.id):
        assert not Person.objects.exists()
    with scope(HERE):
        assert not Event.objects.exists()


def test_wiping_leaves_every_guard_as_it_was(wipe: Callable[[], None]) -> None:
    before = guards()
    record()

    wipe()

    assert guards() == before
    assert any(enabled == "A" for _, _, enabled in before)
    record()
    with owner_connection() as owner, owner.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("TRUNCATE ledger_event CASCADE")


def test_wiping_keeps_what_migrations_wrote(wipe: Callable[[], None]) -> None:
    wipe()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) > 20 FROM django_content_type")
        assert cursor.fetchone() == (True,)
