"""What is looked for once an hour is looked for by one driver."""

import pytest
from django.db import connection

from workflow import due_rows

pytestmark = pytest.mark.django_db


def test_the_first_driver_gets_the_hour_and_each_look_has_its_own() -> None:
    assert due_rows.is_hour_mine("words")
    assert not due_rows.is_hour_mine("words")
    assert due_rows.is_hour_mine("notices")


def test_the_next_hour_is_anybodys() -> None:
    due_rows.is_hour_mine("words")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_heartbeat SET beat_at = beat_at - interval '61 minutes'")

    assert due_rows.is_hour_mine("words")
