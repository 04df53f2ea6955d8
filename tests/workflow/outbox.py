"""Looking into the outbox, and letting its machine time pass."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db.models import F
from django.db.models.functions import Now

from ledger.models import Event
from parties import tenancy
from tests.factories import NOW, World
from workflow import channels, notifications
from workflow.channels import Envelope
from workflow.models import Incident, Notification

PENDING, SENT, UNDELIVERABLE = Notification.State.values


def promise(world: World, case: UUID | None, to: str = "duty_officer", **changes: Any) -> str:
    """Enqueue one message and return its key; by day, for texts of routine rest at night."""
    row = {
        "case_id": case,
        "to_id": world[to].pk,
        "to_role": "ME",
        "channel": "sms",
        "template": "crisis.alert",
        "key": f"test:{uuid4()}",
        "lane": "crisis",
        "at": NOW.replace(hour=4),
        **changes,
    }
    with tenancy.scope(world.id):
        notifications.enqueue(school_id=world.id, **row)
    return str(row["key"])


def deliver(lane: str = "crisis") -> int:
    return notifications.deliver_due(lane=lane, via="test")


def row_of(world: World, key: str) -> Notification:
    with tenancy.scope(world.id):
        return Notification.objects.get(key=key)


def later(world: World, seconds: float) -> None:
    """Machine time has gone on by so much: what the rows wait for comes nearer."""
    gone = timedelta(seconds=seconds)
    with tenancy.scope(world.id):
        Notification.objects.update(
            due_at=F("due_at") - gone, leased_until=F("leased_until") - gone
        )


def waits(world: World, key: str) -> float:
    """Seconds of machine time until the message is tried again."""
    with tenancy.scope(world.id):
        found = Notification.objects.annotate(wait=F("due_at") - Now()).get(key=key)
    return float(found.wait.total_seconds())


def events(world: World, kind: str) -> list[dict[str, Any]]:
    with tenancy.scope(world.id):
        bodies = Event.objects.filter(kind=kind).order_by("pk").values_list("body", flat=True)
        return [orjson.loads(bytes(body)) for body in bodies]


def incidents(world: World) -> list[tuple[str, str, str, str]]:
    with tenancy.scope(world.id):
        rows = Incident.objects.order_by("opened_at", "code")
        return list(rows.values_list("code", "element", "error_type", "state"))


def failing(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def send(_: Envelope) -> None:
        raise failure

    monkeypatch.setattr(channels, "send", send)
