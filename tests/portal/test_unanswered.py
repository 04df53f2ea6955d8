"""What waits for the office that judges stands on its first page, and on nobody else's."""

import pytest

from tests.factories import World
from tests.portal.visitors import by_password
from tests.records.agreed import at
from tests.records.desk import Desk
from workflow import unanswered

TITLE = "请复核的异议"


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
