"""What waits for an answer, and then for the office that judges, stands on their first page."""

import pytest

from records import objections
from tests.factories import World
from tests.portal.visitors import by_password
from tests.records.agreed import at
from tests.records.desk import Desk
from tests.records.test_objections import handed_over
from workflow import unanswered

TITLE = "请复核的异议"
TO_ANSWER = "请答复的异议"


@pytest.mark.parametrize(
    ("who", "sees"),
    [("head_of_office", True), ("teacher", False), ("vice_principal", False), ("mother", False)],
)
@pytest.mark.django_db
def test_an_objection_nobody_answered(world: World, who: str, sees: bool) -> None:
    desk = Desk(world)
    record = desk.effective()
    desk.at = at(16, 17)
    objection = desk.object(record)
    assert unanswered.look_due(via="test", at=at(21, 8)) == 1

    phone = by_password(world, who)
    phone.open("/")
    assert (TITLE in phone.text, objection.receipt_no in phone.text) == (sees, sees)
    if sees:
        phone.open(f"/records/{record.pk}")
        assert "已转德育处复核" in phone.text


@pytest.mark.parametrize(
    ("who", "sees"),
    [("teacher", True), ("head_of_office", False), ("grade_leader", False), ("mother", False)],
)
@pytest.mark.django_db
def test_an_objection_waits_for_whoever_wrote_the_record(
    world: World, who: str, sees: bool
) -> None:
    desk = Desk(world)
    record = desk.effective()
    objection = desk.object(record)

    phone = by_password(world, who)
    phone.open("/")
    assert (TO_ANSWER in phone.text, objection.receipt_no in phone.text) == (sees, sees)
    if not sees:
        return

    with desk.as_("teacher") as viewer:
        objections.answer(viewer, objection_id=objection.pk, reply="REFUSED", words="按记录为准")
    phone.open("/")
    assert TO_ANSWER not in phone.text


@pytest.mark.django_db
def test_an_objection_to_who_left_waits_for_who_has_the_class_now(world: World) -> None:
    desk = Desk(world)
    objection = desk.object(desk.effective())
    handed_over(desk)

    for who, sees in (("new_teacher", True), ("grade_leader", False)):
        phone = by_password(world, who)
        phone.open("/")
        assert (objection.receipt_no in phone.text) == sees, who
