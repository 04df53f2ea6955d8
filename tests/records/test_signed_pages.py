"""A signature on paper names its own signed page; nothing else comes to what somebody signed."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records import additions, attachments, communication, content, file_names, reading
from records.attachments import Upload
from records.models import Attachment, CommunicationRecord, FileEntry, Signature
from records.uploads import UploadRefused
from tests.records.desk import Desk, next_version
from tests.records.uploads.files import jpeg, photo, saved

pytestmark = pytest.mark.django_db

PHOTO = jpeg()
OTHER = saved(photo((23, 19)), "JPEG")


def add(desk: Desk, record: CommunicationRecord, by: str = "teacher", **given: Any) -> Attachment:
    upload = Upload(**{"source": PHOTO, "name": "照片.jpg", "media_type": "image/jpeg", **given})
    return attachments.store(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, record_id=record.pk, upload=upload
    )


def page(desk: Desk, record: CommunicationRecord, by: str = "teacher", **given: Any) -> Attachment:
    return add(desk, record, by=by, **{"name": "签字页.jpg", "kind": "SIGNED_PAGE", **given})


def on_paper(desk: Desk, record: CommunicationRecord, scan: Attachment, **given: Any) -> None:
    desk.witness(record, method="PAPER", scan=scan.pk, **given)


def seen(desk: Desk, record: CommunicationRecord, by: str) -> list[str]:
    with desk.as_(by) as viewer:
        return [one.name for one in reading.read(viewer, record.pk).attachments]


def intact(desk: Desk, record: CommunicationRecord) -> bool:
    now = desk.now(record)
    with tenancy.scope(desk.world.id):
        return content.is_intact(now)


def refused(desk: Desk, record: CommunicationRecord, scan: Attachment, **given: Any) -> str:
    """The mend, by which the teacher goes on; the field is the one of the scan."""
    with pytest.raises(InvalidInput) as trouble:
        on_paper(desk, record, scan, **given)
    assert trouble.value.field == "scan"
    return str(trouble.value.mend)


# --- how many -------------------------------------------------------------------------------------


def test_files_take_no_place_of_a_signed_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(additions, "MOST", 1)
    record = desk.drafted()
    add(desk, record)
    desk.check(record)
    desk.offer(record)

    assert page(desk, record)
    for more in (add, page):
        with pytest.raises(WrongState, match="最多 1 "):
            more(desk, record)


# --- which picture counts -------------------------------------------------------------------------


def test_a_picture_of_the_draft_is_no_signed_page(desk: Desk) -> None:
    record = desk.drafted()
    early = add(desk, record)
    desk.check(record)
    desk.offer(record)

    assert "签字页" in refused(desk, record, early)


def test_neither_is_one_that_was_added_as_a_file_while_it_waited(desk: Desk) -> None:
    record = desk.offered()

    assert "签字页" in refused(desk, record, add(desk, record))


def test_nobody_uploads_a_signed_page_of_what_is_not_out(desk: Desk) -> None:
    with pytest.raises(WrongState, match="交双方签字"):
        page(desk, desk.drafted())


def test_a_page_of_the_text_that_was_taken_back_is_not_one_of_what_followed(desk: Desk) -> None:
    record = desk.offered()
    old = page(desk, record)
    desk.later(minutes=5)
    with desk.as_("teacher") as viewer:
        communication.recall(viewer, record_id=record.pk)
    desk.check(record)
    desk.offer(record)

    assert "重新" in refused(desk, record, old)
    on_paper(desk, record, page(desk, record, source=OTHER))


def test_one_picture_is_no_page_of_two_records(desk: Desk) -> None:
    first, second = desk.offered(), desk.offered()
    on_paper(desk, first, page(desk, first))

    assert "这一份" in refused(desk, second, page(desk, second))


def test_nor_of_two_versions(desk: Desk) -> None:
    record = desk.offered()
    on_paper(desk, record, page(desk, record))
    desk.sign(record, "teacher")
    newer = desk.now(record)
    newer.pk = next_version(desk, record)
    desk.check(newer)
    desk.offer(newer)

    assert "这一份" in refused(desk, newer, page(desk, newer))


def test_a_page_that_no_signature_stands_on_may_be_sent_again(desk: Desk) -> None:
    record = desk.offered()
    page(desk, record)

    on_paper(desk, record, page(desk, record))


@pytest.mark.parametrize("again", [False, True])
def test_both_guardians_on_one_sheet_is_said(desk: Desk, again: bool) -> None:
    record = desk.offered()
    scan = page(desk, record)
    on_paper(desk, record, scan)
    second = page(desk, record) if again else scan  # the same photo, chosen once more

    assert "同一张纸" in refused(desk, record, second, signer="father")
    on_paper(desk, record, second, signer="father", same_sheet=True)

    with tenancy.scope(desk.world.id):
        given = dict(Signature.objects.values_list("signer__name", "shares_sheet"))
    assert given == {"mother": False, "father": True}


def test_the_database_refuses_one_page_for_two_who_did_not_say_so(desk: Desk) -> None:
    record = desk.offered()
    scan = page(desk, record)
    on_paper(desk, record, scan)

    with tenancy.scope(desk.world.id):
        twice = Signature.objects.get()
        twice.pk, twice.signer, twice._state.adding = uuid4(), desk.world["father"], True
        with pytest.raises(IntegrityError, match="one_signature_per_sheet"), transaction.atomic():
            twice.save(force_insert=True)


def test_a_page_is_a_picture_or_a_pdf(desk: Desk) -> None:
    record = desk.offered()
    with pytest.raises(UploadRefused, match="照片或 PDF"):
        page(desk, record, source="签了".encode(), name="签字页.txt", media_type="text/plain")


def test_an_unknown_kind_names_the_field(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as trouble:
        add(desk, desk.offered(), kind="PAGE")
    assert trouble.value.field == "kind"


# --- what comes to a signed version ---------------------------------------------------------------


@pytest.mark.parametrize("by", ["teacher", "head_of_office", "duty_officer"])
def test_after_the_first_signature_a_file_is_refused_and_the_way_is_named(
    desk: Desk, by: str
) -> None:
    record = desk.offered()
    desk.sign(record, "mother")

    with pytest.raises(WrongState, match="新版本"):
        add(desk, record, by=by)
    assert page(desk, record, by=by).kind == "SIGNED_PAGE"


def test_before_it_a_colleague_adds_the_signed_page_alone(desk: Desk) -> None:
    record = desk.offered()

    with pytest.raises(NotAllowed, match="签字页"):
        add(desk, record, by="head_of_office")
    assert page(desk, record, by="head_of_office").uploaded_by == desk.world["head_of_office"]
    with pytest.raises(NotAllowed):
        page(desk, record, by="mother")


def test_a_father_who_signs_on_paper_after_all_others_still_can(desk: Desk) -> None:
    record = desk.effective()

    on_paper(desk, record, page(desk, record), signer="father")

    assert desk.now(record).state == "EFFECTIVE"
    assert intact(desk, record)


def test_a_page_is_no_part_of_the_words(desk: Desk) -> None:
    record = desk.offered()
    read = desk.mark(record, "mother")
    page(desk, record)

    desk.sign(record, "mother", as_read=read)

    assert intact(desk, record)


def test_at_home_a_page_is_there_once_a_signature_stands_on_it(desk: Desk) -> None:
    record = desk.offered()
    scan = page(desk, record)
    plain = file_names.plain(scan)
    assert plain.startswith("签字页-")
    assert seen(desk, record, "duty_officer") == [plain]
    assert seen(desk, record, "mother") == seen(desk, record, "student") == []
    with pytest.raises(NotFound):
        attachments.open_(
            school_id=desk.world.id, by=desk.world["mother"], at=desk.at, attachment_id=scan.pk
        )

    on_paper(desk, record, scan)

    assert seen(desk, record, "mother") == seen(desk, record, "father") == [plain]
    with tenancy.scope(desk.world.id):
        assert "G" in FileEntry.objects.get(object_id=scan.pk).readers


def test_the_database_itself_takes_nothing_else_to_a_signed_version(desk: Desk) -> None:
    record = desk.offered()
    early = add(desk, record)
    desk.sign(record, "mother")
    scan = page(desk, record)

    for change in ({"kind": "FILE"}, {"record_id": None, "kind": "FILE"}, {"sha256": b"x" * 32}):
        with tenancy.scope(desk.world.id):
            found = Attachment.objects.filter(pk=scan.pk)
            with pytest.raises(IntegrityError, match="signed record"), transaction.atomic():
                found.update(**change)
    with tenancy.scope(desk.world.id):
        early.pk, early.blob, early._state.adding = uuid4(), "another", True
        with pytest.raises(IntegrityError, match="signed record"), transaction.atomic():
            early.save(force_insert=True)
