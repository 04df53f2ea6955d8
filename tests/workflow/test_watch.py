"""`manage.py watch`: what it decides. As a process with real faults: tests/faults/test_watch.py."""

import gc
import io
import signal
import time
from threading import Event, Timer
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection

from config.management.commands.watch import Watch
from parties import tenancy
from tests.factories import NOW, World
from workflow import notifications, sweeps
from workflow.models import Heartbeat, Notification

pytestmark = pytest.mark.django_db(transaction=True)


def promise(world: World, lane: str) -> None:
    with tenancy.scope(world.id):
        notifications.enqueue(
            school_id=world.id,
            case_id=None,
            to_id=world["duty_officer"].pk,
            to_role="ME",
            channel="in_app",
            template="task.new",
            key=f"test:{uuid4()}",
            lane=lane,
            at=NOW,
        )


def delivered(world: World) -> set[str]:
    """Lanes of which something left."""
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(state=Notification.State.SENT, via="watch")
        return set(rows.values_list("lane", flat=True))


def celery_swept(lane: str, *, seconds_ago: float) -> None:
    sweeps.run(lane, via="celery")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_heartbeat SET beat_at = beat_at - make_interval(secs => %s)"
            " WHERE lane = %s",
            [seconds_ago, lane],
        )


def look_once() -> str:
    out = io.StringIO()
    call_command("watch", "--once", stdout=out)
    return out.getvalue()


def watch_for(seconds: float) -> str:
    """Run the loop for a while; what it said."""
    out, stop = io.StringIO(), Event()
    timer = Timer(seconds, stop.set)
    timer.start()
    Watch(stop=stop, out=OutputWrapper(out)).forever()
    timer.join()
    return out.getvalue()


def test_where_celery_never_swept_every_lane_is_taken_over(world: World) -> None:
    promise(world, "crisis")
    promise(world, "routine")

    said = look_once()

    assert delivered(world) == {"crisis", "routine"}
    assert "危机通道：Celery 已静默超过 1.5 秒，由 watch 接管" in said
    assert "常规通道：Celery 已静默超过 15 秒，由 watch 接管" in said


@pytest.mark.parametrize(
    ("crisis", "routine", "taken"),
    [
        (0.5, 0.5, set()),
        (1.0, 14.0, set()),
        (2.0, 14.0, {"crisis"}),
        (0.5, 16.0, {"routine"}),
        (2.0, 16.0, {"crisis", "routine"}),
    ],
)
def test_each_lane_has_its_own_grace(
    world: World, crisis: float, routine: float, taken: set[str]
) -> None:
    celery_swept("routine", seconds_ago=routine)
    celery_swept("crisis", seconds_ago=crisis)
    promise(world, "crisis")
    promise(world, "routine")

    look_once()

    assert delivered(world) == taken


def test_celery_gets_its_grace_when_both_start_together(world: World) -> None:
    promise(world, "crisis")

    assert watch_for(1.0) == ""

    assert delivered(world) == set()


def test_a_lane_that_is_taken_is_swept_about_every_second() -> None:
    beats: list[object] = []
    stop = Event()
    watch = Watch(stop=stop, out=OutputWrapper(io.StringIO()))
    run = sweeps.run

    def count(lane: str, *, via: str) -> dict[str, int]:
        beats.append(lane)
        return run(lane, via=via)

    timer = Timer(4.2, stop.set)
    timer.start()
    with pytest.MonkeyPatch.context() as spied:
        spied.setattr(sweeps, "run", count)
        watch.forever()
    timer.join()

    assert 2 <= beats.count("crisis") <= 4
    assert "routine" not in beats
    assert Heartbeat.objects.get().driver == "watch"


def test_waiting_costs_no_processor() -> None:
    began = time.process_time()

    watch_for(1.4)

    assert time.process_time() - began < 0.5


def test_a_full_collection_does_not_look_at_all_the_code_while_a_crisis_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes a tenth of a second, and whoever listens for a crisis must not stand still."""
    spared = list[int]()
    monkeypatch.setattr(Watch, "forever", lambda _watch: spared.append(gc.get_freeze_count()))
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # those of the test run stay
    gc.unfreeze()

    call_command("watch", stdout=io.StringIO())

    assert spared[0] > 0
    gc.unfreeze()
