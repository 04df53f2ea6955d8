"""Who hears of what becomes of a record: whoever may act on it now, and nobody else."""

from datetime import datetime, timedelta

import pytest

from ledger.models import Event
from parties import tenancy
from records import communication as records_of
from records import holds
from records.complaints import Complaint
from records.models import CommunicationRecord
from tests.factories import World
from tests.records.desk import Desk
from tests.records.test_objections import handed_over
from workflow import communication, record_holds, record_objections
from workflow.models import Notification

pytestmark = pytest.mark.django_db


def test_after_a_handover_who_has_the_class_hears_of_an_objection(world: World) -> None:
    desk = Desk(world)
    record = desk.effective()
    handed_over(desk)
    record_objections.object_to(
        school_id=desk.world.id,
        record_id=record.pk,
        by=desk.world["mother"],
        at=desk.at,
        complaint=Complaint(ground="WRONG", wish="CORRECT", words="没有“多次”，只有一次。"),
    )

    with tenancy.scope(desk.world.id):
        told = Notification.objects.filter(template="objection.filed")
        assert [one.recipient_id for one in told] == [desk.world["new_teacher"].pk]


DAY = timedelta(days=1)


def held(desk: Desk) -> CommunicationRecord:
    """Offered, and then kept from the family for twenty days."""
    record = desk.drafted()
    desk.check(record)
    communication.offer(
        school_id=desk.world.id, record_id=record.pk, by=desk.world["teacher"], at=desk.at
    )
    desk.later(minutes=1)
    keep_back(desk, record, until=desk.at + 20 * DAY)
    return record


def keep_back(desk: Desk, record: CommunicationRecord, *, until: datetime) -> None:
    with desk.as_("duty_officer") as viewer:
        holds.hold(viewer, record_id=record.pk, reason="等待核实情况", until=until)


def invited(desk: Desk) -> list[str]:
    with tenancy.scope(desk.world.id):
        told = Notification.objects.filter(template="record.offered", channel="in_app")
        return sorted(told.values_list("recipient__name", flat=True))


def release(desk: Desk, record: CommunicationRecord) -> None:
    record_holds.release(
        school_id=desk.world.id, record_id=record.pk, by=desk.world["head_of_office"], at=desk.at
    )


def test_a_family_is_invited_again_when_a_hold_is_lifted(world: World) -> None:
    desk = Desk(world)
    record = held(desk)
    before = invited(desk)

    release(desk, record)
    release(desk, record)

    assert invited(desk) == sorted([*before, "mother", "father"])
    assert desk.read(record, "mother")


def test_and_when_its_time_is_over(world: World) -> None:
    desk = Desk(world)
    record = held(desk)
    before = invited(desk)
    assert record_holds.look_due(via="test", at=desk.at + 19 * DAY) == 0

    over = desk.at + 20 * DAY
    assert record_holds.look_due(via="test", at=over) == 1
    assert record_holds.look_due(via="test", at=over) == 0

    assert invited(desk) == sorted([*before, "mother", "father"])
    with tenancy.scope(desk.world.id):
        assert Event.objects.filter(kind="record.hold_ended", subject_id=record.pk).count() == 1


def test_nobody_is_invited_to_a_draft(world: World) -> None:
    desk = Desk(world)
    record = desk.drafted()
    with tenancy.scope(world.id):
        record = CommunicationRecord.objects.get(pk=record.pk)
        record.held_by, record.held_until = world["duty_officer"], desk.at + DAY
        record.save(update_fields=["held_by", "held_until"])
    desk.later(days=1)

    assert record_holds.look_due(via="test", at=desk.at) == 1
    assert invited(desk) == []


def test_of_two_held_versions_the_newer_one_asks_for_the_familys_word(world: World) -> None:
    desk = Desk(world)
    record = held(desk)
    desk.sign(record, "teacher")
    with desk.as_("teacher") as viewer:
        newer = records_of.next_version(viewer, record_id=record.pk)
    desk.check(newer)
    desk.offer(newer)
    before = invited(desk)

    release(desk, newer)

    assert invited(desk) == sorted([*before, "mother", "father"])
    assert desk.read(record, "mother")
    assert desk.read(newer, "mother")


def test_an_author_hears_that_the_office_put_the_next_version_aside(world: World) -> None:
    desk = Desk(world)
    record = desk.effective()
    with desk.as_("teacher") as viewer:
        records_of.next_version(viewer, record_id=record.pk)
    head, at = world["head_of_office"], desk.at
    seen = communication.discard_next(
        school_id=world.id, record_id=record.pk, by=head, at=at, reason="旧版须封存"
    )

    assert seen.pk == record.pk
    with tenancy.scope(world.id):
        told = Notification.objects.filter(template="record.discarded")
        assert [one.recipient_id for one in told] == [world["teacher"].pk]
