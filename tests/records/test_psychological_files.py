"""A psychological file needs its basis whatever the paper is called that it comes with."""

import dataclasses
import functools
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records import attachments, drafts
from records.attachments import Upload
from records.draft_input import Prepared
from records.models import Attachment, CommunicationRecord, PreparedItem
from tests.factories import World
from tests.records.consented import give, withdraw
from tests.records.desk import Desk, next_version
from tests.records.test_witnesses import file
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db

DUTY = {"basis": "DUTY", "duty": "TALK", "basis_note": "与家长沟通须用到"}


def psychological(world: World, record: CommunicationRecord, **more: Any) -> Attachment:
    return file(world, record, kind="FILE", **{"sensitivity": "PSY", **more})


def lay(desk: Desk, record: CommunicationRecord, made: Attachment, **item: Any) -> None:
    values = {"kind": "OTHER", "attachment": made.pk, **item}
    with desk.as_("teacher") as viewer:
        drafts.prepare(viewer, record_id=record.pk, items=[Prepared(**values)])


def refused(field: str) -> Any:
    return pytest.raises(InvalidInput, check=lambda no: no.field == field)


# --- prepared ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["OTHER", "TRANSCRIPT", "OBSERVATION"])
@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({}, "basis"),
        ({"basis": "CONSENT"}, "basis"),
        ({"basis": "DUTY", "duty": "TALK"}, "basis_note"),
        ({"basis": "DUTY", "basis_note": "与家长沟通须用到"}, "duty"),
    ],
)
def test_no_such_file_lies_on_the_table_without_a_basis(
    desk: Desk, world: World, kind: str, item: dict[str, Any], field: str
) -> None:
    record = desk.drafted()

    with refused(f"prepared.0.{field}") as no:
        lay(desk, record, psychological(world, record), kind=kind, **item)
    assert no.value.mend


def test_of_several_classes_one_is_enough_to_ask(desk: Desk, world: World) -> None:
    record = desk.drafted()

    with refused("prepared.0.basis"):
        lay(desk, record, psychological(world, record, sensitivity="COM PSY"))


def test_a_named_duty_or_a_consent_that_holds_lets_it_lie_there(desk: Desk, world: World) -> None:
    record = desk.drafted()
    made = psychological(world, record)
    lay(desk, record, made, **DUTY)
    desk.check(record)
    desk.offer(record)
    other = desk.drafted()
    consent = give(desk)
    lay(desk, other, psychological(world, other), basis="CONSENT")

    desk.check(other)

    with tenancy.scope(world.id):
        assert PreparedItem.objects.get(record=other).consent_id == consent.pk


def test_it_is_asked_again_at_check_and_at_offer(desk: Desk, world: World) -> None:
    consent = give(desk)
    early, late = desk.drafted(), desk.drafted()
    for record in (early, late):
        lay(desk, record, psychological(world, record), basis="CONSENT")
    desk.check(late)
    withdraw(desk, consent)

    with refused("prepared") as no:
        desk.check(early)
    with refused("prepared"):
        desk.offer(late)
    assert "PSY" in str(no.value)
    assert "职责依据" in no.value.mend


def test_one_laid_without_a_basis_before_is_found_at_the_check(desk: Desk, world: World) -> None:
    record = desk.drafted()
    made = psychological(world, record, sensitivity="COM")
    lay(desk, record, made)
    with tenancy.scope(world.id):
        Attachment.objects.filter(pk=made.pk).update(sensitivity="PSY")

    with refused("prepared") as no:
        desk.check(record)
    assert "没有写明依据" in str(no.value)


def test_the_next_version_does_not_carry_on_what_lost_its_consent(desk: Desk, world: World) -> None:
    consent = give(desk)
    record = desk.drafted()
    lay(desk, record, psychological(world, record), basis="CONSENT")
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    withdraw(desk, consent)

    made = next_version(desk, record)

    with tenancy.scope(world.id):
        assert not PreparedItem.objects.filter(record_id=made).exists()


# --- attached ----------------------------------------------------------------------------------


def test_an_attached_one_is_neither_checked_nor_offered_without_a_basis(
    desk: Desk, world: World
) -> None:
    early, late = desk.drafted(), desk.drafted()
    desk.check(late)
    psychological(world, early)
    psychological(world, late)

    with refused("attachments") as no:
        desk.check(early)
    with refused("attachments"):
        desk.offer(late)
    assert "PSY" in str(no.value)
    assert "使用依据" in no.value.mend


def test_a_consent_that_holds_is_enough_for_what_is_attached(desk: Desk, world: World) -> None:
    record = desk.drafted()
    psychological(world, record)
    consent = give(desk)
    desk.check(record)
    withdraw(desk, consent)

    with refused("attachments"):
        desk.offer(record)


def test_so_is_a_duty_that_is_named_beside_that_very_file(desk: Desk, world: World) -> None:
    record = desk.drafted()
    made = psychological(world, record)
    lay(desk, record, made, **DUTY)
    desk.check(record)
    psychological(world, record)

    with refused("attachments"):
        desk.offer(record)


def test_what_was_taken_out_and_other_files_ask_for_nothing(desk: Desk, world: World) -> None:
    record = desk.drafted()
    gone = psychological(world, record)
    psychological(world, record, sensitivity="HLT")
    with tenancy.scope(world.id):
        gone.destroy(by=gone.uploaded_by, at=desk.at)
        gone.save(update_fields=["state", "destroyed_at"])

    desk.check(record)
    desk.offer(record)


@pytest.mark.parametrize("who", ["duty_officer", "counsellor"])
@pytest.mark.django_db(transaction=True)
def test_keeping_one_waits_for_no_basis(desk: Desk, world: World, who: str) -> None:
    """In a crisis whoever has it in hand keeps it at once; what it rests on is asked later."""
    record = desk.write(by=who)
    upload = Upload(source=jpeg(), name="量表.jpg", sensitivity="PSY")

    made = attachments.store(
        school_id=world.id, by=world[who], at=desk.at, record_id=record.pk, upload=upload
    )

    assert (made.sensitivity, made.state) == ("PSY", "STORED")


@pytest.mark.django_db(transaction=True)
def test_none_joins_a_record_that_is_offered_without_a_consent(desk: Desk, world: World) -> None:
    record = desk.drafted()
    desk.check(record)
    desk.offer(record)
    upload = Upload(source=jpeg(), name="量表.jpg", sensitivity="PSY")
    store = functools.partial(
        attachments.store, school_id=world.id, by=world["teacher"], at=desk.at, record_id=record.pk
    )

    with refused("sensitivity") as no:
        store(upload=upload)
    assert "收回记录" in no.value.mend
    assert store(upload=dataclasses.replace(upload, sensitivity="HLT")).state == "STORED"
    give(desk)
    assert store(upload=upload).state == "STORED"
