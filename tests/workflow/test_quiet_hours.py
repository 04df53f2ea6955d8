"""No phone at home rings at night for what can wait; a crisis and an answer never wait."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from parties import clock, tenancy
from tests.factories import CN, World
from tests.owner import owner_connection
from tests.processes.intake_walk import raised
from tests.processes.meeting_walk import prepared
from tests.records.desk import Desk
from tests.records.meeting_days import local
from tests.workflow.outbox import PENDING, SENT, failing, later, promise, row_of, waits
from workflow import (
    channels,
    communication,
    deliveries,
    link_requests,
    notifications,
    quiet_hours,
)
from workflow.channels import TemporaryFailure
from workflow.models import Notification
from workflow.notifications import Message

pytestmark = pytest.mark.django_db

HOUR = 3600


@pytest.fixture(autouse=True)
def by_day() -> None:
    """Here claims are asked for the hour (tests/conftest.py)."""


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


# --- what was promised by day and is claimed at night --------------------------------------------

Drill = Callable[[datetime], None]
EVENING = october(12, 20, 59)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Templates of what left, in order."""
    left: list[str] = []
    monkeypatch.setattr(channels, "send", lambda envelope: left.append(envelope.template))
    return left


def promised(world: World, *, at: datetime = EVENING, **changes: Any) -> str:
    row: dict[str, Any] = {
        "case_id": None, "to_id": world["mother"].pk, "to_role": "G", "channel": "sms",
        "template": "plan.due", "key": f"night:{uuid4()}", "lane": "routine", **changes,
    }  # fmt: skip
    with tenancy.scope(world.id):
        notifications.enqueue_many(school_id=world.id, rows=[Message(**row)], at=at)
    return str(row["key"])


def until(moment: datetime, morning: datetime) -> float:
    return (morning - moment).total_seconds()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("claimed", [october(12, 21), october(12, 23, 30), october(13, 6, 59)])
def test_a_backlog_of_the_evening_waits_for_the_morning(
    world: World, drill: Drill, sent: list[str], claimed: datetime
) -> None:
    keys = [promised(world) for _ in range(9)]  # more than are leased together
    drill(claimed)

    assert notifications.deliver_due(lane="routine", via="test") == 0

    assert sent == []
    for key in keys:
        row = row_of(world, key)
        assert (row.state, row.tries, row.leased_until) == (PENDING, 0, None)
        assert abs(waits(world, key) - until(claimed, october(13, 7))) < 10
    assert notifications.deliver_due(lane="routine", via="test") == 0  # and is not looked at again

    later(world, until(claimed, october(13, 7)))
    drill(october(13, 7, 1))
    assert notifications.deliver_due(lane="routine", via="test") == 9


@pytest.mark.django_db(transaction=True)
def test_what_is_urgent_or_does_not_ring_leaves_beside_it(
    world: World, drill: Drill, sent: list[str]
) -> None:
    with tenancy.scope(world.id):
        world.add("mailed", email="mailed@example.test")
    quiet = promised(world)
    others = [
        promised(world, urgent=True, template="matter.urgent"),
        promised(world, channel="in_app"),
        promised(world, to_id=world["mailed"].pk, channel="email", template="case.news"),
    ]
    crisis = promised(world, lane="crisis", template="crisis.alert", to_id=world["teacher"].pk)
    drill(october(13, 2))

    for lane in ("crisis", "routine"):
        notifications.deliver_due(lane=lane, via="test")

    assert [row_of(world, key).state for key in (*others, crisis)] == [SENT] * 4
    assert set(sent) == {"matter.urgent", "case.news", "crisis.alert"}
    assert row_of(world, quiet).state == PENDING


@pytest.mark.django_db(transaction=True)
def test_a_message_whose_worker_died_in_the_evening_waits_as_well(
    world: World, drill: Drill, sent: list[str]
) -> None:
    key = promised(world)
    drill(EVENING)
    with tenancy.scope(world.id):
        ids = list(Notification.objects.filter(key=key).values_list("pk", flat=True))
    assert len(deliveries.claim(school_id=world.id, ids=ids, lane="routine")) == 1
    later(world, 61)  # its lease ran out, and nobody said what became of it
    drill(october(12, 22))

    notifications.deliver_due(lane="routine", via="test")

    row = row_of(world, key)
    assert (sent, row.state, row.tries, row.leased_until) == ([], PENDING, 1, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("urgent", "hours"), [(False, 5), (True, 0)])
def test_a_second_try_at_two_in_the_morning(
    world: World, drill: Drill, monkeypatch: pytest.MonkeyPatch, urgent: bool, hours: int
) -> None:
    """The gateway is down: what is urgent is tried again in a minute, all else in the morning."""
    key = promised(world, urgent=urgent)
    drill(october(13, 2))
    failing(monkeypatch, TemporaryFailure("gateway.down"))

    notifications.deliver_due(lane="routine", via="test")

    assert round(waits(world, key) / HOUR) == hours
    assert row_of(world, key).tries == int(urgent)


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_comes_back_at_eleven_gets_it_in_the_morning(
    world: World, drill: Drill, monkeypatch: pytest.MonkeyPatch, sent: list[str]
) -> None:
    key = promised(world)
    drill(october(12, 20, 50))
    with monkeypatch.context() as down:
        failing(down, TemporaryFailure("gateway.down"))
        notifications.deliver_due(lane="routine", via="test")
    assert waits(world, key) < HOUR
    later(world, HOUR)
    drill(october(12, 23))

    notifications.deliver_due(lane="routine", via="test")

    assert sent == []
    assert abs(waits(world, key) - 8 * HOUR) < 10
