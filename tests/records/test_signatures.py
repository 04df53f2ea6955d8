"""Both sides' word: five ways to give it, one to refuse it, and what makes a record effective."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records.models import Attachment, CommunicationRecord, Signature
from tests.factories import NOW, World
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db


def scan(world: World, record: CommunicationRecord) -> Attachment:
    with tenancy.scope(world.id):
        return Attachment.objects.create(
            school_id=world.id,
            student=world.student,
            record_id=record.pk,
            kind="SIGNED_PAGE",
            name="签字页.jpg",
            media_type="image/jpeg",
            size=10,
            sha256=b"s" * 32,
            original_sha256=b"o" * 32,
            redaction="NONE",
            blob=uuid4().hex,
            uploaded_by=world["teacher"],
            uploaded_at=NOW,
        )


@pytest.mark.parametrize("order", [("teacher", "mother"), ("mother", "teacher")])
def test_both_sides_make_it_effective_in_either_order(desk: Desk, order: tuple[str, str]) -> None:
    record = desk.offered()
    desk.sign(record, order[0])
    assert desk.now(record).state == "PENDING_SIGNATURES"
    desk.sign(record, order[1], method="LINK")

    now = desk.now(record)
    assert (now.state, now.standing, now.effective_at) == ("EFFECTIVE", "SIGNED", NOW)


def test_two_signatures_of_one_side_are_not_both_sides(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "mother")
    desk.sign(record, "father")

    assert desk.now(record).state == "PENDING_SIGNATURES"


def test_signing_twice_is_signing_once(desk: Desk, world: World) -> None:
    record = desk.offered()
    desk.sign(record, "mother")
    desk.sign(record, "mother")
    with tenancy.scope(world.id):
        assert Signature.objects.filter(record=record).count() == 1


def test_everybody_signs_the_same_content(desk: Desk, world: World) -> None:
    record = desk.effective()
    with tenancy.scope(world.id):
        proofs = {bytes(proof) for proof in Signature.objects.values_list("proof", flat=True)}

    assert proofs == {bytes(desk.now(record).content_hash or b"")}


def test_a_refusal_makes_it_the_schools_record(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.refuse(record, "mother")

    now = desk.now(record)
    assert (now.state, now.standing) == ("EFFECTIVE", "UNSIGNED")


def test_one_guardians_signature_counts_whatever_the_other_says(desk: Desk) -> None:
    record = desk.offered()
    desk.refuse(record, "father")
    desk.sign(record, "mother")
    desk.sign(record, "teacher")

    assert desk.now(record).standing == "SIGNED"


def test_a_refusal_says_why_and_cannot_become_a_signature(desk: Desk) -> None:
    record = desk.offered()
    with pytest.raises(InvalidInput):
        desk.refuse(record, "mother", reason=" ")
    desk.refuse(record, "mother")

    with pytest.raises(WrongState):
        desk.sign(record, "mother")


def test_the_author_does_not_refuse_what_they_wrote(desk: Desk) -> None:
    record = desk.offered()

    with pytest.raises(NotAllowed):
        desk.refuse(record, "teacher")


def test_read_back_on_the_phone_with_a_second_member_of_staff(desk: Desk, world: World) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.witness(record)

    assert desk.now(record).standing == "SIGNED"
    with tenancy.scope(world.id):
        given = Signature.objects.get(record=record, method="PHONE")
    assert (given.signer_id, given.recorded_by_id, given.witness_id, given.side) == (
        world["mother"].pk, world["teacher"].pk, world["duty_officer"].pk, "FAMILY",
    )  # fmt: skip


def test_a_paper_signature_comes_with_its_scan(desk: Desk, world: World) -> None:
    record = desk.offered()
    page = scan(world, record)
    desk.witness(record, method="PAPER", scan=page.pk)

    with tenancy.scope(world.id):
        assert Signature.objects.get(record=record).scan_id == page.pk


def test_a_refusal_at_the_table_has_a_witness(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.witness(record, method="REFUSED", reason="不同意“多次”")

    assert desk.now(record).standing == "UNSIGNED"


BAD: list[tuple[str, dict[str, Any]]] = [
    ("witness", {"witness": "teacher"}),
    ("witness", {"witness": "mother"}),
    ("witness", {"witness": "father"}),
    ("method", {"method": "IN_APP"}),
    ("scan", {"method": "PAPER"}),
    ("scan", {"method": "PAPER", "scan": uuid4()}),
    ("reason", {"method": "REFUSED"}),
    ("signer", {"signer": "stranger"}),
]


@pytest.mark.parametrize(("field", "given"), BAD)
def test_a_word_that_nobody_could_check_is_refused(
    desk: Desk, field: str, given: dict[str, Any]
) -> None:
    record = desk.offered()
    with pytest.raises(InvalidInput) as refused:
        desk.witness(record, **given)

    assert refused.value.field == field


def test_a_scan_of_another_record_is_no_scan(desk: Desk, world: World) -> None:
    record, other = desk.offered(), desk.offered()
    page = scan(world, other)

    with pytest.raises(InvalidInput):
        desk.witness(record, method="PAPER", scan=page.pk)


@pytest.mark.parametrize("who", ["head_of_office", "grade_leader", "auditor"])
def test_who_is_no_side_signs_nothing(desk: Desk, who: str) -> None:
    record = desk.offered()

    with pytest.raises(NotAllowed):
        desk.sign(record, who)


@pytest.mark.parametrize("who", ["stranger", "mentor", "classmate"])
def test_who_may_not_know_of_it_signs_nothing(desk: Desk, who: str) -> None:
    record = desk.offered()

    with pytest.raises(NotFound):
        desk.sign(record, who)


def test_a_minors_signature_does_not_replace_the_familys(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.sign(record, "student")

    assert desk.now(record).state == "PENDING_SIGNATURES"


@pytest.mark.parametrize(
    ("born", "state"), [((2008, 10, 9), "EFFECTIVE"), ((2008, 10, 10), "PENDING_SIGNATURES")]
)
def test_at_eighteen_ones_own_word_counts(
    desk: Desk, world: World, born: tuple[int, int, int], state: str
) -> None:
    with tenancy.scope(world.id):
        world.student.birth_date = date(*born)
        world.student.save(update_fields=["birth_date"])
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.sign(record, "student")

    assert desk.now(record).state == state


def test_a_draft_is_signed_by_nobody(desk: Desk) -> None:
    record = desk.drafted()

    with pytest.raises(WrongState):
        desk.sign(record, "teacher")
