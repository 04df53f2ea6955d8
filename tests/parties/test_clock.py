"""School time and machine time, and who may move the first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from parties import clock
from parties.checks import no_drill_clock_runs_unseen
from parties.errors import DrillRefused
from parties.models import School
from parties.tenancy import scope
from tests.owner import owner_connection

HERE, THERE = 101, 202
DRILL = datetime(2026, 9, 1, 22, 40, tzinfo=UTC)
SLACK = timedelta(seconds=30)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> Iterator[BaseDatabaseWrapper]:
    with owner_connection() as connected:
        yield connected
        clock.end_drill(connected)


@pytest.fixture(autouse=True)
def schools(settings: Any) -> None:
    settings.DRILL_CLOCK = True
    for school_id in (HERE, THERE):
        with scope(school_id):
            School.objects.create(pk=school_id, code=f"s{school_id}", name="示范职校")


def test_without_a_drill_school_time_is_the_databases() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < SLACK


def test_school_time_has_a_time_zone() -> None:
    assert clock.now().utcoffset() is not None


def test_a_drill_starts_where_it_was_told(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=1)

    assert DRILL <= clock.now() < DRILL + SLACK


def test_a_drill_runs_at_its_rate(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=36_000)

    first = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02)")

    assert clock.now() - first >= timedelta(minutes=12)  # 20 ms at ten hours a second


def test_every_school_and_every_scope_reads_the_same_drill(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=1)

    for school_id in (HERE, THERE):
        with scope(school_id) as at:
            assert DRILL <= at < DRILL + SLACK


def test_a_drill_jumps_forwards_and_backwards(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=1)

    for moment in (DRILL + timedelta(days=30), DRILL - timedelta(hours=1)):
        clock.jump(owner, to=moment)
        assert moment <= clock.now() < moment + SLACK


def test_setting_a_drill_twice_moves_the_one_clock(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=60)
    clock.set_drill(owner, anchor=DRILL, rate=1)

    with owner.cursor() as cursor:
        cursor.execute("SELECT count(*), max(rate) FROM parties_schoolclock")
        assert cursor.fetchone() == (1, 1)


def test_a_second_clock_row_is_refused(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=1)

    with pytest.raises(DatabaseError, match="one_drill_clock"), owner.cursor() as cursor:
        cursor.execute("INSERT INTO parties_schoolclock VALUES (%s, now(), now(), 1)", [THERE])


def test_a_clock_that_stands_still_or_runs_back_is_refused(owner: BaseDatabaseWrapper) -> None:
    for rate in (0, -1):
        with pytest.raises(DatabaseError, match="drill_clock_runs_forward"):
            clock.set_drill(owner, anchor=DRILL, rate=rate)


def test_after_the_drill_school_time_is_the_databases_again(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=60)
    clock.end_drill(owner)

    assert abs(clock.now() - datetime.now(UTC)) < SLACK


def test_machine_time_does_not_move(owner: BaseDatabaseWrapper) -> None:
    clock.set_drill(owner, anchor=DRILL - timedelta(days=3650), rate=1)

    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (machine,) = cursor.fetchall()
    assert abs(machine[0] - datetime.now(UTC)) < SLACK


def test_where_drills_are_off_nobody_moves_time(owner: BaseDatabaseWrapper, settings: Any) -> None:
    settings.DRILL_CLOCK = False

    with pytest.raises(DrillRefused):
        clock.set_drill(owner, anchor=DRILL, rate=1)
    with pytest.raises(DrillRefused):
        clock.jump(owner, to=DRILL)
    assert abs(clock.now() - datetime.now(UTC)) < SLACK


def test_there_is_nothing_to_jump_without_a_drill(owner: BaseDatabaseWrapper) -> None:
    with pytest.raises(DrillRefused):
        clock.jump(owner, to=DRILL)


def test_the_app_role_cannot_move_time() -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        clock.set_drill(connection, anchor=DRILL, rate=1)


def test_a_drill_left_over_where_drills_are_off_stops_the_start(
    owner: BaseDatabaseWrapper, settings: Any
) -> None:
    clock.set_drill(owner, anchor=DRILL, rate=1)
    assert no_drill_clock_runs_unseen(databases=["default"]) == []

    settings.DRILL_CLOCK = False

    assert [m.id for m in no_drill_clock_runs_unseen(databases=["default"])] == ["parties.E007"]
    clock.end_drill(owner)
    assert no_drill_clock_runs_unseen(databases=["default"]) == []
