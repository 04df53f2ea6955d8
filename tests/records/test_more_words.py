"""Words that come with a second word about a record are refused aloud, not lost with a success."""

import pytest

from parties import tenancy
from parties.errors import WrongState
from records.models import Signature
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

MORE = "孩子昨晚说不想活了，记录里没有写"


def words(desk: Desk) -> list[tuple[str, str]]:
    with tenancy.scope(desk.world.id):
        return [(one.reason, one.note) for one in Signature.objects.order_by("at")]


@pytest.mark.parametrize("note", ["", "已阅"])
def test_the_same_again_changes_nothing(desk: Desk, note: str) -> None:
    record = desk.offered()
    desk.sign(record, "mother", note=note)

    desk.sign(record, "mother", note=note)
    desk.sign(record, "mother", method="LINK")

    assert words(desk) == [("", note)]


def test_other_words_with_a_second_signature_are_refused(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "mother", note="已阅")

    with pytest.raises(WrongState, match=r"这些话没有存下.*提出异议"):
        desk.sign(record, "mother", note=MORE)

    assert words(desk) == [("", "已阅")]


def test_own_words_after_a_signature_that_staff_wrote_down_are_refused(desk: Desk) -> None:
    record = desk.offered()
    desk.witness(record, method="PHONE")

    with pytest.raises(WrongState, match="没有存下"):
        desk.sign(record, "mother", method="LINK", note=MORE)


def test_own_reasons_come_beside_a_refusal_that_staff_wrote_down(desk: Desk) -> None:
    record = desk.offered()
    desk.witness(record, method="REFUSED", reason="家长说“先不签”")

    desk.refuse(record, "mother", reason=MORE)
    with pytest.raises(WrongState, match="没有存下"):
        desk.refuse(record, "mother", reason="还有一句")

    assert sorted(words(desk)) == sorted([("家长说“先不签”", ""), (MORE, "")])


def test_refusing_twice_with_one_reason_is_one_refusal(desk: Desk) -> None:
    record = desk.offered()
    desk.refuse(record, "mother", reason="与事实不符")

    desk.refuse(record, "mother", reason=" 与事实不符 ")
    with pytest.raises(WrongState):
        desk.refuse(record, "mother", reason=MORE)

    assert words(desk) == [("与事实不符", "")]
