"""A draft that nobody goes on with: out of the way, still there, and no more open than before."""

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records import discarding, file, holds, objections
from records.file import Filters
from records.models import CommunicationRecord, Objection
from tests.records.desk import Desk, next_version, texts_of
from tests.records.test_keeping import archive, seal
from tests.records.test_objections import answer, handed_over

pytestmark = pytest.mark.django_db

WHY = "写重了，另有一份记录。"
WORDS = "只在草稿里的一句话。"


def discard(desk: Desk, record_id: UUID, by: str = "teacher", why: str = WHY) -> None:
    with desk.as_(by) as viewer:
        discarding.discard(viewer, record_id=record_id, reason=why)


def discard_next(desk: Desk, record: CommunicationRecord, by: str = "head_of_office") -> None:
    with desk.as_(by) as viewer:
        discarding.discard_next(viewer, record_id=record.pk, reason=WHY)


def stored(desk: Desk, record_id: UUID) -> CommunicationRecord:
    with tenancy.scope(desk.world.id):
        return CommunicationRecord.objects.get(pk=record_id)


def lines(desk: Desk, who: str) -> list[Any]:
    with tenancy.scope(desk.world.id):
        viewer = Viewer.load(desk.world[who], at=desk.at)
        page = file.read(
            viewer=viewer, student_id=desk.world.student.pk, filters=Filters(), limit=20
        )
        return [one.line for one in page.entries if one.kind == "communication"]


def test_a_draft_is_put_aside_and_the_file_shows_none(desk: Desk) -> None:
    record = desk.drafted(WORDS)
    assert len(lines(desk, "teacher")) == 1
    discard(desk, record.pk)
    discard(desk, record.pk)

    gone = stored(desk, record.pk)
    with tenancy.scope(desk.world.id):
        assert (gone.state, gone.discarded_by_id, gone.discard_reason) == (
            "DISCARDED", desk.world["teacher"].pk, WHY,
        )  # fmt: skip
    assert lines(desk, "teacher") == []
    assert texts_of(desk.read(record, "teacher")) == [WORDS]


def test_nobody_reads_it_who_did_not_before(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    draft = next_version(desk, record)
    discard_next(desk, record)

    for who in ("head_of_office", "duty_officer", "grade_leader", "auditor", "vice_principal",
                "mother", "student", "counsellor"):  # fmt: skip
        with desk.as_(who) as viewer:
            assert viewer.find(CommunicationRecord, draft) is None, who


def test_what_was_offered_is_gone_for_the_family_and_signed_no_more(desk: Desk) -> None:
    record = desk.offered()
    discard(desk, record.pk)

    for act in (desk.sign, desk.refuse):
        with pytest.raises(NotFound):
            act(record, "mother")
    assert lines(desk, "mother") == []


def test_a_signed_one_is_not_put_aside(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "mother")

    with pytest.raises(WrongState, match="签字"):
        discard(desk, record.pk)


def test_it_needs_a_reason_and_its_author(desk: Desk) -> None:
    record = desk.drafted()
    with pytest.raises(InvalidInput, match="理由"):
        discard(desk, record.pk, why="错了")
    desk.check(record)
    desk.offer(record)
    for who in ("head_of_office", "mother", "grade_leader"):
        with pytest.raises(NotAllowed):
            discard(desk, record.pk, by=who)


def test_its_number_is_not_given_again(desk: Desk) -> None:
    record = desk.effective()
    draft = next_version(desk, record)
    discard(desk, draft)
    third = stored(desk, next_version(desk, record))

    assert (third.version, third.previous_id, stored(desk, draft).version) == (3, record.pk, 2)
    desk.check(third)
    desk.offer(third)
    desk.sign(third, "teacher")
    desk.sign(third, "mother")
    assert (desk.now(record).state, desk.now(third).state) == ("SUPERSEDED", "EFFECTIVE")


def test_the_office_seals_what_an_unfinished_draft_kept_open(desk: Desk) -> None:
    record = desk.effective()
    archive(desk, record)
    next_version(desk, record)
    with pytest.raises(WrongState, match="先放弃它"):
        seal(desk, record)
    for who in ("duty_officer", "teacher", "mother"):
        with pytest.raises(NotAllowed):
            discard_next(desk, record, by=who)
    discard_next(desk, record)
    with pytest.raises(WrongState, match="没有未定稿"):
        discard_next(desk, record)

    seal(desk, record)
    assert desk.now(record).state == "SEALED"


def test_a_promised_correction_is_not_put_aside_while_its_filer_waits(desk: Desk) -> None:
    record = desk.effective()
    answered = answer(desk, desk.object(record), "ACCEPTED")
    assert answered.correction_id is not None
    with pytest.raises(WrongState, match="答应的更正"):
        discard(desk, answered.correction_id)
    with pytest.raises(WrongState, match="答应的更正"):
        discard_next(desk, record)
    with desk.as_("mother") as viewer:
        objections.insist(viewer, objection_id=answered.pk)
    with pytest.raises(WrongState, match="答应的更正"):
        discard(desk, answered.correction_id)
    discard_next(desk, record)

    with tenancy.scope(desk.world.id):
        assert Objection.objects.get().state == "ROUTED"
    assert desk.now(record).state == "UNDER_OBJECTION"


def test_who_has_the_class_now_puts_an_old_draft_aside(desk: Desk) -> None:
    record = desk.drafted()
    handed_over(desk)
    discard(desk, record.pk, by="new_teacher")

    assert stored(desk, record.pk).state == "DISCARDED"


def test_a_hold_ends_with_its_draft(desk: Desk) -> None:
    record = desk.offered()
    with desk.as_("duty_officer") as viewer:
        until = desk.at.replace(day=20)
        holds.hold(viewer, record_id=record.pk, reason="等待核实情况", until=until)
    discard(desk, record.pk)

    assert stored(desk, record.pk).held_until is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_communicationrecord SET state = 'DRAFT', discarded_at = NULL",
        "UPDATE records_communicationrecord SET discarded_by_id = NULL",
        "DELETE FROM records_communicationrecord",
    ],
)
def test_the_database_keeps_it_put_aside(desk: Desk, sql: str) -> None:
    discard(desk, desk.drafted().pk)

    with tenancy.scope(desk.world.id), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(sql)


def test_a_second_version_says_that_the_first_is_disputed(desk: Desk) -> None:
    record = desk.effective()
    desk.object(record)
    newer = answer_accepting(desk)
    desk.check(newer)
    desk.offer(newer)
    desk.sign(newer, "teacher")
    desk.sign(newer, "mother")

    assert desk.now(newer).state == "EFFECTIVE"
    for who in ("teacher", "mother", "head_of_office", "grade_leader"):
        told = {one.state for one in lines(desk, who)}
        assert told == {"已生效（异议中）", "已有新版本（异议中）"}, who
        assert all(one.extra["disputed"] for one in lines(desk, who))


def answer_accepting(desk: Desk) -> CommunicationRecord:
    with tenancy.scope(desk.world.id):
        objection = Objection.objects.get()
    newer = answer(desk, objection, "ACCEPTED").correction
    assert newer is not None
    return newer


def test_an_undisputed_one_says_nothing_of_it(desk: Desk) -> None:
    desk.effective()

    assert [(one.state, one.extra["disputed"]) for one in lines(desk, "mother")] == [
        ("已生效", False)
    ]


def test_releasing_one_version_releases_both(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    with desk.as_("duty_officer") as viewer:
        until = desk.at.replace(day=20)
        holds.hold(viewer, record_id=record.pk, reason="等待核实情况", until=until)
    newer = stored(desk, next_version(desk, record))
    assert newer.held_until == until
    desk.check(newer)
    desk.offer(newer)
    with desk.as_("duty_officer") as viewer:
        holds.release(viewer, record_id=newer.pk)

    assert [stored(desk, one.pk).held_until for one in (record, newer)] == [None, None]
    assert desk.read(record, "mother")
    assert desk.read(newer, "mother")


def test_a_hold_made_longer_holds_the_next_version_as_long(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    newer = next_version(desk, record)
    with desk.as_("duty_officer") as viewer:
        until = desk.at.replace(day=20)
        holds.hold(viewer, record_id=record.pk, reason="等待核实情况", until=until)

    assert stored(desk, newer).held_until == until
