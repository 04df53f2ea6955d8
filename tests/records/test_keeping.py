"""归档 and 封存: who may, when, and what a seal leaves to whom."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from parties.models import Membership
from records import attachments, content, keeping, objections, record_copies
from records.models import CommunicationRecord, Objection, Sealing
from records.record_copies import Purpose
from tests.records.desk import FACT, Desk, next_version, texts_of
from tests.records.uploads import files

pytestmark = pytest.mark.django_db

REASON = "家长申请撤回，德育处核实后同意。"


def archive(
    desk: Desk, record: CommunicationRecord, by: str = "teacher", why: Any = "handover"
) -> None:
    with desk.as_(by) as viewer:
        keeping.archive(viewer, record_id=record.pk, why=why)


def seal(
    desk: Desk, record: CommunicationRecord, by: str = "head_of_office", reason: str = REASON
) -> None:
    with desk.as_(by) as viewer:
        keeping.seal(viewer, record_id=record.pk, reason=reason)


def sealed(desk: Desk, *texts: str) -> CommunicationRecord:
    record = desk.effective(*texts)
    archive(desk, record)
    seal(desk, record)
    return record


def kinds(desk: Desk) -> list[str]:
    with tenancy.scope(desk.world.id):
        return list(Event.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("by", ["teacher", "duty_officer", "head_of_office"])
def test_the_class_teacher_and_the_office_archive_what_is_done(desk: Desk, by: str) -> None:
    record = desk.effective()

    archive(desk, record, by)
    archive(desk, record, by)

    assert desk.now(record).state == "ARCHIVED"
    assert kinds(desk).count("record.archived") == 1
    for reader in ("teacher", "mother", "student", "head_of_office"):
        assert texts_of(desk.read(record, reader)) == [FACT], reader


def test_nobody_else_archives(desk: Desk) -> None:
    record = desk.effective()

    for by in ("mother", "student", "grade_leader", "auditor"):
        with pytest.raises(NotAllowed):
            archive(desk, record, by)
    for by in ("stranger", "mentor", "vice_principal"):
        with pytest.raises(NotFound):
            archive(desk, record, by)


def test_only_an_effective_record_is_archived_and_for_a_known_reason(desk: Desk) -> None:
    record = desk.offered()
    with pytest.raises(WrongState):
        archive(desk, record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")
    with pytest.raises(InvalidInput) as refused:
        archive(desk, record, why="whatever")

    assert refused.value.field == "why"


def test_an_open_objection_keeps_it_on_the_desk(desk: Desk) -> None:
    record = desk.effective()
    objection = desk.object(record)
    with pytest.raises(WrongState):
        archive(desk, record)
    with desk.as_("mother") as viewer:
        objections.withdraw(viewer, objection_id=objection.pk)

    archive(desk, record)
    assert desk.now(record).state == "ARCHIVED"


def test_so_does_one_to_an_earlier_version(desk: Desk) -> None:
    record = desk.effective()
    objection = desk.object(record)
    with desk.as_("teacher") as viewer:
        newer = objections.answer(
            viewer, objection_id=objection.pk, reply="ACCEPTED", words="已改"
        ).correction
    assert newer is not None
    desk.check(newer)
    desk.offer(newer)
    desk.sign(newer, "teacher")
    desk.sign(newer, "mother")

    with pytest.raises(WrongState):
        archive(desk, newer)


def test_what_stands_in_an_unfinished_next_version_is_not_sealed(desk: Desk) -> None:
    record = desk.effective()
    archive(desk, record)
    newer_id = next_version(desk, record)
    with desk.as_("teacher") as viewer:
        newer = viewer.get(CommunicationRecord, newer_id)

    with pytest.raises(WrongState, match="新版本"):
        seal(desk, record)
    desk.check(newer)
    desk.offer(newer)
    with pytest.raises(WrongState, match="新版本"):
        seal(desk, record)
    desk.sign(newer, "teacher")
    desk.sign(newer, "mother")
    seal(desk, record)

    assert desk.now(record).state == "SEALED"


def test_what_is_sealed_gets_no_next_version(desk: Desk) -> None:
    record = sealed(desk)

    with pytest.raises(WrongState, match="已封存"):
        next_version(desk, record)


def test_a_family_may_object_to_what_is_archived(desk: Desk) -> None:
    record = desk.effective()
    archive(desk, record)

    desk.object(record)
    assert desk.now(record).state == "UNDER_OBJECTION"


def test_a_seal_leaves_the_outline_and_opens_to_those_it_is_about(desk: Desk) -> None:
    record = desk.effective()
    archive(desk, record)
    seal(desk, record)

    assert desk.now(record).state == "SEALED"
    for reader in ("head_of_office", "duty_officer", "mother", "father", "student"):
        file = desk.read(record, reader)
        assert texts_of(file) == [FACT], reader
        assert "next_focus" in file.fields
    for reader in ("teacher", "grade_leader"):
        file = desk.read(record, reader)
        assert (file.statements, file.participants, file.signatures) == ([], [], []), reader
        assert (file.attachments, file.annotations, file.sealed) == ([], [], None), reader
        assert "next_focus" not in file.fields
        assert "state" in file.fields
    for reader in ("stranger", "mentor", "counsellor", "vice_principal", "principal"):
        with pytest.raises(NotFound):
            desk.read(record, reader)


def test_who_wrote_took_part_or_reads_a_class_keeps_the_outline_alone(desk: Desk) -> None:
    record = desk.drafted(FACT, "家里最近交不起房租，周末需要兼职。")
    desk.meet(record, "mother", "counsellor")
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")
    assert texts_of(desk.read(record, "deputy")) == ["家里最近交不起房租，周末需要兼职。"]
    archive(desk, record)
    seal(desk, record)

    for reader in ("teacher", "counsellor", "deputy"):
        file = desk.read(record, reader)
        assert file.statements == [], reader
        assert "trigger_note" not in file.fields
    overseen = desk.read(record, "auditor")
    assert texts_of(overseen)[0] == FACT
    assert "家里最近交不起房租，周末需要兼职。" not in texts_of(overseen)


def test_a_copy_and_a_file_of_what_is_sealed_are_closed_alike(desk: Desk) -> None:
    record = desk.drafted()
    upload = attachments.Upload(source=files.jpeg(), name="照片.jpg", media_type="image/jpeg")
    who: dict[str, Any] = {"school_id": desk.world.id, "at": desk.at}
    kept = attachments.store(**who, by=desk.world["teacher"], record_id=record.pk, upload=upload)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")
    archive(desk, record)
    seal(desk, record)

    for name in ("teacher", "auditor"):
        with pytest.raises(NotFound):
            attachments.open_(**who, by=desk.world[name], attachment_id=kept.pk)
        with pytest.raises(NotAllowed):
            record_copies.export(
                **who, by=desk.world[name], record_id=record.pk, form="json", purpose=Purpose.KEEP
            )
    assert attachments.open_(**who, by=desk.world["mother"], attachment_id=kept.pk).data
    assert record_copies.export(
        **who, by=desk.world["mother"], record_id=record.pk, form="json", purpose=Purpose.KEEP
    ).data


def test_a_barred_parent_reads_nothing_sealed_either(desk: Desk) -> None:
    record = sealed(desk)
    with tenancy.scope(desk.world.id):
        desk.world.student.guardian_links.filter(guardian=desk.world["father"]).update(
            child_data_access=False
        )

    with pytest.raises(NotFound):
        desk.read(record, "father")


def test_only_the_head_of_the_office_seals_and_never_own_words(desk: Desk) -> None:
    record = desk.effective()
    archive(desk, record)
    for by in ("teacher", "duty_officer", "grade_leader", "mother", "auditor"):
        with pytest.raises(NotAllowed):
            seal(desk, record, by)
    with pytest.raises(NotFound):
        seal(desk, record, "vice_principal")

    own = desk.write(by="head_of_office")
    desk.meet(own, "mother", by="head_of_office")
    desk.say(own, by="head_of_office")
    desk.check(own, by="head_of_office")
    desk.offer(own, by="head_of_office")
    desk.sign(own, "head_of_office")
    desk.sign(own, "mother")
    archive(desk, own, "duty_officer")
    with pytest.raises(NotAllowed):
        seal(desk, own)


@pytest.mark.parametrize("reason", ["", "  ", "撤回"])
def test_a_seal_says_why(desk: Desk, reason: str) -> None:
    record = desk.effective()
    archive(desk, record)
    with pytest.raises(InvalidInput) as refused:
        seal(desk, record, reason=reason)

    assert refused.value.field == "reason"
    assert desk.now(record).state == "ARCHIVED"


def test_what_is_in_use_is_not_sealed(desk: Desk) -> None:
    drafted, offered, effective = desk.drafted(), desk.offered(), desk.effective()

    for record in (offered, effective):
        with pytest.raises(WrongState):
            seal(desk, record)
    with pytest.raises(NotFound):
        seal(desk, drafted)


def test_an_objection_is_heard_before_it_is_sealed_away(desk: Desk) -> None:
    record = desk.effective()
    objection = desk.object(record)
    with pytest.raises(WrongState):
        seal(desk, record)
    with desk.as_("teacher") as viewer:
        objections.answer(viewer, objection_id=objection.pk, reply="REFUSED", words="有记录")
    with desk.as_("mother") as viewer:
        objections.insist(viewer, objection_id=objection.pk)

    seal(desk, record)
    with desk.as_("teacher") as viewer:
        assert not viewer.rows(Objection).exists()
    for name in ("mother", "head_of_office", "duty_officer"):
        with desk.as_(name) as viewer:
            assert viewer.rows(Objection).get().pk == objection.pk


def test_an_older_version_is_sealed_and_the_newer_one_stands(desk: Desk) -> None:
    record = desk.effective("迟到三次：10月8日、9日、10日。")
    newer = desk.now(record)
    newer.pk = next_version(desk, record)
    desk.check(newer)
    desk.offer(newer)
    desk.sign(newer, "teacher")
    desk.sign(newer, "mother")

    seal(desk, record)
    seal(desk, record)

    assert (desk.now(record).state, desk.now(newer).state) == ("SEALED", "EFFECTIVE")
    assert kinds(desk).count("record.sealed") == 1


def test_the_reason_is_sealed_in_the_row_kept_and_told_in_the_school_alone(desk: Desk) -> None:
    record = sealed(desk)

    why = desk.read(record, "auditor").sealed
    assert why is not None
    assert (why.by, why.reason) == ("head_of_office", REASON)
    assert desk.read(record, "mother").sealed is None
    with tenancy.scope(desk.world.id):
        event = Event.objects.get(kind="record.sealed")
        assert REASON.encode() not in bytes(event.body)
        assert content.is_intact(CommunicationRecord.objects.get(pk=record.pk))
        with connection.cursor() as cursor:
            cursor.execute("SELECT reason FROM records_sealing")
            assert "撤回".encode() not in bytes(cursor.fetchone()[0])
        with pytest.raises(DatabaseError), transaction.atomic():
            Sealing.objects.all().delete()


def test_a_vice_principal_who_is_the_parent_reads_as_a_parent(desk: Desk) -> None:
    record = sealed(desk)
    with tenancy.scope(desk.world.id):
        post = Membership.objects.filter(person=desk.world["vice_principal"])
        post.update(person=desk.world["father"])

    assert desk.read(record, "father").sealed is None
    assert texts_of(desk.read(record, "father")) == [FACT]


def test_an_auditor_reads_what_is_sealed_and_it_is_written_down(desk: Desk) -> None:
    record = desk.effective()
    assert desk.read(record, "auditor").statements == []
    archive(desk, record)
    seal(desk, record)
    file = desk.read(record, "auditor")

    assert texts_of(file) == [FACT]
    assert not {"hold_reason", "language_check", "next_focus"} & file.fields
    with tenancy.scope(desk.world.id):
        reads = Event.objects.filter(kind="record.read", actor=desk.world["auditor"].pk)
        assert [one.subject_id for one in reads] == [record.pk, record.pk]


def test_what_the_office_wrote_and_sealed_is_read_above_it(desk: Desk) -> None:
    own = desk.write(by="duty_officer")
    desk.meet(own, "mother", by="duty_officer")
    desk.say(own, by="duty_officer")
    desk.check(own, by="duty_officer")
    desk.offer(own, by="duty_officer")
    desk.sign(own, "duty_officer")
    desk.sign(own, "mother")
    with pytest.raises(NotFound):
        desk.read(own, "vice_principal")
    archive(desk, own, "head_of_office")
    seal(desk, own)

    assert texts_of(desk.read(own, "vice_principal")) == [FACT]
