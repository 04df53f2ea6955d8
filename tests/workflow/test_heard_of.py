"""A crisis transaction says whose message waits: the listener sends it before it asks anything."""

from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.db.models import QuerySet

from parties import statements, tenancy
from tests.crash import calls
from tests.factories import World, build_world
from tests.owner import owner_connection
from tests.receivers import Gateway
from tests.workflow.outbox import PENDING, SENT, deliver, later, promise, row_of
from workflow import deliveries, dispatch, leases, notifications, nudge, sweeps
from workflow.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)


def hear(world: World) -> int:
    return notifications.deliver_due(lane="crisis", via="test", heard_of=world.id)


def claimed(world: World) -> list[str]:
    claims = deliveries.claim(school_id=world.id, ids=None, lane="crisis")
    return [claim.row.key for claim in claims]


def counted(made: list[str], kind: str, act: calls.Perform) -> Any:
    made.append(kind)
    return act()


@pytest.mark.usefixtures("sms_gateway")
def test_the_first_message_leaves_after_four_trips(world: World, case: UUID) -> None:
    promise(world, case)
    assert hear(world) == 1  # keys and kept statements are at hand
    promise(world, case)
    made: list[str] = []

    with calls.opened() as seam:
        seam.around = partial(counted, made)
        assert hear(world) == 1

    assert made[: made.index("send")] == ["execute"] * 3 + ["commit"]


def test_the_others_follow(world: World, case: UUID, sms_gateway: Gateway) -> None:
    keys = [promise(world, case) for _ in range(3)]

    assert hear(world) == 3

    assert [row_of(world, key).state for key in keys] == [SENT] * 3
    assert sms_gateway.keys()[0] == deliveries.wire_key(world.id, keys[0])


def test_what_has_waited_longest_is_first(world: World, case: UUID) -> None:
    old = promise(world, case)
    later(world, 10)
    promise(world, case)

    assert claimed(world) == [old]


def test_neither_held_nor_later_nor_routine_nor_of_another_school(world: World, case: UUID) -> None:
    other = build_world()
    promise(other, None)
    promise(world, case, lane="routine")
    held = promise(world, case)
    assert claimed(world) == [held]

    assert claimed(world) == []
    later(world, 6)
    assert claimed(world) == [held]
    later(world, -60)
    assert claimed(world) == []


def test_a_held_lane_stays_held(world: World, case: UUID, sms_gateway: Gateway) -> None:
    key = promise(world, case)
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute(dispatch.HOLD_SQL.format(backup_at="clock_timestamp()"))

    assert hear(world) == 0

    assert sms_gateway.requests == []
    assert (row_of(world, key).state, row_of(world, key).tries) == (PENDING, 0)


@pytest.mark.usefixtures("sms_gateway")
def test_ten_thousand_of_the_other_lane_are_not_read(world: World, case: UUID) -> None:
    """The plan of a statement that stays prepared knows no lane unless it is written out."""
    promise(world, case)
    lease = leases._LEASE_NEXT.replace("$1", "5")
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute(_FILL, [world.id, world["duty_officer"].pk])
        cursor.execute("ANALYZE workflow_notification")
    with tenancy.scope(world.id), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {lease} SELECT id FROM workflow_notification")  # noqa: S608
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "notification_due" in plan
    assert "Seq Scan" not in plan


_FILL = """
INSERT INTO workflow_notification (id, school_id, case_id, recipient_id, to_role, channel, template,
    lane, key, created_at, due_at, tries, state, via)
SELECT gen_random_uuid(), %s, NULL, %s, 'HT', 'sms', 'notice.new', 'routine', 'many:' || n, now(),
    now(), 0, 'PENDING', ''
FROM generate_series(1, 10000) AS n
"""


@pytest.mark.parametrize("own_statement", [True, False])
def test_a_notice_names_its_school(world: World, case: UUID, *, own_statement: bool) -> None:
    listener = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    listener.execute("LISTEN crisis")
    if own_statement:
        promise(world, case)
    else:
        with tenancy.scope(world.id):
            nudge.soon("crisis")

    (notice,) = listener.notifies(timeout=5, stop_after=1)
    listener.close()

    assert notice.payload == str(world.id)


def test_hearing_does_everything_that_a_run_does(
    world: World, case: UUID, sms_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(world, case)

    def broken(**_: Any) -> int:
        raise RuntimeError

    counts = sweeps.hear(world.id, via="test")
    assert (counts["delivered"], counts["failed"]) == (1, 0)
    assert counts.keys() == sweeps.run("crisis", via="test").keys()

    monkeypatch.setattr(notifications, "deliver_due", broken)
    assert sweeps.hear(world.id, via="test")["failed"] == 4  # its own, and three of the run


def test_two_who_hear_of_it_send_it_once(world: World, case: UUID, sms_gateway: Gateway) -> None:
    promise(world, case)
    (held,) = deliveries.claim(school_id=world.id, ids=None, lane="crisis")

    assert (hear(world), deliver()) == (0, 0)
    assert sms_gateway.requests == []
    assert deliveries.settle(held, None, via="test")


def test_rows_of_a_change_are_all_that_the_change_returned(world: World, case: UUID) -> None:
    keys = {promise(world, case) for _ in range(2)}
    change = """WITH workflow_notification AS (
        UPDATE workflow_notification SET via = $1 WHERE lane = 'crisis' RETURNING *)"""

    with tenancy.scope(world.id):
        rows = statements.changed(change, ["changed"], by_key)
        assert {row.key for row in rows} == keys
        assert {row.via for row in rows} == {"changed"}
        with pytest.raises(TypeError, match="one_of_them"):
            statements.changed(change, ["x"], one_of_them)


def by_key() -> QuerySet[Notification]:
    return Notification.objects.order_by("key")


def one_of_them() -> QuerySet[Notification]:
    return Notification.objects.order_by("key")[:1]
