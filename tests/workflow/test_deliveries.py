"""One message: leased, tried again, withheld, and never silently given up."""

import logging
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from parties import links, tenancy
from parties.models import Restriction
from tests.factories import NOW, World
from tests.receivers import Gateway
from tests.workflow.outbox import (
    PENDING,
    SENT,
    UNDELIVERABLE,
    deliver,
    events,
    failing,
    incidents,
    later,
    promise,
    row_of,
    waits,
)
from workflow import deliveries
from workflow.channels import PermanentFailure, TemporaryFailure
from workflow.models import CaseParty, Notification

pytestmark = pytest.mark.django_db(transaction=True)


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
    [claim] = deliveries.claim(school_id=world.id, ids=[row_of(world, key).pk], lane=lane)
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
        with tenancy.scope(world.id):
            world.add("mailed", email="mailed@example.test")
        key = promise(world, case, to="mailed", lane="routine", channel="email")
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
        text = request.verified()["text"]
        assert text == f"【{world.school.name}】登录链接 {links.url(link.pk)}"
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
