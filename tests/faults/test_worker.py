"""A Celery worker that is killed between sending and marking: sent again, with the same key."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.db.models import F
from pytest_django import Settings

from parties import tenancy
from tests.factories import NOW, World
from tests.faults.conftest import Start, sms
from tests.receivers import Gateway, until
from workflow import deliveries, notifications
from workflow.models import Notification
from workflow.notifications import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

CRISIS_LEASE = deliveries.LEASES["crisis"].total_seconds()


def promise(world: World, *, channel: str = "sms", lane: str = "crisis") -> str:
    key = f"test:{uuid4()}"
    with tenancy.scope(world.id):
        message = Message(
            case_id=None,
            to_id=world["duty_officer"].pk,
            to_role="ME",
            channel=channel,
            template="crisis.alert",
            key=key,
            lane=lane,
            urgent=True,  # any other text of routine waits at night
        )
        notifications.enqueue_many(school_id=world.id, rows=[message], at=NOW)
    return key


def row_of(world: World, key: str) -> Notification:
    with tenancy.scope(world.id):
        return Notification.objects.get(key=key)


def test_a_commit_reaches_a_real_worker_at_once(
    world: World, worker: Start, sms_gateway: Gateway
) -> None:
    worker(env=sms(sms_gateway))

    key = promise(world)  # nobody sweeps here: only the nudge can have brought it

    until(lambda: row_of(world, key).state == "SENT", seconds=5)
    assert row_of(world, key).via == "celery"
    assert sms_gateway.keys() == [deliveries.wire_key(world.id, key)]


def test_a_killed_worker_costs_one_lease_and_repeats_the_key(
    world: World, worker: Start, sms_gateway: Gateway, settings: Settings
) -> None:
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = sms(sms_gateway).values()
    sms_gateway.hold()
    doomed = worker(env=sms(sms_gateway))
    key = promise(world)
    assert sms_gateway.arrived.wait(10)
    claimed = time.monotonic()

    doomed.kill()  # the gateway has the message; nobody will ever write that down
    sms_gateway.go_on.set()
    assert row_of(world, key).state == "PENDING"

    until(lambda: notifications.deliver_due(lane="crisis", via="test") == 1)
    waited = time.monotonic() - claimed

    assert CRISIS_LEASE - 2 < waited < CRISIS_LEASE + 3
    assert sms_gateway.keys() == [deliveries.wire_key(world.id, key)] * 2
    assert (row_of(world, key).state, row_of(world, key).tries) == ("SENT", 2)


def test_the_next_worker_finds_what_a_killed_one_held(
    world: World, worker: Start, sms_gateway: Gateway, broker: redis.Redis
) -> None:
    """Even a broker that forgot everything meanwhile changes nothing."""
    sms_gateway.hold()
    doomed = worker(env=sms(sms_gateway))
    key = promise(world)
    assert sms_gateway.arrived.wait(10)
    doomed.kill()
    sms_gateway.go_on.set()
    broker.flushdb()
    later(world, CRISIS_LEASE)

    worker(env=sms(sms_gateway))
    other = promise(world)  # its nudge makes the worker look at everything that is due

    until(lambda: {row_of(world, each).state for each in (key, other)} == {"SENT"})
    repeats = sms_gateway.keys().count(deliveries.wire_key(world.id, key))
    assert repeats == 2


def test_a_routine_lane_that_is_stuck_does_not_stand_before_a_crisis(
    world: World, worker: Start, sms_gateway: Gateway
) -> None:
    """Each lane has a worker of its own, as in production."""
    sms_gateway.hold()
    worker("routine", env=sms(sms_gateway))
    worker("crisis", env=sms(sms_gateway))
    backlog = promise(world, lane="routine")
    assert sms_gateway.arrived.wait(10)

    crisis = promise(world, channel="in_app")

    until(lambda: row_of(world, crisis).state == "SENT", seconds=5)
    assert row_of(world, backlog).state == "PENDING"


def later(world: World, seconds: float) -> None:
    gone = timedelta(seconds=seconds)
    with tenancy.scope(world.id):
        Notification.objects.update(leased_until=F("leased_until") - gone)
