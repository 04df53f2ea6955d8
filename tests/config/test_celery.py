"""Celery is set up as a wake-up: nothing kept, nothing planned ahead, nobody made to wait."""

from datetime import timedelta

from config.broker import broker_address
from config.celery import BROKER_SOCKET_SECONDS, app
from workflow import deliveries, tasks


def test_a_socket_is_spelled_as_celery_wants_it() -> None:
    assert broker_address("unix:///run/v.sock") == "redis+socket:///run/v.sock?virtual_host=0"
    assert broker_address("unix:///run/v.sock?db=3") == "redis+socket:///run/v.sock?virtual_host=3"
    assert broker_address("redis://redis:6379/1") == "redis://redis:6379/1"


def test_a_task_is_acknowledged_only_when_done() -> None:
    names = ("task_acks_late", "task_reject_on_worker_lost", "worker_prefetch_multiplier")

    assert [app.conf[name] for name in names] == [True, True, 1]


def test_nothing_is_stored_and_only_json_is_read() -> None:
    names = ("result_backend", "accept_content", "task_serializer")

    assert [app.conf[name] for name in names] == [None, ["json"], "json"]


def test_a_mute_broker_costs_two_seconds_at_most() -> None:
    options = app.conf.broker_transport_options

    assert options["socket_timeout"] == options["socket_connect_timeout"] == 2
    assert BROKER_SOCKET_SECONDS == 2


def test_crises_are_swept_within_a_second_on_a_queue_of_their_own() -> None:
    entry = app.conf.beat_schedule["sweep-crisis"]

    assert entry["task"] == tasks.sweep_crisis.name
    assert entry["schedule"] == 0.8
    assert entry["options"] == {"queue": "crisis", "expires": 0.8}


def test_what_a_dead_worker_held_is_found_within_six_seconds() -> None:
    every = timedelta(seconds=app.conf.beat_schedule["sweep-crisis"]["schedule"])

    assert deliveries.LEASES["crisis"] + every < timedelta(seconds=6)


def test_routine_sweeps_run_every_five_seconds_on_the_other_queue() -> None:
    entry = app.conf.beat_schedule["sweep-routine"]

    assert entry["task"] == tasks.sweep_routine.name
    assert entry["schedule"] == 5
    assert entry["options"] == {"queue": "routine", "expires": 5}


def test_every_scheduled_task_exists() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled <= set(app.tasks)


def test_a_worker_never_gives_up_on_its_broker() -> None:
    assert app.conf.broker_connection_max_retries is None
