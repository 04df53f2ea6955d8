"""A whole crisis, with one thing broken at a time: somebody still comes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from pytest_django import Settings

from ledger.models import Event
from parties import clock, tenancy
from parties.roles import Role
from tests.factories import MINUTE, World
from tests.faults.conftest import Start, sms
from tests.receivers import Gateway, until
from workflow import cases, escalation, nudge
from workflow.models import Notification
from workflow.reports import ReportInput

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


def report(world: World, *, ago: timedelta = timedelta()) -> UUID:
    receipt = cases.report_crisis(
        school_id=world.id,
        reporter=world["teacher"],
        role=Role.HT,
        at=clock.now() - ago,
        report=ReportInput(
            student_id=world.student.pk, who="", observed="不肯下课回家，手臂有伤", safe_now="NO"
        ),
        request_key="fault",
    )
    return receipt.case_id


def alerts(world: World, case: UUID, channel: str) -> dict[str, str]:
    """State of the alerts over `channel`, by the name of who gets them."""
    names = {person.pk: name for name, person in world.people.items()}
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(case=case, template="crisis.alert", channel=channel)
        return {names[row.recipient_id]: row.state for row in rows}


def payloads(world: World, case: UUID, kind: str) -> list[dict[str, Any]]:
    with tenancy.scope(world.id):
        found = Event.objects.filter(kind=kind, subject_id=case).order_by("pk")
        return [orjson.loads(bytes(event.body))["payload"] for event in found]


def test_a_text_gateway_that_fails_silences_nobody(
    world: World, worker: Start, sms_gateway: Gateway, settings: Settings
) -> None:
    sms_gateway.status = 503
    worker(env=sms(sms_gateway))

    case = report(world)

    until(lambda: set(alerts(world, case, "in_app").values()) == {"SENT"})
    assert set(alerts(world, case, "sms").values()) == {"PENDING"}
    before = set(alerts(world, case, "in_app"))

    escalation.climb_due(via="test", at=clock.now() + 31 * MINUTE)
    until(lambda: set(alerts(world, case, "in_app").values()) == {"SENT"})
    assert set(alerts(world, case, "in_app")) > before

    tried = set(sms_gateway.keys())
    sms_gateway.status = 204
    hurry(world)
    escalation.climb_due(via="test", at=clock.now() + 46 * MINUTE)
    until(lambda: looked() and set(alerts(world, case, "sms").values()) == {"SENT"}, seconds=20)
    assert tried < set(sms_gateway.keys())


def looked() -> bool:
    """What beat does every second."""
    nudge.now("crisis")
    return True


def hurry(world: World) -> None:
    """The lease of what failed is over."""
    with tenancy.scope(world.id):
        waiting = Notification.objects.filter(state="PENDING")
        waiting.update(due_at=clock.now() - MINUTE)


def test_beat_and_worker_climb_the_ladder_by_themselves(
    world: World, worker: Start, start: Start, tmp_path: Any
) -> None:
    case = report(world, ago=11 * MINUTE)
    assert payloads(world, case, "escalation.climbed") == []

    worker()
    start("-m", "celery", "-A", "config", "beat", "-s", str(tmp_path / "schedule"))

    until(lambda: len(payloads(world, case, "escalation.climbed")) == 1, seconds=20)
    assert payloads(world, case, "escalation.climbed")[0]["via"] == "celery"
    until(lambda: set(alerts(world, case, "in_app").values()) == {"SENT"})


def test_without_broker_and_workers_the_watch_climbs_it(world: World, watch: Start) -> None:
    case = report(world, ago=21 * MINUTE)

    watch(env={"REDIS_URL": "unix:///nonexistent/valkey.sock"})

    until(lambda: len(payloads(world, case, "escalation.climbed")) == 2, seconds=20)
    assert {payload["via"] for payload in payloads(world, case, "escalation.climbed")} == {"watch"}
    until(lambda: set(alerts(world, case, "in_app").values()) == {"SENT"})
