"""The nudge after a commit: soon heard, never waited for, and no loss when it is lost."""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
import pytest
import redis
from django.db import connection

from parties import tenancy
from tests.receivers import until
from workflow import nudge

pytestmark = pytest.mark.django_db(transaction=True)

SCHOOL = 1


def queued(broker: redis.Redis, lane: str) -> list[dict[str, Any]]:
    """Messages in the queue of `lane`, as the broker holds them."""
    return [orjson.loads(raw) for raw in broker.lrange(lane, 0, -1)]


def settled(broker: redis.Redis) -> None:
    """Everything asked for before is published: in order, once its time has come."""
    time.sleep(2 * nudge._LISTENER_FIRST)
    nudge.now("routine")
    until(lambda: broker.llen("routine") > 0)


def ask_and_fail() -> None:
    nudge.soon("crisis")
    raise RuntimeError


@contextmanager
def listening() -> Iterator[psycopg.Connection[Any]]:
    listener = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    try:
        listener.execute("LISTEN crisis")
        yield listener
    finally:
        listener.close()


def heard(listener: psycopg.Connection[Any], *, seconds: float) -> int:
    return len(list(listener.notifies(timeout=seconds, stop_after=1)))


def test_after_the_commit_a_worker_is_asked_to_look(broker: redis.Redis) -> None:
    with tenancy.scope(SCHOOL):
        nudge.soon("crisis")
        settled(broker)
        assert broker.llen("crisis") == 0

    until(lambda: broker.llen("crisis") == 1)
    (message,) = queued(broker, "crisis")
    assert message["headers"]["task"] == "workflow.look"
    args, kwargs, _ = orjson.loads(base64.b64decode(message["body"]))
    assert (args, kwargs) == (["crisis"], {})


def test_a_message_expires_and_has_no_eta(broker: redis.Redis) -> None:
    nudge.now("crisis")

    until(lambda: broker.llen("crisis") == 1)
    (message,) = queued(broker, "crisis")
    assert message["headers"]["eta"] is None
    assert message["headers"]["expires"] is not None


def test_a_rollback_asks_nobody(broker: redis.Redis) -> None:
    with listening() as listener:
        with pytest.raises(RuntimeError), tenancy.scope(SCHOOL):
            ask_and_fail()
        settled(broker)

        assert broker.llen("crisis") == 0
        assert heard(listener, seconds=0.2) == 0


def test_only_a_crisis_notifies_the_watch(broker: redis.Redis) -> None:
    with listening() as listener:
        with tenancy.scope(SCHOOL):
            nudge.soon("routine")
        assert heard(listener, seconds=0.2) == 0

        with tenancy.scope(SCHOOL):
            nudge.soon("crisis")
        assert heard(listener, seconds=5) == 1


def test_a_thread_that_never_imported_celery_reaches_our_broker_too(broker: redis.Redis) -> None:
    request = threading.Thread(target=nudge.now, args=("crisis",))
    request.start()
    request.join()

    until(lambda: broker.llen("crisis") == 1)
    assert queued(broker, "crisis")[0]["headers"]["task"] == nudge.TASK


def test_the_first_goes_at_once_and_the_next_ones_together(
    broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(nudge, "_publish", lambda _lane: asked.append(time.monotonic()))
    monkeypatch.setattr(nudge, "_APART", {"crisis": 0.3})
    begun = time.monotonic()
    for _ in range(50):
        nudge.now("crisis")
        time.sleep(0.002)

    until(lambda: len(asked) == 2)
    assert asked[0] - begun < 0.2
    assert asked[1] - asked[0] >= 0.3
    time.sleep(0.4)
    assert len(asked) == 2


def test_a_crisis_goes_before_what_is_routine(
    broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    busy, go_on = threading.Event(), threading.Event()

    def publish(lane: str) -> None:
        asked.append(lane)
        busy.set()
        go_on.wait(5)

    monkeypatch.setattr(nudge, "_publish", publish)
    nudge.now("routine")
    busy.wait(5)
    for lane in ("routine", "crisis", "routine", "crisis"):
        nudge.now(lane)
    go_on.set()

    until(lambda: len(asked) == 3)
    assert asked == ["routine", "crisis", "routine"]


def test_whoever_listens_to_the_database_hears_of_a_crisis_first(broker: redis.Redis) -> None:
    """A worker that is woken at the same moment would only take the processor from it."""
    asked = time.monotonic()
    nudge.now("crisis")

    until(lambda: broker.llen("crisis") > 0)

    assert time.monotonic() - asked >= nudge._LISTENER_FIRST
