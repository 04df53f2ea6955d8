"""One open objection freezes every version: all say so, and nothing of them leaves the school."""

import json
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import WrongState
from records import exports, objections, record_copies, sharing
from records.file import Filters
from records.models import CommunicationRecord
from records.printing.documents import FileSheet
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

WORDS = "与同学多次冲突。"


def copied(desk: Desk, record: CommunicationRecord, by: str, purpose: str) -> Any:
    copy = record_copies.export(
        school_id=desk.world.id,
        by=desk.world[by],
        at=desk.at,
        record_id=record.pk,
        form="json",
        purpose=record_copies.Purpose(purpose),
    )
    return json.loads(copy.data)["body"]


def whole(desk: Desk, by: str, purpose: str) -> FileSheet:
    with tenancy.scope(desk.world.id):
        return exports.collect(
            viewer=Viewer.load(desk.world[by], at=desk.at),
            student_id=desk.world.student.pk,
            filters=Filters(),
            purpose=exports.Purpose(purpose),
            form=exports.Form.JSON,
        )[0]


def insisted(desk: Desk) -> tuple[CommunicationRecord, CommunicationRecord]:
    """Version 1 was objected to; version 2 came of the answer, and the filer is not content."""
    record = desk.effective(WORDS)
    filed = desk.object(record)
    with desk.as_("teacher") as viewer:
        newer = objections.answer(
            viewer, objection_id=filed.pk, reply="PARTLY", words="补上日期"
        ).correction
    assert newer is not None
    desk.check(newer)
    desk.offer(newer)
    desk.sign(newer, "teacher")
    desk.sign(newer, "father")
    with desk.as_("mother") as viewer:
        objections.insist(viewer, objection_id=filed.pk)
    return record, newer


@pytest.mark.parametrize("by", ["teacher", "duty_officer", "head_of_office"])
@pytest.mark.parametrize("purpose", ["talk", "authority"])
def test_staff_take_no_copy_for_outside_of_what_is_objected_to(
    desk: Desk, by: str, purpose: str
) -> None:
    record = desk.effective(WORDS)
    filed = desk.object(record)

    with pytest.raises(WrongState, match="异议"):
        copied(desk, record, by, purpose)
    with desk.as_("mother") as viewer:
        objections.withdraw(viewer, objection_id=filed.pk)
    assert copied(desk, record, by, purpose)["banners"] == []


def test_the_family_and_who_reviews_it_take_theirs_with_the_banner(desk: Desk) -> None:
    record = desk.effective(WORDS)
    desk.object(record)

    for by, purpose in (("mother", "authority"), ("mother", "keep"), ("head_of_office", "review")):
        body = copied(desk, record, by, purpose)
        assert WORDS in json.dumps(body, ensure_ascii=False)
        assert len(body["banners"]) == 1, by


def test_a_whole_file_leaves_without_it_or_not_at_all_but_for_a_crisis(desk: Desk) -> None:
    record = desk.effective(WORDS)
    desk.object(record)

    for purpose in ("inspection", "feedback", "conversation", "aid"):
        with pytest.raises(WrongState, match=record.record_no):
            whole(desk, "teacher", purpose)
    for by, purpose in (("teacher", "crisis"), ("mother", "inspection")):
        (sheet,) = whole(desk, by, purpose).records
        assert len(sheet.banners) == 1, by


def test_the_office_lets_nothing_through_meanwhile(desk: Desk) -> None:
    record = desk.drafted("该生上课走神。")
    desk.check(record, confirmed=["上课走神"])
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")
    desk.object(record)

    with desk.as_("duty_officer") as viewer, pytest.raises(WrongState, match="异议"):
        sharing.override(viewer, record_id=record.pk, reason="法院调取，须提供签字原文。")


def test_every_version_says_so_and_the_next_one_does_not_leave_either(desk: Desk) -> None:
    older, newer = insisted(desk)
    assert desk.now(newer).state == "EFFECTIVE"

    for version in (older, newer):
        for by in ("mother", "father", "student", "teacher", "grade_leader"):
            assert desk.read(version, by).disputed, by
        with pytest.raises(WrongState, match="异议"):
            copied(desk, version, "teacher", "authority")
    assert len(copied(desk, newer, "mother", "keep")["banners"]) == 1


def test_another_record_of_the_same_student_is_not_concerned(desk: Desk) -> None:
    desk.object(desk.effective(WORDS))
    other = desk.effective()

    assert not desk.read(other, "teacher").disputed
    assert copied(desk, other, "teacher", "authority")["banners"] == []
