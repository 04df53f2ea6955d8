"""家长意见 by their own hand: words beside one's signature, kept and shown as they were written."""

import json

import pytest
from django.db import DatabaseError, transaction

from parties import tenancy
from records import content, reading, record_copies
from records.models import CommunicationRecord, Signature
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

#: Forbidden in what staff writes; a family's words are never judged.
OPINION = "老师说他是差生、问题家庭，我不同意。孩子晚上在家帮忙看店。"


def copy(desk: Desk, record: CommunicationRecord, by: str) -> dict[str, list[dict[str, str]]]:
    made = record_copies.export(
        school_id=desk.world.id,
        by=desk.world[by],
        at=desk.at,
        record_id=record.pk,
        form="json",
        purpose=record_copies.Purpose.AUTHORITY,
    )
    body: dict[str, list[dict[str, str]]] = json.loads(made.data)["body"]
    return body


@pytest.mark.parametrize(
    ("by", "told_as"), [("mother", "家长陈述（单方陈述）"), ("student", "学生陈述（单方陈述）")]
)
def test_own_words_stand_beside_the_signature_for_every_reader(
    desk: Desk, by: str, told_as: str
) -> None:
    record = desk.offered()

    desk.sign(record, by, note=OPINION)

    for reader in ("teacher", "mother", "father", "student", "duty_officer"):
        with desk.as_(reader) as viewer:
            (signature,) = reading.read(viewer, record.pk).signatures
            assert signature.note == OPINION, reader
        (printed,) = copy(desk, record, reader)["signatures"]
        assert (printed["reason"], printed["told_as"]) == (OPINION, told_as), reader


def test_words_after_another_signature_change_nothing_of_what_was_signed(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    before = desk.now(record)

    desk.sign(record, "mother", note=OPINION)

    after = desk.now(record)
    assert (after.version, after.content_hash) == (before.version, before.content_hash)
    with tenancy.scope(desk.world.id):
        assert content.is_intact(CommunicationRecord.objects.get(pk=record.pk))
        given = Signature.objects.get(signer=desk.world["mother"])
        given.note = "别的话"
        with pytest.raises(DatabaseError), transaction.atomic():
            given.save()


def test_who_knows_of_the_record_alone_reads_none_of_the_words(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "mother", note=OPINION)

    for reader in ("grade_leader", "auditor"):
        assert desk.read(record, reader).signatures == []


def test_a_teachers_note_is_no_statement_of_the_family(desk: Desk) -> None:
    """Nor is one beside a word that a teacher wrote down for a guardian."""
    record = desk.offered()
    desk.sign(record, "teacher", note="已电话核对。")
    desk.later(minutes=1)
    desk.witness(record, signer="father", note="两次拨打后接通。")

    told = [(one["reason"], one["told_as"]) for one in copy(desk, record, "teacher")["signatures"]]
    assert told == [("已电话核对。", ""), ("两次拨打后接通。", "")]
