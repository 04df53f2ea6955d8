"""The outbox: promised with the change, sent at least once, by whoever comes first."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections

from parties import tenancy
from tests.factories import NOW, World, build_world
from tests.receivers import Gateway, until
from tests.workflow.outbox import PENDING, SENT, deliver, events, promise, row_of
from workflow import channels, deliveries, notifications, nudge, senders
from workflow.channels import Envelope
from workflow.models import Notification
from workflow.notifications import Message

pytestmark = pytest.mark.django_db(transaction=True)


class TestPromising:
    def test_the_same_key_is_one_message(self, world: World, case: UUID) -> None:
        promise(world, case, key="ladder:1")
        promise(world, case, key="ladder:1", template="case.news")

        assert row_of(world, "ladder:1").template == "crisis.alert"

    def test_a_change_that_is_rolled_back_promised_nothing(self, world: World, case: UUID) -> None:
        with pytest.raises(IntegrityError), tenancy.scope(world.id):
            promise_and_fail(world, case)

        with tenancy.scope(world.id):
            assert not Notification.objects.exists()

    def test_many_messages_are_one_statement(
        self,
        world: World,
        case: UUID,
        django_assert_num_queries: Any,
    ) -> None:
        rows = [message(world, case, f"mass:{number}", lane="routine") for number in range(50)]

        with tenancy.scope(world.id), django_assert_num_queries(1):
            notifications.enqueue_many(school_id=world.id, rows=rows, at=NOW)

        with tenancy.scope(world.id):
            assert Notification.objects.count() == 50

    def test_what_rings_is_due_before_what_only_waits_in_the_app(
        self, world: World, case: UUID
    ) -> None:
        rings, waits = message(world, case, "rings"), message(world, case, "waits")
        waits = replace(waits, channel="in_app")
        with tenancy.scope(world.id):
            notifications.enqueue_many(school_id=world.id, rows=[waits, rings], at=NOW)
            due = dict(Notification.objects.values_list("key", "due_at"))

        assert due["rings"] < due["waits"] < due["rings"] + timedelta(milliseconds=10)

    def test_two_schools_may_use_the_same_key(self, world: World, case: UUID) -> None:
        other = build_world()
        promise(world, case, key="link:1", channel="in_app")
        promise(other, None, key="link:1", channel="in_app")

        assert deliver() == 2
        assert row_of(world, "link:1").state == row_of(other, "link:1").state == SENT


def promise_and_fail(world: World, case: UUID) -> None:
    notifications.enqueue_many(school_id=world.id, rows=[message(world, case, "lost")], at=NOW)
    raise IntegrityError


def message(world: World, case: UUID, key: str, lane: str = "crisis") -> Message:
    return Message(case, world["duty_officer"].pk, "ME", "sms", "crisis.alert", key, lane)


class TestDelivering:
    def test_what_was_sent_is_marked_recorded_and_not_sent_again(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        key = promise(world, case)

        assert deliver() == 1
        assert deliver() == 0

        row = row_of(world, key)
        assert (row.state, row.via, row.tries) == (SENT, "test", 1)
        (event,) = events(world, "notification.sent")
        assert event["subject"] == f"case:{case}"
        assert event["payload"] == {
            "notification": str(row.pk),
            "to_role": "ME",
            "channel": "sms",
            "template": "crisis.alert",
            "via": "test",
            "tries": 1,
        }
        (request,) = sms_gateway.requests
        assert request.verified()["to"] == world["duty_officer"].phone

    def test_neither_key_nor_event_tells_the_gateway_or_the_ledger_who(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        key = promise(world, case, key=f"ladder:{case}:0")
        deliver()

        wire = sms_gateway.keys()[0]
        assert wire == deliveries.wire_key(world.id, key)
        assert str(case) not in wire
        said = str(events(world, "notification.sent"))
        assert world["duty_officer"].phone not in said
        assert world["duty_officer"].name not in said

    def test_the_inbox_entry_appears_by_being_marked(self, world: World, case: UUID) -> None:
        key = promise(world, case, channel="in_app")

        assert deliver() == 1

        assert row_of(world, key).state == SENT

    def test_each_lane_is_its_own(self, world: World, case: UUID) -> None:
        routine = promise(world, case, channel="in_app", lane="routine")
        crisis = promise(world, case, channel="in_app")

        assert deliver("crisis") == 1

        assert row_of(world, crisis).state == SENT
        assert row_of(world, routine).state == PENDING

    def test_sending_happens_outside_every_transaction(
        self, world: World, case: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_transactions: list[int] = []

        def send(_: Envelope) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND state LIKE 'idle in transaction%%' AND pid <> pg_backend_pid()"
                )
                open_transactions.append(cursor.fetchone()[0])
            connection.close()

        monkeypatch.setattr(channels, "send", send)
        promise(world, case)

        assert deliver() == 1
        assert open_transactions == [0]

    def test_a_gateway_that_hangs_does_not_hold_up_the_inbox(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        sms_gateway.hold()
        text = promise(world, case)
        inbox = promise(world, case, channel="in_app")

        with ThreadPoolExecutor(1) as pool:
            delivering = pool.submit(deliver_in_thread)
            assert sms_gateway.arrived.wait(5)
            until(lambda: row_of(world, inbox).state == SENT)
            assert row_of(world, text).state == PENDING
            sms_gateway.go_on.set()
            assert delivering.result() == 2

    def test_while_a_gateway_hangs_new_messages_still_leave(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        """One worker serves the lane: it must not wait for one provider before it looks again."""
        sms_gateway.hold()
        promise(world, case)

        with ThreadPoolExecutor(1) as pool:
            delivering = pool.submit(deliver_in_thread)
            assert sms_gateway.arrived.wait(5)
            newer = promise(world, case, channel="in_app")
            until(lambda: row_of(world, newer).state == SENT, seconds=4)
            sms_gateway.go_on.set()
            assert delivering.result() == 2

    def test_a_receiver_that_never_comes_to_an_end_is_left_to_itself(
        self,
        world: World,
        case: UUID,
        sms_gateway: Gateway,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(senders, "LONGEST_SEND", 0.3)
        sms_gateway.hold()
        key = promise(world, case)

        assert deliver() == 0

        row = row_of(world, key)
        assert (row.state, row.leased_until) == (PENDING, None)
        assert "code=send.too_long" in caplog.text

    def test_a_run_stops_at_its_limit_and_asks_for_the_next(
        self, world: World, case: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(5):
            promise(world, case, channel="in_app")
        asked: list[str] = []
        monkeypatch.setattr(nudge, "now", asked.append)

        assert notifications.deliver_due(lane="crisis", via="test", limit=3) == 3
        assert notifications.deliver_due(lane="crisis", via="test", limit=3) == 2

        assert asked == ["crisis"]

    @pytest.mark.parametrize("workers", [2, 4, 8])
    def test_racing_workers_hand_each_message_over_once(
        self, world: World, case: UUID, sms_gateway: Gateway, workers: int
    ) -> None:
        keys = {promise(world, case) for _ in range(12)}

        with ThreadPoolExecutor(workers) as pool:
            sent = list(pool.map(lambda _: deliver_in_thread(), range(workers)))

        assert sum(sent) == 12
        assert sorted(sms_gateway.keys()) == sorted(
            deliveries.wire_key(world.id, key) for key in keys
        )
        assert len(events(world, "notification.sent")) == 12


def deliver_in_thread() -> int:
    try:
        return deliver()
    finally:
        connections.close_all()
