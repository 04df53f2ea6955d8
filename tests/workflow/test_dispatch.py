"""After a restore nothing leaves by itself: held, looked at, released by lane, crisis first."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from parties.errors import WrongState
from tests.factories import World
from tests.owner import owner_connection
from tests.receivers import Gateway
from tests.workflow.outbox import (
    PENDING,
    SENT,
    UNDELIVERABLE,
    deliver,
    events,
    incidents,
    later,
    promise,
    row_of,
)
from workflow import dispatch, sweeps

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def owner() -> Iterator[BaseDatabaseWrapper]:
    with owner_connection() as connected:
        yield connected


@pytest.fixture
def hold(owner: BaseDatabaseWrapper) -> None:
    """As the restore leaves it, of a backup taken just now."""
    with owner.cursor() as cursor:
        cursor.execute(dispatch.HOLD_SQL.format(backup_at="clock_timestamp()"))


def test_a_held_lane_sends_nothing_whoever_drives_the_sweep(
    world: World, case: UUID, hold: None, sms_gateway: Gateway
) -> None:
    key = promise(world, case)
    quiet = promise(world, case, lane="routine", channel="in_app")

    for via in ("celery", "watch"):
        for lane in dispatch.LANES:
            sweeps.run(lane, via=via)

    assert sms_gateway.requests == []
    assert (row_of(world, key).state, row_of(world, key).tries) == (PENDING, 0)
    assert row_of(world, quiet).state == PENDING


def test_asking_costs_a_delivery_no_query(
    world: World, case: UUID, sms_gateway: Gateway, django_assert_max_num_queries: Any
) -> None:
    promise(world, case, channel="in_app")

    with django_assert_max_num_queries(25) as asked:
        assert deliver() == 1

    assert not [one for one in asked.captured_queries if "dispatchhold" in (one["sql"] or "")]


def test_what_was_due_before_the_end_is_withheld_and_the_rest_goes_out(
    world: World,
    case: UUID,
    hold: None,
    owner: BaseDatabaseWrapper,
    sms_gateway: Gateway,
) -> None:
    old = promise(world, case, lane="crisis")
    shown = promise(world, case, channel="in_app")
    later(world, 7200)
    new = promise(world, case, lane="crisis")

    withheld = dispatch.release(owner, lane="crisis", before=dispatch.now() - HOUR)
    deliver()

    assert withheld == 1
    assert [row_of(world, key).state for key in (old, shown, new)] == [UNDELIVERABLE, SENT, SENT]
    assert len(sms_gateway.requests) == 1
    assert incidents(world) == []
    assert [each["payload"]["code"] for each in events(world, "notification.withheld")] == [
        dispatch.STALE
    ]
    released = events(world, "dispatch.released")
    assert [each["payload"]["withheld"] for each in released] == [1]


def test_without_a_moment_everything_goes_out(
    world: World, case: UUID, hold: None, owner: BaseDatabaseWrapper, sms_gateway: Gateway
) -> None:
    promise(world, case)
    later(world, 7200)

    assert dispatch.release(owner, lane="crisis", before=None) == 0

    assert deliver() == len(sms_gateway.requests) == 1


def test_crisis_is_released_first(world: World, hold: None, owner: BaseDatabaseWrapper) -> None:
    with pytest.raises(WrongState, match="危机"):
        dispatch.release(owner, lane="routine", before=None)

    dispatch.release(owner, lane="crisis", before=None)
    assert list(dispatch.held()) == ["routine"]
    dispatch.release(owner, lane="routine", before=None)

    assert dispatch.held() == {}
    with pytest.raises(WrongState, match="没有暂停"):
        dispatch.release(owner, lane="crisis", before=None)


def test_releasing_one_lane_leaves_the_other(
    world: World, case: UUID, hold: None, owner: BaseDatabaseWrapper, sms_gateway: Gateway
) -> None:
    routine = promise(world, case, lane="routine")
    dispatch.release(owner, lane="crisis", before=None)

    deliver("routine")

    assert row_of(world, routine).state == PENDING


@pytest.mark.parametrize(
    "statement",
    [
        dispatch.HOLD_SQL.format(backup_at="now()"),
        "UPDATE workflow_dispatchhold SET released_at = now()",
        "DELETE FROM workflow_dispatchhold",
        "TRUNCATE workflow_dispatchhold",
    ],
)
def test_the_product_itself_can_neither_hold_nor_release(
    statement: str, hold: None, world: World
) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert list(dispatch.held()) == ["crisis", "routine"]


def test_it_is_said_where_somebody_asks(client: Client, hold: None) -> None:
    answer = client.get("/readyz")
    found = [one for one in run_checks(databases=["default"]) if one.id == "workflow.W003"]

    assert answer.status_code == 503
    assert json.loads(answer.content)["held"] == ["crisis", "routine"]
    assert len(found) == 2
    assert not any(one.is_serious() for one in found)  # servers start: a crisis can be reported


def test_in_normal_running_nothing_is_said(world: World) -> None:
    assert dispatch.held() == {}
    assert [one for one in run_checks(databases=["default"]) if one.id == "workflow.W003"] == []


def test_what_waits_is_counted_by_kind(world: World, case: UUID, hold: None) -> None:
    promise(world, case)
    later(world, 7200)
    promise(world, case)

    assert dispatch.waiting() == [dispatch.Waiting("crisis", "sms", "crisis.alert", 2, 1)]


def test_machine_time_is_the_databases() -> None:
    assert abs(dispatch.now() - datetime.now(UTC)) < timedelta(minutes=1)
