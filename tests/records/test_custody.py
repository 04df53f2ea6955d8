"""Who got a copy of which version, and why a file is gone: for the office, the auditor, oneself."""

import pytest

from parties.errors import NotFound
from records import attachments, custody, destroying, record_copies
from records.attachments import Upload
from records.models import CommunicationRecord
from records.record_copies import Purpose
from tests.records.desk import Desk, next_version
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db

WHY = "照片里有别的同学"


FOR_THE_BUREAU = (1, "duty_officer", "authority")


def copies(desk: Desk, record: CommunicationRecord, by: str) -> list[tuple[int, str, str]]:
    with desk.as_(by) as viewer:
        return [(one.version, one.to.name, one.how) for one in custody.copies(viewer, record.pk)]


def take(desk: Desk, record: CommunicationRecord, by: str, purpose: Purpose = Purpose.KEEP) -> None:
    record_copies.export(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, record_id=record.pk,
        form="json", purpose=purpose,
    )  # fmt: skip


def purposes(desk: Desk, record: CommunicationRecord, by: str) -> list[tuple[int, str, str]]:
    with desk.as_(by) as viewer:
        return [
            (one.version, one.to.name, one.purpose) for one in custody.copies(viewer, record.pk)
        ]


def handed_out(desk: Desk) -> CommunicationRecord:
    record = desk.effective()
    for who in ("mother", "student"):
        desk.later(minutes=1)
        take(desk, record, who)
    return record


@pytest.mark.parametrize("who", ["duty_officer", "head_of_office", "auditor"])
def test_the_office_and_the_auditor_know_of_every_copy(desk: Desk, who: str) -> None:
    found = copies(desk, handed_out(desk), who)

    assert {(1, "mother", "EXPORT"), (1, "student", "EXPORT")} <= set(found)


@pytest.mark.parametrize("who", ["mother", "student", "father", "teacher", "grade_leader"])
def test_everybody_else_knows_of_their_own_alone(desk: Desk, who: str) -> None:
    found = copies(desk, handed_out(desk), who)

    assert {name for _, name, _ in found} <= {who}
    assert bool(found) or who in ("father", "teacher", "grade_leader")


@pytest.mark.parametrize("who", ["head_of_office", "auditor"])
def test_a_copy_for_an_authority_stands_beside_one_to_keep(desk: Desk, who: str) -> None:
    record = handed_out(desk)
    for purpose in (Purpose.KEEP, Purpose.AUTHORITY, Purpose.AUTHORITY):
        take(desk, record, "duty_officer", purpose)

    said = [one for one in purposes(desk, record, who) if one[1] == "duty_officer"]

    assert sorted(said) == sorted([FOR_THE_BUREAU, (1, "duty_officer", "keep")])


def test_a_family_knows_of_no_copy_for_an_authority(desk: Desk) -> None:
    record = handed_out(desk)
    take(desk, record, "duty_officer", Purpose.AUTHORITY)

    for who in ("mother", "student", "teacher"):
        assert FOR_THE_BUREAU not in purposes(desk, record, who)


def test_for_a_stranger_there_is_no_record(desk: Desk) -> None:
    record = handed_out(desk)

    for who in ("stranger", "mentor", "classmate"):
        with pytest.raises(NotFound):
            copies(desk, record, who)


def test_copies_of_an_earlier_version_stay_with_the_later(desk: Desk) -> None:
    record = handed_out(desk)
    made = desk.now(CommunicationRecord(pk=next_version(desk, record)))
    desk.check(made)
    desk.offer(made)
    for who in ("teacher", "mother"):
        desk.sign(made, who)
    take(desk, made, "mother")

    versions = [version for version, name, _ in copies(desk, made, "auditor") if name == "mother"]

    assert set(versions) == {1, 2}


def test_an_officer_reads_as_a_parent_about_their_own_child(desk: Desk) -> None:
    record = handed_out(desk)
    with desk.as_("mother"):
        desk.world.student.guardian_links.create(
            school=desk.world.school, guardian=desk.world["duty_officer"], relation="OTHER"
        )

    assert copies(desk, record, "duty_officer") == []


def test_why_a_file_is_gone_is_for_the_office_and_the_auditor(desk: Desk) -> None:
    record = desk.drafted()
    file = attachments.store(
        school_id=desk.world.id, by=desk.world["teacher"], at=desk.at, record_id=record.pk,
        upload=Upload(source=jpeg(), name="a.jpg", media_type="image/jpeg"),
    )  # fmt: skip
    desk.check(record)
    desk.offer(record)
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    desk.later(minutes=1)
    destroying.destroy(
        school_id=desk.world.id, by=desk.world["head_of_office"], at=desk.at,
        attachment_id=file.pk, why="others", reason=WHY,
    )  # fmt: skip

    def reasons(who: str) -> list[tuple[str, str]]:
        with desk.as_(who) as viewer:
            gone = custody.destroyed(viewer, record.pk)
            return [(one.by.name if one.by else "", one.reason) for one in gone]

    for who in ("duty_officer", "head_of_office", "auditor"):
        assert reasons(who) == [("head_of_office", WHY)], who
    for who in ("mother", "student", "teacher", "grade_leader"):
        assert reasons(who) == [], who
