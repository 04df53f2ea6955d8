"""The index of the locked cabinet: where the paper of a signature lies, for the school alone."""

import json
from typing import Any

import pytest

from parties.errors import InvalidInput
from records import attachments, record_copies
from records.models import CommunicationRecord
from tests.records.desk import Desk
from tests.records.uploads import files

pytestmark = pytest.mark.django_db

PLACE = "3号柜／2026-2册"


def on_paper(desk: Desk, **given: Any) -> CommunicationRecord:
    record = desk.offered()
    upload = attachments.Upload(
        source=files.jpeg(), name="签字页.jpg", media_type="image/jpeg", kind="SIGNED_PAGE"
    )
    page = attachments.store(
        school_id=desk.world.id,
        by=desk.world["teacher"],
        at=desk.at,
        record_id=record.pk,
        upload=upload,
    )
    desk.witness(record, method="PAPER", scan=page.pk, **given)
    return record


def printed(desk: Desk, record: CommunicationRecord, by: str) -> Any:
    copy = record_copies.export(
        school_id=desk.world.id,
        by=desk.world[by],
        at=desk.at,
        record_id=record.pk,
        form="json",
        purpose=record_copies.Purpose.KEEP,
    )
    return json.loads(copy.data)["body"]["signatures"][0]["kept_at"]


def test_the_school_finds_the_paper_who_filed_it_and_when(desk: Desk) -> None:
    record = on_paper(desk, kept_at=f" {PLACE} ")

    for reader in ("teacher", "duty_officer"):
        file = desk.read(record, reader)
        assert list(file.kept_at.values()) == [PLACE], reader
        (signature,) = file.signatures
        assert (signature.recorded_by_id, signature.at) == (desk.world["teacher"].pk, desk.at)
        assert printed(desk, record, reader) == PLACE


def test_nobody_at_home_and_no_reader_of_the_outline_learns_of_the_cabinet(desk: Desk) -> None:
    record = on_paper(desk, kept_at=PLACE)

    for reader in ("mother", "student", "grade_leader", "auditor"):
        assert desk.read(record, reader).kept_at == {}, reader
    assert printed(desk, record, "mother") == ""


def test_only_a_paper_lies_somewhere(desk: Desk) -> None:
    record = desk.offered()
    with pytest.raises(InvalidInput) as refused:
        desk.witness(record, method="PHONE", kept_at=PLACE)

    assert refused.value.field == "kept_at"


def test_its_place_is_short(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        on_paper(desk, kept_at="柜" * 61)

    assert refused.value.field == "kept_at"
