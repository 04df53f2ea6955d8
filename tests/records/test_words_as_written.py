"""Whoever is stopped sees the own words: nobody wrote 父母素质低, the row for 家长素质很低."""

import pytest

from parties.errors import InvalidInput
from records import reading, record_copies, sharing
from records.models import CommunicationRecord
from tests.factories import World
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def kept(desk: Desk, text: str) -> CommunicationRecord:
    """A signed record whose author has kept a discouraged word, named as it is written."""
    record = desk.drafted(text)
    with pytest.raises(InvalidInput, match=f"“{text}”"):
        desk.check(record)
    desk.check(record, confirmed=[text])
    desk.offer(record)
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    return record


def export(desk: Desk, record: CommunicationRecord) -> bytes:
    teacher = desk.world["teacher"]
    purpose = record_copies.Purpose("authority")
    return record_copies.export(
        school_id=desk.world.id, by=teacher, at=desk.at, record_id=record.pk, form="json",
        purpose=purpose,
    ).data  # fmt: skip


def test_a_refusal_shows_the_words_as_they_were_written(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="“家长素质很低”"):
        desk.check(desk.drafted("家长素质很低。"))
    with pytest.raises(InvalidInput, match="“家长素质很低”"):
        desk.sign(desk.offered(), "teacher", note="家长素质很低。")


def test_so_does_what_holds_a_copy_back(desk: Desk) -> None:
    record = kept(desk, "奶奶不管不问")

    with desk.as_("duty_officer") as viewer:
        seen = reading.seen(viewer, viewer.get(CommunicationRecord, record.pk))
        assert sharing.held_back(seen) == ["奶奶不管不问"]
    with pytest.raises(InvalidInput, match="“奶奶不管不问”"):
        export(desk, record)

    with desk.as_("duty_officer") as viewer:
        sharing.override(viewer, record_id=record.pk, reason="法院调取，须提供签字原文。")
    assert export(desk, record)
