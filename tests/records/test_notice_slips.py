"""Printed slips: for which children, by whom, and the scan that comes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from parties.models import GuardianLink, Person, Student
from records import notice_slips, notice_witnesses
from records.models import Attachment, NoticeReceipt
from records.notice_papers import OnPaper
from records.printing.documents import NoticeSlips, Watermark
from tests.factories import World
from tests.processes.notice_walk import FRIDAY, Sent, drafted, second_family, sent
from tests.records.desk import Desk
from tests.records.test_attachments import add, take_out
from workflow import notice_answering

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper_family(world: World) -> Student:
    """A classmate whose mother has neither phone nor mail; the student's parents have."""
    child = second_family(world)
    with tenancy.scope(world.id):
        mother = Person.objects.get(pk=world["other_mother"].pk)
        mother.phone, mother.phone_index = "", None
        mother.save()
    return child


def collect(
    world: World, walk: Sent, who: str = "teacher", student: UUID | None = None
) -> tuple[NoticeSlips, Watermark]:
    with tenancy.scope(world.id):
        return notice_slips.collect(
            viewer=Viewer.load(world[who], at=walk.at),
            notice_id=walk.notice_id,
            student_id=student,
        )


def children(found: tuple[NoticeSlips, Watermark]) -> list[str]:
    return [slip.student.name for slip in found[0].slips]


def test_slips_are_for_families_without_phone_and_mail(world: World, paper_family: Student) -> None:
    walk = sent(world)

    assert children(collect(world, walk)) == ["classmate"]


def test_a_phone_of_one_guardian_is_enough(world: World, paper_family: Student) -> None:
    with tenancy.scope(world.id):
        father = world.add("other_father", phone="+8619955000002")
        GuardianLink.objects.create(
            school=world.school, student=paper_family, guardian=father, relation="FATHER"
        )
    walk = sent(world)

    with pytest.raises(WrongState):
        collect(world, walk)


def test_who_has_answered_needs_no_slip_any_more(world: World, paper_family: Student) -> None:
    walk = sent(world)
    with tenancy.scope(world.id):
        theirs = NoticeReceipt.objects.get(guardian=world["other_mother"])
    notice_answering.confirm(
        school_id=world.id, receipt_id=theirs.pk, by=world["other_mother"], at=walk.at, how="APP"
    )

    with pytest.raises(WrongState):
        collect(world, walk)


def test_one_child_gets_a_slip_whatever_phone_there_is(world: World) -> None:
    walk = sent(world, strength="SIGN", needs_answer=True)

    (slip,) = collect(world, walk, student=world.student.pk)[0].slips

    assert (slip.student.name, slip.title) == ("student", "家长会通知")
    assert slip.paragraphs == ("各位家长：下周五下午两点召开家长会，请准时参加。",)
    assert slip.slip_no == notice_slips.number_of(walk.notice_id, world.student.pk)
    assert slip.code == f"{slip.slip_no}:{bytes(walk.notice.text_hash or b'').hex()[:16]}"
    assert slip.reply_lines > 0


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("stranger", NotFound), ("mother", NotFound), ("mentor", NotFound), ("student", NotFound),
        ("head_of_office", NotAllowed), ("grade_leader", NotAllowed),
    ],
)  # fmt: skip
def test_slips_are_for_whoever_calls_the_family(
    world: World, who: str, error: type[Exception]
) -> None:
    walk = sent(world)

    with pytest.raises(error):
        collect(world, walk, who, world.student.pk)


def test_nobody_prints_for_the_own_family(world: World) -> None:
    walk = sent(world)
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school,
            student=world.student,
            guardian=world["teacher"],
            relation="MOTHER",
            contact_priority=9,
        )

    with pytest.raises(NotFound):
        collect(world, walk, student=world.student.pk)


def test_before_it_was_sent_there_is_no_slip(world: World) -> None:
    walk = drafted(world)

    with pytest.raises(WrongState):
        collect(world, walk, student=world.student.pk)


def test_printing_is_an_event_with_ids_and_a_count(world: World, paper_family: Student) -> None:
    walk = sent(world)
    _, mark = collect(world, walk)

    with tenancy.scope(world.id):
        event = Event.objects.get(kind="notice.slip_printed")
    assert (mark.reader, event.actor) == ("teacher", world["teacher"].pk)
    assert f"student:{paper_family.pk}" in event.refs
    assert b'"payload":{"count":1}' in bytes(event.body)


# --- the scan that comes back ---------------------------------------------------------------------


def attachment(world: World, student: Student) -> Attachment:
    with tenancy.scope(world.id):
        return Attachment.objects.create(
            school=world.school,
            student=student,
            name="回执.pdf",
            media_type="application/pdf",
            size=13,
            sha256=b"s" * 32,
            original_sha256=b"o" * 32,
            redaction=Attachment.Redaction.NONE,
            blob=uuid4().hex,
            uploaded_by=world["teacher"],
            uploaded_at=FRIDAY,
        )


def on_paper(walk: Sent, scan: UUID) -> NoticeReceipt:
    world = walk.world
    given: dict[str, Any] = {"student_id": world.student.pk, "guardian_id": world["father"].pk}
    return notice_answering.by_staff(
        school_id=world.id,
        notice_id=walk.notice_id,
        by=world["teacher"],
        at=walk.at,
        given=OnPaper(**given, how="PAPER", scan=scan, witness_id=world["counsellor"].pk),
    )


def test_who_audits_stands_beside_nobody(world: World) -> None:
    walk = sent(world, strength="CONFIRM")
    given = OnPaper(
        student_id=world.student.pk, guardian_id=world["father"].pk, how="PHONE",
        witness_id=world["auditor"].pk,
    )  # fmt: skip

    with pytest.raises(InvalidInput, match="不能是审计员") as refused:
        notice_answering.by_staff(
            school_id=world.id, notice_id=walk.notice_id, by=world["teacher"], at=walk.at,
            given=given,
        )  # fmt: skip

    assert refused.value.field == "witness"
    with tenancy.scope(world.id):
        offered = notice_witnesses.colleagues(world.student.pk, by=world["teacher"], at=walk.at)
        assert world["auditor"] not in offered
        assert world["counsellor"] in offered


def test_a_signed_slip_comes_back_with_its_scan(world: World) -> None:
    walk = sent(world, strength="SIGN")
    scan = attachment(world, world.student)

    assert on_paper(walk, scan.pk).state == NoticeReceipt.State.SIGNED
    assert walk.receipt("father").scan == scan.pk


def test_a_scan_of_nobody_of_another_child_or_destroyed_is_refused(world: World) -> None:
    walk = sent(world, strength="SIGN")
    other = attachment(world, second_family(world))
    gone = attachment(world, world.student)
    with tenancy.scope(world.id):
        gone.destroy(by=gone.uploaded_by, at=FRIDAY)
        gone.save()

    for scan in (uuid4(), other.pk, gone.pk):
        with pytest.raises(InvalidInput) as refused:
            on_paper(walk, scan)
        assert (refused.value.field, "上传" in refused.value.mend) == ("scan", True)
    assert walk.receipt("father").state == NoticeReceipt.State.PENDING


def test_a_file_of_a_record_that_an_answer_rests_on_is_not_taken_out(world: World) -> None:
    walk = sent(world, strength="SIGN")
    desk = Desk(world, at=walk.at)
    made = add(desk, desk.drafted())
    walk.at += timedelta(minutes=1)
    assert on_paper(walk, made.pk).state == NoticeReceipt.State.SIGNED

    with pytest.raises(WrongState):
        take_out(desk, made, "teacher")

    with tenancy.scope(world.id):
        assert Attachment.objects.get(pk=made.pk).state == Attachment.State.STORED
