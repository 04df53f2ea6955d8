"""What leaves the school: even a discouraged word holds a copy back, until 德育处 says why not."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records import record_copies, sharing
from records.models import CommunicationRecord, SchoolPhrase, SharingOverride
from records.record_copies import Copy, Purpose
from tests.records.desk import FACT, Desk

pytestmark = pytest.mark.django_db

#: Discouraged: its author may keep it in what is signed.
AMBER = "该生上课走神。"
REASON = "法院调取，须提供签字原文。"


def kept(desk: Desk, *texts: str) -> CommunicationRecord:
    """A signed record whose author has kept a discouraged word."""
    record = desk.drafted(*texts)
    desk.check(record, confirmed=["上课走神"])
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")
    return record


def copy(
    desk: Desk, record: CommunicationRecord, by: str = "teacher", purpose: str = "authority"
) -> Copy:
    return record_copies.export(
        school_id=desk.world.id,
        by=desk.world[by],
        at=desk.at,
        record_id=record.pk,
        form="json",
        purpose=Purpose(purpose),
    )


def override(
    desk: Desk, record: CommunicationRecord, by: str = "duty_officer", reason: str = REASON
) -> None:
    with desk.as_(by) as viewer:
        sharing.override(viewer, record_id=record.pk, reason=reason)


def events(desk: Desk, kind: str) -> list[Any]:
    with tenancy.scope(desk.world.id):
        return list(Event.objects.filter(kind=kind))


@pytest.mark.parametrize("purpose", ["authority", "talk"])
def test_a_discouraged_word_holds_back_a_copy_for_outside(desk: Desk, purpose: str) -> None:
    record = kept(desk, FACT, AMBER)

    with pytest.raises(InvalidInput) as refused:
        copy(desk, record, purpose=purpose)

    assert refused.value.field == "statements.2"
    assert "上课走神" in str(refused.value)
    assert "可以写" in refused.value.mend
    assert "德育处" in refused.value.mend
    assert events(desk, "record.exported") == []


def test_the_same_copy_for_work_inside_and_the_familys_own_pass(desk: Desk) -> None:
    record = kept(desk, AMBER)

    for by, purpose in (("teacher", "keep"), ("duty_officer", "review"), ("mother", "authority")):
        assert copy(desk, record, by, purpose).data

    assert len(events(desk, "record.exported")) == 3


def test_a_forbidden_word_of_a_later_list_holds_back_what_was_signed(desk: Desk) -> None:
    record = desk.effective(f"{FACT}这是滚刀肉的样子。")
    with tenancy.scope(desk.world.id):
        SchoolPhrase.objects.create(
            school=desk.world.school,
            phrase="滚刀肉",
            severity="forbidden",
            category="student_label",
            neutral_wording="请写具体行为",
        )

    with pytest.raises(InvalidInput, match="滚刀肉"):
        copy(desk, record)


def test_the_office_lets_it_through_with_a_reason(desk: Desk) -> None:
    record = kept(desk, AMBER)

    override(desk, record)

    assert copy(desk, record).data
    (event,) = events(desk, "record.sharing_overridden")
    assert event.actor == desk.world["duty_officer"].pk
    assert b'"of_behaviour_vague":1,"total":1,"version":1' in bytes(event.body)
    assert "法院".encode() not in bytes(event.body)


def test_the_reason_is_sealed_and_nobody_changes_it(desk: Desk) -> None:
    override(desk, record := kept(desk, AMBER))

    with tenancy.scope(desk.world.id):
        made = SharingOverride.objects.get(record=record)
        assert made.reason == REASON
        with connection.cursor() as cursor:
            cursor.execute("SELECT reason, phrases FROM records_sharingoverride")
            sealed = b"".join(map(bytes, cursor.fetchone()))
        assert "法院".encode() not in sealed
        assert "走神".encode() not in sealed
        with pytest.raises(DatabaseError), transaction.atomic():
            SharingOverride.objects.update(counts={})


def test_readers_in_the_school_see_the_decision_and_the_family_does_not(desk: Desk) -> None:
    override(desk, record := kept(desk, AMBER))

    (seen,) = desk.read(record, "teacher").let_through
    assert (seen.by, seen.reason, seen.phrases) == ("duty_officer", REASON, ("上课走神",))
    for name in ("mother", "student", "grade_leader"):
        assert desk.read(record, name).let_through == [], name


def test_what_was_let_through_is_these_words_of_this_version(desk: Desk) -> None:
    record = kept(desk, AMBER, f"{FACT}这是滚刀肉的样子。")
    override(desk, record)
    with tenancy.scope(desk.world.id):
        SchoolPhrase.objects.create(
            school=desk.world.school,
            phrase="滚刀肉",
            severity="discouraged",
            category="student_label",
            neutral_wording="请写具体行为",
        )

    with pytest.raises(InvalidInput, match="滚刀肉"):
        copy(desk, record)


@pytest.mark.parametrize("reason", ["", "   ", "急"])
def test_an_empty_reason_is_refused(desk: Desk, reason: str) -> None:
    record = kept(desk, AMBER)

    with pytest.raises(InvalidInput) as refused:
        override(desk, record, reason=reason)

    assert refused.value.field == "reason"
    assert events(desk, "record.sharing_overridden") == []


def test_only_the_office_decides(desk: Desk) -> None:
    record = kept(desk, AMBER)

    for name in ("teacher", "grade_leader", "mother", "student"):
        with pytest.raises(NotAllowed):
            override(desk, record, by=name)
    with pytest.raises(NotFound):
        override(desk, record, by="stranger")


def test_an_officer_does_not_let_own_words_through(desk: Desk) -> None:
    record = desk.write(by="head_of_office")
    desk.meet(record, "mother", by="head_of_office")
    desk.say(record, AMBER, by="head_of_office")
    desk.check(record, by="head_of_office", confirmed=["上课走神"])
    desk.offer(record, by="head_of_office")
    desk.sign(record, "head_of_office")

    with pytest.raises(NotAllowed):
        override(desk, record, by="head_of_office")
    override(desk, record, by="duty_officer")


def test_what_may_still_be_changed_is_changed(desk: Desk) -> None:
    record = desk.drafted(AMBER)
    desk.check(record, confirmed=["上课走神"])
    desk.offer(record)

    with pytest.raises(WrongState):
        override(desk, record)


def test_there_is_nothing_to_let_through_in_plain_facts(desk: Desk) -> None:
    record = desk.effective(FACT)

    with pytest.raises(InvalidInput) as refused:
        override(desk, record)
    assert refused.value.field == "text"


def test_a_refusal_tells_nothing_of_a_sentence_that_its_reader_may_not_see(desk: Desk) -> None:
    """A sentence about money is a label to the teacher, and stands on no copy of theirs."""
    record = kept(desk, FACT, "家里交不起房租，他上课走神。")

    assert copy(desk, record).data
