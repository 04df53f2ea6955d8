"""Who may write down a guardian's word, whose word it can be, and what a guardian says after it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import GuardianLink, Membership, Restriction
from parties.roles import Role
from records import drafts
from records.draft_input import Present
from records.models import Attachment, CommunicationRecord, Signature
from tests.factories import LONG_AGO, NOW, World
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

REFUSAL = {"method": "REFUSED", "reason": "不同意“多次”"}


def attended(desk: Desk, name: str, capacity: str) -> CommunicationRecord:
    """An offered record of a talk with the mother at which `name` was, in that capacity."""
    record = desk.drafted()
    people = [
        Present(person=desk.world[who].pk, capacity=how, presence="IN_PERSON")
        for who, how in (("mother", "GUARDIAN"), (name, capacity))
    ]
    with desk.as_("teacher") as viewer:
        drafts.attend(viewer, record_id=record.pk, people=people)
    desk.check(record)
    desk.offer(record)
    return record


def file(world: World, record: CommunicationRecord, **other: Any) -> Attachment:
    values = {
        "school_id": world.id,
        "student": world.student,
        "record_id": record.pk,
        "kind": "SIGNED_PAGE",
        "name": "签字页",
        "media_type": "image/jpeg",
        "size": 10,
        "sha256": b"s" * 32,
        "original_sha256": b"o" * 32,
        "redaction": "NONE",
        "blob": uuid4().hex,
        "uploaded_by": world["teacher"],
        "uploaded_at": NOW,
    }
    with tenancy.scope(world.id):
        return Attachment.objects.create(**{**values, **other})


def standing(desk: Desk, record: CommunicationRecord) -> tuple[str, str]:
    now = desk.now(record)
    return str(now.state), now.standing


def methods(desk: Desk, record: CommunicationRecord) -> list[str]:
    with tenancy.scope(desk.world.id):
        words = Signature.objects.filter(record=record, signer=desk.world["mother"])
        return sorted(words.values_list("method", flat=True))


# --- who writes it down ------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["auditor", "grade_leader"])
def test_who_knows_only_that_there_is_one_writes_down_nothing(desk: Desk, who: str) -> None:
    record = desk.offered()

    with pytest.raises(NotAllowed):
        desk.witness(record, by=who, **REFUSAL)


@pytest.mark.parametrize("who", ["auditor", "grade_leader", "counsellor", "stranger", "principal"])
def test_a_witness_reads_what_the_record_says(desk: Desk, who: str) -> None:
    record = desk.offered()

    with pytest.raises(InvalidInput) as refused:
        desk.witness(record, witness=who, **REFUSAL)

    assert refused.value.field == "witness"


def test_who_took_part_in_the_talk_is_a_witness(desk: Desk) -> None:
    record = attended(desk, "counsellor", "PSY")

    desk.witness(record, witness="counsellor", **REFUSAL)

    assert methods(desk, record) == ["REFUSED"]


def test_who_was_there_for_the_family_is_no_witness(desk: Desk) -> None:
    record = attended(desk, "duty_officer", "GUARDIAN")

    with pytest.raises(InvalidInput):
        desk.witness(record, **REFUSAL)
    with pytest.raises(NotAllowed):
        desk.witness(record, by="duty_officer", witness="head_of_office", **REFUSAL)


def test_an_auditor_vouches_for_nothing_whatever_else_they_are(desk: Desk, world: World) -> None:
    record = desk.offered()
    with tenancy.scope(world.id):
        Membership.objects.create(
            school=world.school, person=world["duty_officer"], role=Role.AUD, starts_at=LONG_AGO
        )

    with pytest.raises(InvalidInput):
        desk.witness(record, **REFUSAL)


def test_a_colleague_who_is_a_parent_of_the_student_is_no_witness(desk: Desk, world: World) -> None:
    record = desk.offered()
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school,
            student=world.student,
            guardian=world["duty_officer"],
            relation="OTHER",
        )

    with pytest.raises(InvalidInput):
        desk.witness(record, **REFUSAL)


# --- whose word --------------------------------------------------------------------------------


def without_access(world: World) -> None:
    GuardianLink.objects.filter(guardian=world["mother"]).update(child_data_access=False)


def barred(world: World) -> None:
    Restriction.objects.create(
        school=world.school,
        student=world.student,
        person=world["mother"],
        kind=Restriction.Kind.NO_CONTACT,
        starts_at=LONG_AGO,
    )


def held(world: World) -> None:
    CommunicationRecord.objects.update(
        held_by=world["duty_officer"], held_until=NOW + timedelta(days=1)
    )


@pytest.mark.parametrize("why", [without_access, barred, held])
def test_who_is_not_asked_to_sign_is_not_written_down_as_signing(
    desk: Desk, world: World, why: Callable[[World], None]
) -> None:
    record = desk.offered()
    with tenancy.scope(world.id):
        why(world)

    with pytest.raises(InvalidInput) as refused:
        desk.witness(record)

    assert refused.value.field == "signer"
    assert methods(desk, record) == []


def test_why_a_guardian_is_not_asked_is_not_told(desk: Desk, world: World) -> None:
    record = desk.offered()
    with tenancy.scope(world.id):
        barred(world)
    answers = []
    for signer in ("mother", "stranger"):
        with pytest.raises(InvalidInput) as refused:
            desk.witness(record, signer=signer)
        answers.append((str(refused.value), refused.value.mend))

    assert answers[0] == answers[1]


# --- what the guardian says afterwards -----------------------------------------------------------


def test_a_guardian_whose_refusal_was_written_down_may_still_sign(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.witness(record, **REFUSAL)
    assert standing(desk, record) == ("EFFECTIVE", "UNSIGNED")

    desk.sign(record, "mother", method="LINK")

    assert standing(desk, record) == ("EFFECTIVE", "SIGNED")
    assert methods(desk, record) == ["LINK", "REFUSED"]


def test_before_it_takes_effect_a_signature_counts_more_than_the_refusal(desk: Desk) -> None:
    record = desk.offered()
    desk.witness(record, **REFUSAL)
    desk.sign(record, "mother")
    desk.sign(record, "teacher")

    assert standing(desk, record) == ("EFFECTIVE", "SIGNED")


def test_another_guardian_who_signs_later_makes_it_one_of_both_sides(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.refuse(record, "father")
    desk.sign(record, "mother")

    assert standing(desk, record) == ("EFFECTIVE", "SIGNED")


def test_after_a_refusal_only_a_paper_signed_by_hand_is_written_down(
    desk: Desk, world: World
) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.witness(record, **REFUSAL)
    with pytest.raises(WrongState):
        desk.witness(record, method="PHONE")

    desk.witness(record, method="PAPER", scan=file(world, record).pk)

    assert standing(desk, record) == ("EFFECTIVE", "SIGNED")


def test_nobody_writes_down_a_refusal_of_who_has_signed(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "mother")

    with pytest.raises(WrongState):
        desk.witness(record, **REFUSAL)


def test_writing_down_the_same_word_again_changes_nothing(desk: Desk) -> None:
    record = desk.offered()
    desk.witness(record, **REFUSAL)
    desk.witness(record, **REFUSAL)

    assert methods(desk, record) == ["REFUSED"]


# --- what a scan is ------------------------------------------------------------------------------


def gone(world: World, record: CommunicationRecord) -> Attachment:
    made = file(world, record)
    with tenancy.scope(world.id):
        made.destroy(by=made.uploaded_by, at=NOW)
        made.save(update_fields=["state", "destroyed_at"])
    return made


def of_another_student(world: World, record: CommunicationRecord) -> Attachment:
    with tenancy.scope(world.id):
        other = world.pupil("another", world.school_class)
    return file(world, record, student=other)


def a_video(world: World, record: CommunicationRecord) -> Attachment:
    return file(world, record, media_type="video/mp4")


def a_text(world: World, record: CommunicationRecord) -> Attachment:
    return file(world, record, media_type="text/plain; charset=utf-8")


@pytest.mark.parametrize("page", [gone, of_another_student, a_video, a_text])
def test_what_shows_no_signature_of_this_student_is_no_scan(
    desk: Desk, world: World, page: Callable[[World, CommunicationRecord], Attachment]
) -> None:
    record = desk.offered()

    with pytest.raises(InvalidInput) as refused:
        desk.witness(record, method="PAPER", scan=page(world, record).pk)

    assert refused.value.field == "scan"


def test_a_pdf_is_a_scan(desk: Desk, world: World) -> None:
    record = desk.offered()

    desk.witness(record, method="PAPER", scan=file(world, record, media_type="application/pdf").pk)

    assert methods(desk, record) == ["PAPER"]
