"""`manage.py watch` takes over what is silent, hands it back, and outlives the database."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now

from config import devstack
from parties import tenancy
from tests.factories import NOW, World
from tests.faults.conftest import Running, Start, sms
from tests.receivers import Gateway, until
from workflow import notifications
from workflow.models import Heartbeat, Notification

pytestmark = pytest.mark.django_db(transaction=True)

TAKEN = "危机通道：Celery 已静默超过 1.5 秒，由 watch 接管"
GIVEN_BACK = "危机通道：Celery 已恢复，watch 交还"


def promise(world: World, *, channel: str = "in_app", lane: str = "crisis") -> str:
    key = f"test:{uuid4()}"
    with tenancy.scope(world.id):
        notifications.enqueue(
            school_id=world.id,
            case_id=None,
            to_id=world["duty_officer"].pk,
            to_role="ME",
            channel=channel,
            template="crisis.alert",
            key=key,
            lane=lane,
            at=NOW,
        )
    return key


def via(world: World, key: str) -> str:
    """Who sent it; empty while nobody has."""
    with tenancy.scope(world.id):
        return Notification.objects.get(key=key).via


def beat(lane: str = "crisis") -> None:
    Heartbeat.objects.update_or_create(lane=lane, driver="celery", defaults={"beat_at": Now()})


@contextmanager
def celery_alive() -> Iterator[None]:
    """What the sweeps of a living Celery leave behind, twice a second."""
    over = Event()

    def go_on() -> None:
        while not over.wait(0.3):
            beat()
        connection.close()

    beat()
    thread = Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_silent_lane_is_taken_over_and_handed_back(world: World, watch: Start) -> None:
    watching: Running = watch()
    watching.wait_for(TAKEN)
    key = promise(world)
    until(lambda: via(world, key) == "watch", seconds=5)

    with celery_alive():
        watching.wait_for(GIVEN_BACK, seconds=5)
        left = promise(world)
        time.sleep(2)
        assert via(world, left) == ""

    until(lambda: via(world, left) == "watch", seconds=5)
    assert watching.end() == 0


def test_a_crisis_is_heard_of_at_once(world: World, watch: Start) -> None:
    """Without the notice it would take up to a second; nobody nudges a broker-less watch."""
    watching: Running = watch()
    watching.wait_for(TAKEN)
    waits = []
    for _ in range(5):
        began = time.monotonic()
        key = promise(world)
        until(lambda key=key: via(world, key) == "watch", seconds=5)  # type: ignore[misc]
        waits.append(time.monotonic() - began)

    assert sorted(waits)[2] < 0.4


def test_while_celery_lives_only_an_eager_watch_delivers(world: World, watch: Start) -> None:
    with celery_alive():
        lazy, eager = watch(), watch("--eager")
        until(lambda: listeners() == 2, seconds=20)

        key = promise(world)

        until(lambda: via(world, key) == "watch", seconds=5)
        assert not lazy.said("接管")
        eager.end()
        key = promise(world)
        time.sleep(1)
        assert via(world, key) == ""


def test_a_stream_of_notices_does_not_keep_an_eager_watch_from_a_silent_lane(
    world: World, watch: Start
) -> None:
    watching: Running = watch("--eager")
    until(lambda: listeners() == 1, seconds=20)

    for _ in range(60):  # longer than any lane may be silent
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('crisis', '')")
        time.sleep(0.05)

    assert watching.said(TAKEN)


def test_a_frozen_worker_is_stood_in_for(
    world: World, worker: Start, watch: Start, sms_gateway: Gateway
) -> None:
    """Real Celery, there but stopped, as by a machine that swaps."""
    frozen = worker(env=sms(sms_gateway))
    key = promise(world)
    until(lambda: via(world, key) == "celery", seconds=10)
    frozen.freeze()

    watch().wait_for(TAKEN)
    key = promise(world)

    until(lambda: via(world, key) == "watch", seconds=5)


def test_the_watch_outlives_a_restart_of_the_database(start: Start, stack: devstack.Stack) -> None:
    assert stack.postgres is not None
    watching = start("manage.py", "watch", env={**os.environ, **stack.env(owner=False)})
    watching.wait_for(TAKEN)

    stack.postgres.kill()
    watching.wait_for("数据库连接中断")
    time.sleep(1)
    stack.postgres.start()

    until(lambda: sweeps_again(stack), seconds=20)
    assert watching.process.poll() is None
    assert watching.end() == 0


def sweeps_again(stack: devstack.Stack) -> bool:
    """Whether the watch has left a fresh heartbeat."""
    with psycopg.connect(stack.database_url) as connected:
        found = connected.execute(
            "SELECT 1 FROM workflow_heartbeat WHERE driver = 'watch' AND lane = 'crisis'"
            " AND beat_at > now() - interval '1 second'"
        )
        return found.fetchone() is not None


def listeners() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN crisis'"
        )
        return int(cursor.fetchone()[0])
