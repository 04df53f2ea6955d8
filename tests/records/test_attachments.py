"""Files of a record: who adds them, who gets them, what lies on the disk, and what is swept up."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records import (
    additions,
    attachments,
    content,
    destroying,
    file_names,
    orphans,
    reading,
    uploads,
    vault,
)
from records.attachments import Upload
from records.models import Attachment, CommunicationRecord, FileEntry
from records.uploads import UploadRefused
from records.uploads.redaction import Area
from tests.records.desk import Desk
from tests.records.uploads.files import exif, jpeg, opened
from workflow import sweeps

pytestmark = pytest.mark.django_db

PHOTO = jpeg(exif=exif())
DAY = timedelta(days=1)


def add(desk: Desk, record: CommunicationRecord, by: str = "teacher", **given: Any) -> Attachment:
    upload = Upload(**{"source": PHOTO, "name": "谈话.jpg", "media_type": "image/jpeg", **given})
    return attachments.store(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, record_id=record.pk, upload=upload
    )


def take(desk: Desk, attached: Attachment, by: str) -> bytes:
    return attachments.open_(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, attachment_id=attached.pk
    ).data


def take_out(desk: Desk, attached: Attachment, by: str) -> Attachment:
    return destroying.take_out(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, attachment_id=attached.pk
    )


def finish(desk: Desk, record: CommunicationRecord) -> None:
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")


def seen(desk: Desk, record: CommunicationRecord, by: str) -> list[str]:
    with desk.as_(by) as viewer:
        return [one.name for one in reading.read(viewer, record.pk).attachments]


def blobs(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_photo_is_cleaned_sealed_and_opened_for_the_family(
    desk: Desk, vault_folder: Path
) -> None:
    record = desk.drafted()
    made = add(desk, record)
    finish(desk, record)

    data = take(desk, made, "mother")

    assert not opened(data).getexif()
    assert seen(desk, record, "mother") == [file_names.plain(made)]
    (blob,) = blobs(vault_folder)
    assert data not in blob.read_bytes()
    assert blob.read_bytes()[17:].find(b"JFIF") == -1


def test_that_somebody_took_it_is_on_record(desk: Desk) -> None:
    record = desk.drafted()
    made = add(desk, record)

    take(desk, made, "teacher")

    with tenancy.scope(desk.world.id):
        read = Event.objects.get(kind="attachment.read")
        assert (read.actor, read.subject_id) == (desk.world["teacher"].pk, made.pk)


def test_who_may_not_have_it_leaves_no_trace_of_having_asked(desk: Desk) -> None:
    made = add(desk, desk.drafted())

    for who in ("mother", "student", "stranger", "head_of_office", "mentor"):
        with pytest.raises(NotFound):
            take(desk, made, who)
    with tenancy.scope(desk.world.id):
        assert not Event.objects.filter(kind="attachment.read").exists()


@pytest.mark.parametrize("who", ["mother", "father", "student", "grade_leader", "deputy"])
def test_a_file_that_shows_others_is_for_nobody_at_home(desk: Desk, who: str) -> None:
    record = desk.drafted()
    made = add(desk, record, redaction="NEEDED")
    finish(desk, record)

    assert made.sensitivity == "COM TPD"
    assert desk.read(record, "mother").attachments == []
    with pytest.raises(NotFound):
        take(desk, made, who)


def test_who_uploaded_it_has_it_until_the_record_is_done(desk: Desk) -> None:
    record = desk.drafted()
    made = add(desk, record, redaction="NEEDED")
    assert take(desk, made, "teacher")
    finish(desk, record)

    with pytest.raises(NotFound):
        take(desk, made, "teacher")


def test_the_database_itself_knows_no_unredacted_file_for_everybody(desk: Desk) -> None:
    made = add(desk, desk.drafted(), redaction="NEEDED")

    with (
        pytest.raises(IntegrityError, match="unredacted_file_shows_others"),
        tenancy.scope(desk.world.id),
        transaction.atomic(),
    ):
        Attachment.objects.filter(pk=made.pk).update(sensitivity="COM")


def test_blackened_parts_stay_black_for_everybody(desk: Desk) -> None:
    record = desk.drafted()
    made = add(desk, record, redaction="NEEDED", areas=[Area(0, 0, 1, 1)])
    finish(desk, record)

    pixels = opened(take(desk, made, "mother")).convert("L").getextrema()

    assert made.redaction == "REDACTED"
    assert made.sensitivity == "COM"
    assert pixels == (0, 0)


def test_a_money_paper_is_for_the_aid_officer_not_for_the_office(desk: Desk) -> None:
    record = desk.drafted()
    made = add(desk, record, sensitivity="ECO")
    finish(desk, record)

    assert seen(desk, record, "mother") == [file_names.plain(made)]
    assert seen(desk, record, "head_of_office") == []
    with pytest.raises(NotFound):
        take(desk, made, "head_of_office")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"redaction": "REDACTED"}, "redaction"), ({"sensitivity": "CRI"}, "sensitivity")],
)
def test_what_nobody_may_declare(desk: Desk, given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(desk, desk.drafted(), **given)
    assert refused.value.field == field


def test_a_bad_file_leaves_nothing(desk: Desk, vault_folder: Path) -> None:
    record = desk.drafted()

    with pytest.raises(UploadRefused):
        add(desk, record, source=b"MZ" + os.urandom(100))
    with pytest.raises(UploadRefused):
        add(desk, record, source=b"%PDF-", areas=[Area(0, 0, 1, 1)])

    assert blobs(vault_folder) == []
    assert desk.read(record, "teacher").attachments == []


def test_a_signed_record_takes_the_scan_of_a_paper_and_says_the_same(desk: Desk) -> None:
    record = desk.drafted()
    add(desk, record)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")

    scan = add(desk, record, kind="SIGNED_PAGE")
    desk.witness(record, method="PAPER", scan=scan.pk)

    now = desk.now(record)
    assert now.state == "EFFECTIVE"
    assert scan.uploaded_at > (now.signed_at or scan.uploaded_at)
    with tenancy.scope(desk.world.id):
        assert content.is_intact(now)


def test_a_colleague_who_sees_it_adds_the_scan_and_nothing_before(desk: Desk) -> None:
    record = desk.drafted()
    desk.check(record)
    with pytest.raises(NotFound):
        add(desk, record, by="head_of_office")
    desk.offer(record)

    scan = add(desk, record, by="head_of_office", kind="SIGNED_PAGE")
    assert scan.uploaded_by == desk.world["head_of_office"]
    with pytest.raises(NotAllowed):
        add(desk, record, by="mother")


def test_a_record_that_took_effect_takes_nothing_more(desk: Desk) -> None:
    with pytest.raises(WrongState):
        add(desk, desk.effective())


def test_an_upload_is_an_edit(desk: Desk) -> None:
    record = desk.drafted()
    before = desk.now(record).edits

    add(desk, record)

    assert desk.now(record).edits == before + 1


def test_the_author_destroys_a_draft_file_and_the_row_stays(desk: Desk, vault_folder: Path) -> None:
    record = desk.drafted()
    made = add(desk, record)

    take_out(desk, made, "teacher")
    take_out(desk, made, "teacher")

    assert blobs(vault_folder) == []
    assert seen(desk, record, "teacher") == []
    with pytest.raises(WrongState):
        take(desk, made, "teacher")
    with tenancy.scope(desk.world.id):
        assert Event.objects.filter(kind="attachment.destroyed").count() == 1


def test_nobody_signs_a_file_that_is_gone(desk: Desk) -> None:
    record = desk.drafted()
    with tenancy.scope(desk.world.id):
        without = content.canonical(record)
    take_out(desk, add(desk, record), "teacher")
    finish(desk, record)

    now = desk.now(record)
    with tenancy.scope(desk.world.id):
        assert content.canonical(now) == without
        assert content.is_intact(now)


def test_the_file_of_the_student_opens_for_those_who_read_such_a_file(desk: Desk) -> None:
    record = desk.drafted()
    plain, shown = add(desk, record), add(desk, record, redaction="NEEDED")
    assert readers(desk, plain) == []
    desk.check(record)
    desk.offer(record)
    late = add(desk, record)

    assert readers(desk, plain) == readers(desk, late) == ["G", "HT", "ME", "STU"]
    assert readers(desk, shown) == []


def readers(desk: Desk, attached: Attachment) -> list[str]:
    with tenancy.scope(desk.world.id):
        return FileEntry.objects.get(object_id=attached.pk).readers


@pytest.mark.django_db(transaction=True)
def test_nothing_is_read_or_written_inside_a_transaction(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[bool] = []

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **named: Any) -> Any:
            inside.append(connection.in_atomic_block)
            return function(*args, **named)

        return watched

    record = desk.drafted()
    monkeypatch.setattr(attachments, "clean", watch(uploads.clean))
    for name in ("seal", "open_", "destroy", "sweep"):
        monkeypatch.setattr(vault, name, watch(getattr(vault, name)))
    made = add(desk, record)
    take(desk, made, "teacher")
    orphans.sweep(now=datetime.now(UTC))
    take_out(desk, made, "teacher")

    assert inside == [False] * 5


def test_what_was_sealed_and_not_committed_is_swept_after_a_day(
    desk: Desk, vault_folder: Path
) -> None:
    kept = add(desk, desk.drafted())
    lost = vault.seal(school_id=desk.world.id, subject_id=kept.student_id, data=b"lost")
    now = datetime.now(UTC)

    assert orphans.sweep(now=now) == 0
    assert orphans.sweep(now=now + DAY + DAY) == 1

    assert [path.name for path in blobs(vault_folder)] == [kept.blob]
    assert lost.ref != kept.blob


def test_a_folder_of_another_database_is_left_alone(desk: Desk, vault_folder: Path) -> None:
    made = add(desk, desk.drafted())
    with tenancy.scope(desk.world.id):
        Attachment.objects.filter(pk=made.pk).update(blob="0" * 32)

    assert orphans.sweep(now=datetime.now(UTC) + DAY + DAY) == 0
    assert len(blobs(vault_folder)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_routine_sweep_looks_once_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[datetime] = []

    def look(*, now: datetime) -> int:
        looked.append(now)
        return 0

    monkeypatch.setattr(orphans, "sweep", look)

    for _ in range(3):
        assert sweeps.run(sweeps.ROUTINE, via="test")["failed"] == 0
    assert len(looked) == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_heartbeat SET beat_at = beat_at - interval '61 minutes'")
    sweeps.run(sweeps.ROUTINE, via="test")

    assert len(looked) == 2


@pytest.mark.parametrize("known_at_home", [False, True])
def test_what_is_gone_takes_no_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, known_at_home: bool
) -> None:
    monkeypatch.setattr(additions, "MOST", 1)
    record = desk.drafted()
    made = add(desk, record)
    if known_at_home:
        desk.check(record)
        desk.offer(record)
    with pytest.raises(WrongState, match="最多 1 个附件"):
        add(desk, record)

    gone = take_out(desk, made, "teacher")

    assert gone.state == ("TAKEN_OUT" if known_at_home else "DESTROYED")
    assert add(desk, record)
