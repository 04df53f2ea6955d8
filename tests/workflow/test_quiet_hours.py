"""No phone at home rings at night for what can wait; a crisis and an answer never wait."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from tests.factories import CN, World
from tests.owner import owner_connection
from tests.processes.intake_walk import raised
from tests.processes.meeting_walk import prepared
from tests.records.desk import Desk
from tests.records.meeting_days import local
from tests.workflow.outbox import failing, promise, waits
from workflow import communication, deliveries, link_requests, notifications, quiet_hours
from workflow.channels import TemporaryFailure
from workflow.models import Notification

pytestmark = pytest.mark.django_db

HOUR = 3600


@pytest.fixture
def drill(settings: Any) -> Iterator[Callable[[datetime], None]]:
    """Move school time to a moment."""
    settings.DRILL_CLOCK = True
    with owner_connection() as owner:
        yield lambda moment: clock.set_drill(owner, anchor=moment, rate=1)
        clock.end_drill(owner)


def october(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=CN)


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        (october(12, 20, 59), 0),
        (october(12, 21), 10),
        (october(12, 22, 30), 8.5),
        (october(13, 0), 7),
        (october(13, 6, 30), 0.5),
        (october(13, 7), 0),
    ],
)
def test_a_text_message_waits_for_seven_in_the_morning(at: datetime, hours: float) -> None:
    assert quiet_hours.wait(channel="sms", lane="routine", at=at) == timedelta(hours=hours)
    assert quiet_hours.wait(channel="in_app", lane="routine", at=at) == timedelta()
    assert quiet_hours.wait(channel="sms", lane="crisis", at=at) == timedelta()


def delays(world: World, template: str) -> dict[str, int]:
    """Minutes by which the newest message of each channel waits."""
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(template=template).order_by("created_at")
        found = list(rows.values_list("channel", "key"))
    return {channel: round(waits(world, key) / 60) for channel, key in found}


def test_times_offered_at_night_ring_in_the_morning(world: World) -> None:
    walk = prepared(world)
    walk.at = local(12, 22, 50)

    walk.offer(first=20)

    assert delays(world, "link.meeting")["sms"] == 8 * 60 + 10
    assert delays(world, "meeting.choose") == {"in_app": 0}


def offered(world: World, at: datetime) -> None:
    desk = Desk(world, at=at)
    record = desk.drafted()
    desk.check(record)
    communication.offer(school_id=world.id, record_id=record.pk, by=world["teacher"], at=desk.at)


def test_a_link_to_sign_at_night_rings_in_the_morning(world: World) -> None:
    offered(world, october(12, 22, 40))

    assert delays(world, "link.record")["sms"] == 8 * 60 + 20
    assert delays(world, "record.offered") == {"in_app": 0}


def test_by_day_nothing_waits(world: World) -> None:
    offered(world, october(12, 15))

    assert delays(world, "link.record")["sms"] == 0


def test_a_crisis_rings_at_night(world: World) -> None:
    assert round(waits(world, promise(world, None, lane="crisis"))) == 0


def test_a_matter_that_may_be_a_crisis_rings_at_night(world: World) -> None:
    walk = raised(world, words="孩子说不想活了", at=local(12, 22, 50))
    walk.sweep()

    assert delays(world, "matter.urgent")["sms"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_link_that_a_guardian_asked_for_does_not_wait(
    world: World, drill: Callable[[datetime], None]
) -> None:
    drill(october(12, 23))

    link_requests.request(contact=str(world["mother"].phone), address="192.0.2.1")

    assert delays(world, "link.sign_in") == {"sms": 0}


@pytest.mark.django_db(transaction=True)
def test_a_second_try_rings_no_later_than_the_evening(
    world: World, drill: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenancy.scope(world.id):
        notifications.enqueue(
            school_id=world.id, case_id=None, to_id=world["mother"].pk, to_role="G",
            channel="sms", template="plan.due", key="late", lane="routine",
            at=october(12, 20, 59),
        )  # fmt: skip
    drill(october(12, 20, 59))
    failing(monkeypatch, TemporaryFailure("gateway.down"))

    notifications.deliver_due(lane="routine", via="test")

    assert waits(world, "late") > 9 * HOUR > deliveries.LEASES["routine"].total_seconds()
