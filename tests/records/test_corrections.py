"""What an accepted objection is corrected in: one next version, whoever asked for it and when."""

import pytest

from parties import tenancy
from parties.errors import WrongState
from records import discarding, objections
from records.models import CommunicationRecord, Objection
from tests.records.desk import Desk, next_version

pytestmark = pytest.mark.django_db


def answer(desk: Desk, objection: Objection, reply: str = "ACCEPTED") -> Objection:
    with desk.as_("teacher") as viewer:
        return objections.answer(
            viewer, objection_id=objection.pk, reply=reply, words="改为列出日期。"
        )


def content(desk: Desk, objection: Objection, by: str) -> str:
    with desk.as_(by) as viewer:
        return str(objections.content(viewer, objection_id=objection.pk).state)


def versions(desk: Desk, record: CommunicationRecord) -> list[tuple[int, str]]:
    with tenancy.scope(desk.world.id):
        found = CommunicationRecord.objects.filter(record_no=record.record_no)
        return [(one.version, str(one.state)) for one in found.order_by("version")]


def take_effect(desk: Desk, record: CommunicationRecord) -> None:
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")


def correction(objection: Objection) -> CommunicationRecord:
    assert objection.correction is not None
    return objection.correction


@pytest.mark.parametrize("reply", ["ACCEPTED", "PARTLY"])
def test_both_guardians_objections_are_accepted_in_one_next_version(desk: Desk, reply: str) -> None:
    record = desk.effective()
    mothers, fathers = desk.object(record), desk.object(record, by="father")

    first, second = answer(desk, mothers), answer(desk, fathers, reply)

    assert first.correction_id == second.correction_id is not None
    assert (second.state, second.reply) == ("ANSWERED", reply)
    assert versions(desk, record) == [(1, "UNDER_OBJECTION"), (2, "DRAFT")]
    take_effect(desk, correction(first))
    assert content(desk, mothers, "mother") == content(desk, fathers, "father") == "SETTLED"
    assert versions(desk, record) == [(1, "SUPERSEDED"), (2, "EFFECTIVE")]


def test_a_version_that_was_begun_after_an_objection_is_its_correction(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    begun = next_version(desk, record)

    assert answer(desk, filed).correction_id == begun


@pytest.mark.parametrize("signed", [False, True])
def test_one_that_both_sides_read_by_now_is_its_correction_too(desk: Desk, signed: bool) -> None:
    record = desk.effective()
    mothers, fathers = desk.object(record), desk.object(record, by="father")
    newer = correction(answer(desk, mothers))
    desk.check(newer)
    desk.offer(newer)
    if signed:
        desk.sign(newer, "teacher")

    assert answer(desk, fathers).correction_id == newer.pk


def test_what_took_effect_after_the_objection_is_its_correction(desk: Desk) -> None:
    record = desk.effective()
    mothers, fathers = desk.object(record), desk.object(record, by="father")
    newer = correction(answer(desk, mothers))
    desk.later(hours=1)
    take_effect(desk, newer)

    assert answer(desk, fathers).correction_id == newer.pk
    assert versions(desk, record) == [(1, "SUPERSEDED"), (2, "EFFECTIVE")]


def test_more_can_still_be_corrected_in_a_further_version(desk: Desk) -> None:
    record = desk.effective()
    mothers, fathers = desk.object(record), desk.object(record, by="father")
    newer = correction(answer(desk, mothers))
    desk.later(hours=1)
    take_effect(desk, newer)
    third = next_version(desk, newer)

    assert answer(desk, fathers).correction_id == third


def test_a_version_put_aside_is_no_correction(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    begun = next_version(desk, record)
    with desk.as_("teacher") as viewer:
        discarding.discard(viewer, record_id=begun, reason="写错了，重新来。")

    assert correction(answer(desk, filed)).version == 3


def test_the_shared_correction_stays_until_the_last_of_them_is_over(desk: Desk) -> None:
    record = desk.effective()
    mothers, fathers = desk.object(record), desk.object(record, by="father")
    newer = correction(answer(desk, mothers))
    answer(desk, fathers)
    content(desk, mothers, "mother")

    with desk.as_("teacher") as viewer, pytest.raises(WrongState, match="更正"):
        discarding.discard(viewer, record_id=newer.pk, reason="写错了，重新来。")


def test_a_refusal_begins_nothing(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)

    assert answer(desk, filed, "REFUSED").correction_id is None
    assert versions(desk, record) == [(1, "UNDER_OBJECTION")]
