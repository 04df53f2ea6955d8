"""What is on file about a student is not destroyed, but by the head of 德育处 and with a reason."""

import pytest

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records import content, destroying, file_names, keeping, objections
from records.models import Attachment, CommunicationRecord
from tests.records.desk import Desk
from tests.records.test_attachments import add, finish, seen

pytestmark = pytest.mark.django_db

REASON = "照片里有另一名学生，无法隐去。"


def destroy(
    desk: Desk,
    attached: Attachment,
    by: str = "head_of_office",
    why: str = "others",
    reason: str = REASON,
) -> Attachment:
    return destroying.destroy(
        school_id=desk.world.id,
        by=desk.world[by],
        at=desk.at,
        attachment_id=attached.pk,
        why=why,
        reason=reason,
    )


def finished(desk: Desk, **given: str) -> tuple[CommunicationRecord, Attachment]:
    record = desk.drafted()
    made = add(desk, record, **given)
    finish(desk, record)
    return record, made


def test_the_head_destroys_with_a_reason_that_is_kept(desk: Desk) -> None:
    record, made = finished(desk, redaction="NEEDED")

    destroy(desk, made)
    destroy(desk, made)

    assert seen(desk, record, "mother") == []
    now = desk.now(record)
    with tenancy.scope(desk.world.id):
        row = Attachment.objects.get(pk=made.pk)
        assert (row.state, row.destroyed_reason) == ("DESTROYED", REASON)
        assert row.destroyed_by_id == desk.world["head_of_office"].pk
        event = Event.objects.get(kind="attachment.destroyed")
        assert b'"others"' in bytes(event.body)
        assert REASON.encode() not in bytes(event.body)
        assert content.is_intact(now)


@pytest.mark.parametrize("by", ["duty_officer", "teacher", "mother"])
def test_nobody_else_destroys_for_whatever_reason(desk: Desk, by: str) -> None:
    record, made = finished(desk)

    with pytest.raises(NotAllowed):
        destroy(desk, made, by=by)
    assert seen(desk, record, "mother") == [file_names.plain(made)]


@pytest.mark.parametrize("by", ["duty_officer", "grade_leader", "stranger"])
def test_who_may_not_look_into_a_file_does_not_learn_that_it_is_there(desk: Desk, by: str) -> None:
    _, made = finished(desk, sensitivity="ECO")

    with pytest.raises(NotFound):
        destroy(desk, made, by=by)


def test_the_head_does_not_destroy_their_own_upload(desk: Desk) -> None:
    record = desk.drafted()
    desk.check(record)
    desk.offer(record)
    made = add(desk, record, by="head_of_office", kind="SIGNED_PAGE")

    with pytest.raises(NotAllowed):
        destroy(desk, made)


def test_nor_a_file_of_their_own_record(desk: Desk) -> None:
    record = desk.write(by="head_of_office")
    desk.meet(record, "mother", by="head_of_office")
    desk.say(record, by="head_of_office")
    desk.check(record, by="head_of_office")
    desk.offer(record, by="head_of_office")
    made = add(desk, record, by="duty_officer", kind="SIGNED_PAGE")
    desk.sign(record, "head_of_office")

    with pytest.raises(NotAllowed):
        destroy(desk, made)


@pytest.mark.parametrize(("field", "given"), [("why", {"why": "tidy"}), ("reason", {"reason": ""})])
def test_there_is_an_occasion_and_a_reason(desk: Desk, field: str, given: dict[str, str]) -> None:
    _, made = finished(desk)

    with pytest.raises(InvalidInput) as refused:
        destroy(desk, made, **given)
    assert refused.value.field == field


def test_nothing_is_destroyed_while_somebody_objects_to_any_version(desk: Desk) -> None:
    record, made = finished(desk)
    filed = desk.object(record)
    with pytest.raises(WrongState, match="异议"):
        destroy(desk, made)
    with desk.as_("teacher") as viewer:
        answered = objections.answer(viewer, objection_id=filed.pk, reply="PARTLY", words="已改")
    assert answered.correction is not None
    newer = answered.correction
    late = add(desk, newer)
    finish(desk, newer)

    for one in (made, late):
        with pytest.raises(WrongState, match="异议"):
            destroy(desk, one)


def test_nothing_of_what_was_put_away_is_destroyed(desk: Desk) -> None:
    record, made = finished(desk)
    with desk.as_("duty_officer") as viewer:
        keeping.archive(viewer, record_id=record.pk, why="settled")
    with pytest.raises(WrongState, match="归档"):
        destroy(desk, made)
    with desk.as_("head_of_office") as viewer:
        keeping.seal(viewer, record_id=record.pk, reason="依法封存处理")

    with pytest.raises(WrongState, match="封存"):
        destroy(desk, made)


def test_after_a_signature_the_author_takes_nothing_out_and_a_proof_stays(desk: Desk) -> None:
    record = desk.drafted()
    photo = add(desk, record)
    desk.check(record)
    desk.offer(record)
    scan = add(desk, record, kind="SIGNED_PAGE")
    desk.witness(record, method="PAPER", scan=scan.pk)

    with pytest.raises(WrongState):
        destroying.take_out(
            school_id=desk.world.id,
            by=desk.world["teacher"],
            at=desk.at,
            attachment_id=photo.pk,
        )
    with pytest.raises(WrongState, match="为凭"):
        destroy(desk, scan)
