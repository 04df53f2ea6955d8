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
