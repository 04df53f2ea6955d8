"""The outbox: promised with the change, sent at least once, never silently given up."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db import IntegrityError, connection, connections
from django.db.models import F
from django.db.models.functions import Now
from pytest_django import Settings

from ledger.models import Event
from parties import links, tenancy
from parties.models import Restriction
from tests.factories import NOW, World, build_world
from tests.receivers import SECRET, Gateway, gateway, until
from workflow import channels, deliveries, notifications, nudge, senders
from workflow.channels import Envelope, PermanentFailure, TemporaryFailure
from workflow.models import Case, CaseParty, Incident, Notification
from workflow.notifications import Message

pytestmark = pytest.mark.django_db(transaction=True)

PENDING, SENT, UNDELIVERABLE = Notification.State.values


@pytest.fixture
def case(world: World) -> UUID:
    with tenancy.scope(world.id):
        made = Case.objects.create(
            school=world.school,
            channel=Case.Channel.CRISIS,
            student=world.student,
            opened_at=NOW,
            alarm_at=NOW,
        )
    return made.pk


@pytest.fixture
def sms_gateway(settings: Settings) -> Iterator[Gateway]:
    with gateway() as here:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = here.url, SECRET
        yield here


def promise(world: World, case: UUID | None, to: str = "duty_officer", **changes: Any) -> str:
    """Enqueue one message and return its key."""
    row = {
        "case_id": case,
        "to_id": world[to].pk,
        "to_role": "ME",
        "channel": "sms",
        "template": "crisis.alert",
        "key": f"test:{uuid4()}",
        "lane": "crisis",
        **changes,
    }
    with tenancy.scope(world.id):
        notifications.enqueue(school_id=world.id, at=NOW, **row)
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
        self, world: World, case: UUID, django_assert_num_queries: Any
    ) -> None:
        rows = [message(world, case, f"mass:{number}", lane="routine") for number in range(50)]

        with tenancy.scope(world.id), django_assert_num_queries(1):
            notifications.enqueue_many(school_id=world.id, rows=rows, at=NOW)

        with tenancy.scope(world.id):
            assert Notification.objects.count() == 50

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


class TestLease:
    def test_a_held_message_is_left_alone_until_the_lease_ends(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        key = promise(world, case)
        held = hold(world, key)
        assert deliver() == 0

        later(world, 4.5)
        assert deliver() == 0

        later(world, 1)
        assert deliver() == 1
        assert held.envelope is not None
        assert sms_gateway.keys() == [held.envelope.key]

    @pytest.mark.usefixtures("sms_gateway")
    def test_a_routine_message_is_held_for_a_minute(self, world: World, case: UUID) -> None:
        hold(world, promise(world, case, lane="routine"), lane="routine")

        later(world, 58)
        assert deliver("routine") == 0

        later(world, 3)
        assert deliver("routine") == 1

    def test_both_holders_said_it_left_but_it_is_recorded_once(
        self, world: World, case: UUID
    ) -> None:
        key = promise(world, case)
        slow = hold(world, key)
        later(world, 6)
        quick = hold(world, key)

        assert deliveries.settle(quick, None, via="test")
        assert not deliveries.settle(slow, None, via="test")

        assert len(events(world, "notification.sent")) == 1

    def test_a_late_failure_does_not_end_the_next_holders_lease(
        self, world: World, case: UUID
    ) -> None:
        key = promise(world, case)
        slow = hold(world, key)
        later(world, 6)
        hold(world, key)
        lease = row_of(world, key).leased_until

        deliveries.settle(slow, TemporaryFailure("http.timeout"), via="test")

        assert row_of(world, key).leased_until == lease
        assert deliver() == 0


def hold(world: World, key: str, lane: str = "crisis") -> deliveries.Claim:
    claim = deliveries.claim(school_id=world.id, id_=row_of(world, key).pk, lane=lane)
    assert claim is not None
    return claim


class TestFailing:
    def test_a_crisis_is_tried_again_after_each_lease_with_the_same_key(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        sms_gateway.status = 503
        key = promise(world, case)
        for _ in range(3):
            assert deliver() == 0
            assert 4 < waits(world, key) <= 5
            later(world, 5)

        sms_gateway.status = 204
        assert deliver() == 1

        assert set(sms_gateway.keys()) == {deliveries.wire_key(world.id, key)}
        assert len(sms_gateway.requests) == 4
        assert row_of(world, key).tries == 4

    def test_routine_waits_double_up_to_an_hour(
        self, world: World, case: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failing(monkeypatch, TemporaryFailure("http.503"))
        key = promise(world, case, lane="routine")
        waited = []
        for _ in range(9):
            deliver("routine")
            waited.append(round(waits(world, key) / 60))
            later(world, 3600)

        assert waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    def test_a_minute_of_failing_is_told_and_a_success_ends_it(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        sms_gateway.status = 503
        promise(world, case)
        for _ in range(11):
            deliver()
            later(world, 5)
        assert incidents(world) == []

        deliver()
        assert incidents(world) == [("notification.failing", "sms:ME", "http.503", "OPEN")]
        assert events(world, "notification.delayed")[0]["payload"]["tries"] == 12

        later(world, 5)
        sms_gateway.status = 204
        assert deliver() == 1
        assert incidents(world) == [("notification.failing", "sms:ME", "http.503", "RESOLVED")]

    def test_a_crisis_is_not_given_up_within_a_day(
        self, world: World, case: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failing(monkeypatch, TemporaryFailure("http.503"))
        key = promise(world, case)
        lease = deliveries.LEASES["crisis"]
        tried(world, timedelta(hours=24) // lease - 1)

        deliver()
        assert row_of(world, key).state == PENDING

        later(world, 5)
        deliver()
        assert row_of(world, key).state == UNDELIVERABLE
        assert row_of(world, key).tries * lease >= timedelta(hours=24)

    @pytest.mark.parametrize("lane", ["crisis", "routine"])
    def test_giving_up_is_never_silent(
        self, world: World, case: UUID, monkeypatch: pytest.MonkeyPatch, lane: str
    ) -> None:
        failing(monkeypatch, PermanentFailure("http.422"))
        key = promise(world, case, lane=lane)

        assert deliver(lane) == 0

        assert row_of(world, key).state == UNDELIVERABLE
        assert incidents(world) == [("notification.undeliverable", "sms:ME", "http.422", "OPEN")]
        (event,) = events(world, "notification.undeliverable")
        assert event["payload"]["code"] == "http.422"

    def test_a_channel_that_is_not_configured_says_so(
        self, world: World, case: UUID, settings: Settings
    ) -> None:
        settings.SMS_GATEWAY_URL = ""
        promise(world, case)

        deliver()

        assert incidents(world) == [
            ("notification.undeliverable", "sms:ME", "channel.not_configured", "OPEN")
        ]

    def test_somebody_without_a_number_is_told_of_too(self, world: World, case: UUID) -> None:
        key = promise(world, case, to="student", to_role="STU")

        deliver()

        assert row_of(world, key).state == UNDELIVERABLE
        assert incidents(world)[0][1:3] == ("sms:STU", "address.missing")

    def test_a_fault_of_ours_counts_as_temporary_and_is_logged_without_a_word(
        self,
        world: World,
        case: UUID,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        phone = world["duty_officer"].phone
        failing(monkeypatch, RuntimeError(f"cannot dial {phone}"))
        key = promise(world, case)

        with caplog.at_level(logging.DEBUG):
            deliver()

        row = row_of(world, key)
        assert row.state == PENDING
        assert f"notification.not_sent id={row.pk} channel=sms code=RuntimeError" in caplog.text
        assert phone not in caplog.text
        assert world["duty_officer"].name not in caplog.text

    def test_one_message_that_fails_does_not_hold_up_the_next(
        self, world: World, case: UUID, settings: Settings
    ) -> None:
        settings.SMS_GATEWAY_URL = ""
        promise(world, case)
        inbox = promise(world, case, channel="in_app")

        assert deliver() == 1

        assert row_of(world, inbox).state == SENT


def tried(world: World, times: int) -> None:
    with tenancy.scope(world.id):
        Notification.objects.update(tries=times)


class TestWithheld:
    @pytest.mark.parametrize("part", sorted(CaseParty.AGAINST))
    def test_whom_the_case_names_meanwhile_is_not_told(
        self, world: World, case: UUID, sms_gateway: Gateway, part: str
    ) -> None:
        key = promise(world, case, to="father", to_role="G", template="crisis.guardian_call")
        with tenancy.scope(world.id):
            CaseParty.objects.create(
                school=world.school,
                case_id=case,
                person=world["father"],
                part=part,
                since=NOW,
            )

        assert deliver() == 0

        assert sms_gateway.requests == []
        assert row_of(world, key).state == UNDELIVERABLE
        assert len(events(world, "notification.withheld")) == 1
        assert incidents(world) == []

    def test_a_restriction_that_came_later_stops_what_was_promised(
        self, world: World, case: UUID, sms_gateway: Gateway
    ) -> None:
        promise(world, case, to="father", to_role="G", template="crisis.guardian_call")
        mother = promise(world, case, to="mother", to_role="G", template="crisis.guardian_call")
        with tenancy.scope(world.id):
            Restriction.objects.create(
                school=world.school,
                student=world.student,
                person=world["father"],
                kind=Restriction.Kind.DO_NOT_TELL,
                starts_at=NOW - timedelta(days=400),
            )

        assert deliver() == 1

        assert row_of(world, mother).state == SENT
        assert [request.verified()["to"] for request in sms_gateway.requests] == [
            world["mother"].phone
        ]


class TestLinks:
    def test_the_text_message_of_a_link_is_the_link(
        self, world: World, sms_gateway: Gateway, settings: Settings
    ) -> None:
        settings.PUBLIC_URL = "https://sanfang.school.test"
        with tenancy.scope(world.id):
            link = links.issue(person=world["mother"])
        send_link(world, link.pk)

        assert deliver() == 1

        (request,) = sms_gateway.requests
        assert request.verified()["text"] == links.url(link.pk)
        assert links.token_of(link.pk) not in str(events(world, "notification.sent"))

    def test_a_link_that_a_newer_one_replaced_is_not_sent(
        self, world: World, sms_gateway: Gateway
    ) -> None:
        with tenancy.scope(world.id):
            old = links.issue(person=world["mother"])
        send_link(world, old.pk)
        with tenancy.scope(world.id):
            links.issue(person=world["mother"])

        assert deliver() == 0

        assert sms_gateway.requests == []
        (event,) = events(world, "notification.undeliverable")
        assert event["payload"]["code"] == "link.expired"
        assert event["subject"] == f"person:{world['mother'].pk}"


def send_link(world: World, link: UUID) -> None:
    promise(world, None, to="mother", to_role="", template="link.sign_in", key=f"link:{link}:sms")
