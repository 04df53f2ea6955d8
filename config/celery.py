"""Celery as a wake-up, never as a store.

Postgres holds every due moment; a message only says "look now". So there is no result backend, no
ETA (a broker that forgets or repeats an ETA would change an outcome) and no pickle. The `crisis`
queue has workers of its own: ten thousand routine notices must not stand before one crisis.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready
from django.conf import settings

from config import startup
from config.broker import broker_address

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

#: A lease of 5 s that ran out is found, and its message sent again, within 6 s.
CRISIS_SWEEP_SECONDS = 0.8
ROUTINE_SWEEP_SECONDS = 5
CRISIS_QUEUE = "crisis"
#: On a machine that is full a crisis goes first on the processor, too.
ROUTINE_NICENESS = 10
# A mute broker must cost a caller little: the row is already committed and the sweep will find it.
BROKER_SOCKET_SECONDS = 2


app = Celery("sanfang")
app.conf.update(
    broker_url=broker_address(settings.REDIS_URL) or "redis://redis-url-is-not-set.invalid:6379",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker that gives up would have to be noticed
    broker_pool_limit=4,
    broker_transport_options={
        "socket_timeout": BROKER_SOCKET_SECONDS,
        "socket_connect_timeout": BROKER_SOCKET_SECONDS,
        "max_retries": 0,
    },
    result_backend=None,
    task_ignore_result=True,
    accept_content=["json"],
    task_serializer="json",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="routine",
    task_routes={"workflow.*crisis*": {"queue": CRISIS_QUEUE}},
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone=settings.TIME_ZONE,
    # `expires`: a worker that was stopped must not find a thousand sweeps waiting.
    beat_schedule={
        "sweep-crisis": {
            "task": "workflow.sweep_crisis",
            "schedule": CRISIS_SWEEP_SECONDS,
            "options": {"queue": CRISIS_QUEUE, "expires": CRISIS_SWEEP_SECONDS},
        },
        "sweep-routine": {
            "task": "workflow.sweep_routine",
            "schedule": ROUTINE_SWEEP_SECONDS,
            "options": {"queue": "routine", "expires": ROUTINE_SWEEP_SECONDS},
        },
    },
)
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def _refuse_unsafe(**_: object) -> None:
    startup.refuse_unsafe()


@worker_ready.connect
def _settle_down(sender: Any, **_: object) -> None:
    startup.spare_what_stays()
    if CRISIS_QUEUE not in sender.app.amqp.queues.consume_from:
        os.nice(ROUTINE_NICENESS)
