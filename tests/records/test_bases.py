"""A psychological report lies on the table by a consent that holds, or by a duty with its name."""

from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from parties.models import GuardianLink, Restriction
from records import communication, content, drafts
from records.draft_input import Prepared
from records.meetings import dossier
from records.models import CommunicationRecord, PreparedItem
from tests.factories import NOW, World
from tests.records.consented import give, withdraw
from tests.records.desk import Desk, next_version
from tests.records.meeting_days import prepared as meeting_prepared

pytestmark = pytest.mark.django_db

DUTY = {"basis": "DUTY", "duty": "TALK", "basis_note": "与家长沟通近期情绪状况须用到"}


def lay(desk: Desk, record: CommunicationRecord, **item: Any) -> PreparedItem:
    values = {"kind": "PSY_REPORT", "basis": "CONSENT", **item}
    with desk.as_("teacher") as viewer:
        drafts.prepare(viewer, record_id=record.pk, items=[Prepared(**values)])
    with tenancy.scope(desk.world.id):
        return PreparedItem.objects.get(record=record)


def refused(field: str) -> Any:
    return pytest.raises(InvalidInput, check=lambda no: no.field == field)


def papers_of(desk: Desk, record_id: Any) -> list[str]:
    with tenancy.scope(desk.world.id):
        rows = PreparedItem.objects.filter(record_id=record_id)
        return sorted(rows.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"basis": ""}, "basis"),
        ({"basis_note": "同意书 TY-7"}, "basis"),  # told about, but nowhere to be found
        ({"basis": "DUTY", "duty": "TALK"}, "basis_note"),
        ({"basis": "DUTY", "basis_note": "班主任职责"}, "duty"),
        ({**DUTY, "duty": "HABIT"}, "duty"),
        ({**DUTY, "basis": "CONSENT"}, "duty"),
    ],
)
def test_no_report_without_a_consent_that_holds_or_a_named_duty(
    desk: Desk, item: dict[str, Any], field: str
) -> None:
    with refused(f"prepared.0.{field}"):
        lay(desk, desk.write(), **item)


def test_the_paper_keeps_the_consent_that_held(desk: Desk) -> None:
    consent = give(desk)

    assert lay(desk, desk.write()).consent_id == consent.pk


def test_a_duty_needs_no_consent_and_keeps_its_provision(desk: Desk) -> None:
    laid = lay(desk, desk.write(), **DUTY)

    assert (laid.consent_id, laid.duty) == (None, "TALK")
    assert "《精神卫生法》第十六条第四款" in laid.get_duty_display()


def test_a_consent_of_another_student_counts_for_nobody_else(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        world.student = world["classmate"].student
    consent_of_classmate = give(
        desk, "counsellor", giver="classmate", proof="PAPER", proof_note="心理室 2号柜"
    )
    with tenancy.scope(world.id):
        world.student = world["student"].student

    assert consent_of_classmate.student_id != world.student.pk
    with refused("prepared.0.basis"):
        lay(desk, desk.write())


def test_a_consent_that_ran_out_or_was_taken_back_does_not_hold(desk: Desk) -> None:
    consent = give(desk)
    withdraw(desk, consent)
    with refused("prepared.0.basis"):
        lay(desk, desk.write())
    give(desk)
    desk.later(days=31)

    with refused("prepared.0.basis"):
        lay(desk, desk.write())


def test_the_consent_of_a_guardian_who_is_barred_by_now_does_not_hold(
    desk: Desk, world: World
) -> None:
    give(desk)
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["mother"],
            kind="NO_CONTACT",
            starts_at=NOW,
        )

    with refused("prepared.0.basis"):
        lay(desk, desk.write())


def test_the_consent_of_somebody_who_is_no_guardian_any_more_does_not_hold(
    desk: Desk, world: World
) -> None:
    give(desk)
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(student=world.student, guardian=world["mother"])
        link.end()
        link.save()

    with refused("prepared.0.basis"):
        lay(desk, desk.write())


def test_a_draft_whose_consent_was_taken_back_is_neither_checked_nor_offered(desk: Desk) -> None:
    consent = give(desk)
    early, late = desk.drafted(), desk.drafted()
    lay(desk, early)
    lay(desk, late)
    desk.check(late)
    withdraw(desk, consent)

    with refused("prepared"):
        desk.check(early)
    with refused("prepared"):
        desk.offer(late)


def test_what_was_signed_stays_and_the_next_version_does_not_carry_it_on(desk: Desk) -> None:
    consent = give(desk)
    record = desk.drafted()
    lay(desk, record)
    desk.check(record)
    desk.offer(record)
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    withdraw(desk, consent)

    made = next_version(desk, record)

    assert (papers_of(desk, record.pk), papers_of(desk, made)) == (["PSY_REPORT"], [])
    with tenancy.scope(desk.world.id):
        assert content.is_intact(CommunicationRecord.objects.get(pk=record.pk))


def test_the_next_version_keeps_a_report_whose_consent_holds(desk: Desk) -> None:
    consent = give(desk)
    record = desk.drafted()
    lay(desk, record)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")

    made = next_version(desk, record)

    with tenancy.scope(desk.world.id):
        assert PreparedItem.objects.get(record_id=made).consent_id == consent.pk
    with desk.as_("teacher") as viewer:
        communication.check(viewer, record_id=made)


def test_a_new_consent_does_not_bring_back_what_rested_on_the_old_one(desk: Desk) -> None:
    consent = give(desk)
    record = desk.drafted()
    lay(desk, record)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    withdraw(desk, consent)
    give(desk)

    assert papers_of(desk, next_version(desk, record)) == []


def test_the_papers_of_a_meeting_keep_their_consent_too(desk: Desk, world: World) -> None:
    consent = give(desk)
    meeting = meeting_prepared(world)
    with tenancy.scope(world.id):
        item = dossier.add(
            meeting_id=meeting.pk, kind="PSY_REPORT", note="", by=world["teacher"], at=NOW,
            basis="CONSENT",
        )  # fmt: skip

    assert item.consent_id == consent.pk
