"""A refusal that staff wrote down, and the guardian's own beside it, with their own reason."""

import pytest

from parties import tenancy
from parties.errors import WrongState
from records.models import CommunicationRecord, Signature
from tests.factories import World
from tests.portal.visitors import by_password
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

TOLD, OWN = "家长说“不想签”。", "10月8日那天我没有到校，时间写错了。"


def told(desk: Desk) -> CommunicationRecord:
    record = desk.offered()
    desk.witness(record, method="REFUSED", reason=TOLD)
    return record


def words(desk: Desk) -> list[tuple[str, bool]]:
    with tenancy.scope(desk.world.id):
        rows = Signature.objects.filter(signer=desk.world["mother"]).order_by("at", "pk")
        return [(one.reason, one.is_own_refusal) for one in rows]


def test_what_staff_wrote_down_does_not_take_the_place_of_her_own_reason(desk: Desk) -> None:
    record = told(desk)
    desk.later(minutes=1)
    desk.refuse(record, "mother", OWN)
    desk.refuse(record, "mother", OWN)  # a second tap

    assert words(desk) == [(TOLD, False), (OWN, True)]
    desk.sign(record, "teacher")
    now = desk.now(record)
    assert (now.state, now.standing) == ("EFFECTIVE", "UNSIGNED")


def test_her_own_word_is_the_last_one(desk: Desk) -> None:
    record = told(desk)
    desk.later(minutes=1)
    desk.refuse(record, "mother", OWN)

    with pytest.raises(WrongState):
        desk.refuse(record, "mother", "还有一处不对")
    with pytest.raises(WrongState):
        desk.sign(record, "mother")
    desk.witness(record, method="REFUSED", reason=TOLD)  # the same once more: one act
    with pytest.raises(WrongState):
        desk.witness(record, method="PHONE")
    assert words(desk) == [(TOLD, False), (OWN, True)]


def test_who_signed_after_all_does_not_refuse(desk: Desk) -> None:
    record = told(desk)
    desk.sign(record, "mother")

    with pytest.raises(WrongState):
        desk.refuse(record, "mother", OWN)


def test_the_button_on_her_page_takes_it(desk: Desk, world: World) -> None:
    record = told(desk)
    phone = by_password(world, "mother")
    phone.open(f"/records/{record.pk}")
    assert "不签字，提交理由" in phone.text

    assert phone.send(f"/records/{record.pk}/refuse", reason=OWN).status_code == 200

    assert OWN in phone.text
    assert TOLD in phone.text
    assert "不签字，提交理由" not in phone.text
