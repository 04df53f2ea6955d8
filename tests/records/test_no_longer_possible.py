"""What cannot be objected to or signed any more says why, and what to do instead."""

import pytest

from parties.errors import WrongState
from records import communication, keeping
from records.models import CommunicationRecord
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

KINDS = {
    "offered": "还没有生效",
    "replaced": "请打开最新版本",
    "sealed": "已封存",
}


def made(desk: Desk, kind: str) -> CommunicationRecord:
    """A record that the father has not signed, and what became of it."""
    record = desk.offered() if kind == "offered" else desk.effective()
    if kind == "objected":
        desk.object(record)
    if kind == "replaced":
        with desk.as_("teacher") as viewer:
            newer = communication.next_version(viewer, record_id=record.pk)
        desk.check(newer)
        desk.offer(newer)
        desk.sign(newer, "teacher")
        desk.sign(newer, "mother")
    if kind in ("archived", "sealed"):
        with desk.as_("teacher") as viewer:
            keeping.archive(viewer, record_id=record.pk, why="settled")
    if kind == "sealed":
        with desk.as_("head_of_office") as viewer:
            keeping.seal(viewer, record_id=record.pk, reason="德育处核实后封存")
    return record


@pytest.mark.parametrize("kind", KINDS)
def test_who_objects_where_nobody_can_hears_what_is_true(desk: Desk, kind: str) -> None:
    record = made(desk, kind)

    with pytest.raises(WrongState, match=KINDS[kind]) as refused:
        desk.object(record)

    assert refused.value.context["state"] == desk.now(record).state
    assert ("还没有生效" in str(refused.value)) == (kind == "offered")


UNSIGNABLE = {
    "objected": "有异议，正在处理",
    "archived": "已归档",
    "replaced": "请打开最新版本",
    "sealed": "已封存",
}


@pytest.mark.parametrize("verb", ["sign", "refuse"])
@pytest.mark.parametrize("kind", UNSIGNABLE)
def test_who_signs_where_nobody_can_hears_why_and_what_to_do(
    desk: Desk, kind: str, verb: str
) -> None:
    record = made(desk, kind)

    with pytest.raises(WrongState, match=UNSIGNABLE[kind]) as refused:
        getattr(desk, verb)(record, "father")

    assert refused.value.context["state"] == desk.now(record).state
    assert "。" in str(refused.value).removesuffix("。")  # the mend follows


def test_a_page_for_what_is_not_signed_any_more_names_the_state(desk: Desk) -> None:
    record = made(desk, "objected")

    with pytest.raises(WrongState, match="有异议，正在处理"):
        desk.witness(record, signer="father")


def test_what_is_at_the_desk_is_signed_once_it_is_offered(desk: Desk) -> None:
    with pytest.raises(WrongState, match="还没有交双方签字"):
        desk.sign(desk.drafted(), "teacher")
