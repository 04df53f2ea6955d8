"""What each reader gets of one record: whole, redacted, named by its class, or nothing at all."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import tenancy
from parties.errors import NotFound
from parties.models import Restriction
from parties.roles import Role
from records import drafts, sheets
from records.draft_input import Present
from records.models import CommunicationRecord, Statement
from records.reading import RecordFile
from tests.factories import LONG_AGO, World
from tests.records.desk import FACT, SILENT, Desk, texts_of

pytestmark = pytest.mark.django_db

MONEY = "家里最近交不起房租，周末需要兼职。"
ILL = "上周住院三天。"


def masks(file: RecordFile) -> list[str]:
    return [said.masked for said in file.statements if said.masked]


def test_what_was_said_about_money_is_for_the_aid_officer_and_the_family(desk: Desk) -> None:
    record = desk.effective(FACT, MONEY)

    assert texts_of(desk.read(record, "mother")) == [FACT, MONEY]
    assert texts_of(desk.read(record, "deputy")) == [MONEY]


def test_the_teacher_who_wrote_it_down_then_sees_only_what_it_is_about(desk: Desk) -> None:
    record = desk.offered(FACT, MONEY)
    assert texts_of(desk.read(record, "teacher")) == [FACT, MONEY]
    desk.sign(record, "teacher")
    desk.sign(record, "mother")

    file = desk.read(record, "teacher")
    assert texts_of(file) == [FACT, None]
    assert masks(file) == ["家庭经济与资助"]


def test_the_student_learns_that_there_is_something_about_money_not_what(desk: Desk) -> None:
    file = desk.read(desk.effective(MONEY), "student")

    assert (texts_of(file), masks(file)) == ([None], ["家庭经济与资助"])


def test_the_office_reads_everything_but_money_and_illness(desk: Desk) -> None:
    file = desk.read(desk.effective(FACT, MONEY, ILL), "head_of_office")

    assert texts_of(file) == [FACT, None, None]


def test_no_leader_reads_in_passing(desk: Desk) -> None:
    record = desk.effective(FACT, MONEY)
    for who in ("vice_principal", "principal"):
        with pytest.raises(NotFound):
            desk.read(record, who)


def test_another_student_is_hidden_from_everybody_once_it_is_signed(
    desk: Desk, world: World
) -> None:
    record = desk.write()
    desk.meet(record, "mother")
    desk.say(
        record,
        "推了王伟一下。",
        others=["王伟"],
        redacted_text="推了同学一下。",
    )
    desk.say(record, "和王伟一起。", others=["王伟"])
    assert texts_of(desk.read(record, "teacher"))[0] == "推了王伟一下。"
    with desk.as_("teacher"):
        pass
    desk.check(record, confirmed=["王伟"])
    desk.offer(record)

    for who in ("mother", "student", "head_of_office"):
        file = desk.read(record, who)
        assert texts_of(file) == ["推了同学一下。", "（涉及其他学生，已隐去）"], who
        assert all(said.redacted for said in file.statements)


def test_an_emotion_is_for_the_adult_themself_and_not_for_the_other_parent(desk: Desk) -> None:
    record = desk.drafted()
    desk.say(record, "沉默约2分钟。", **SILENT)
    desk.check(record)
    desk.offer(record)

    assert "沉默约2分钟。" in texts_of(desk.read(record, "mother"))
    for who in ("father", "student"):
        assert texts_of(desk.read(record, who)) == [FACT], who


def test_what_was_observed_goes_with_its_words_and_to_nobody_else(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        world.staff("subject", Role.ST, school_class=world.school_class)
    record = desk.write(by="subject")
    there = {"mother": "GUARDIAN", "teacher": "HT", "mentor": "COMPANY"}
    people = [
        Present(person=world[name].pk, capacity=capacity, presence="IN_PERSON")
        for name, capacity in there.items()
    ]
    with desk.as_("subject") as viewer:
        drafts.attend(viewer, record_id=record.pk, people=people)
    desk.say(record, by="subject")
    desk.say(record, "约2分钟没有说话。", by="subject", **SILENT)
    desk.check(record, by="subject")
    desk.offer(record, by="subject")
    assert "observed='沉默'" in told(desk, record, "subject")  # until it is signed and done
    for who in ("subject", "mother"):
        desk.sign(record, who)

    for who in ("teacher", "mother", "head_of_office"):
        assert [said.observed for said in desk.read(record, who).statements] == ["", "SILENT"], who
        assert "observed='沉默'" in told(desk, record, who), who
    for who in ("father", "student", "subject", "mentor", "grade_leader", "auditor"):
        found = told(desk, record, who)
        assert not [one for one in ("沉默", "SILENT", "EMOTION", "情绪") if one in found], who


def test_the_code_has_a_class_of_its_own_in_the_row_as_well(desk: Desk, world: World) -> None:
    record = desk.drafted()
    desk.say(record, "约2分钟没有说话。", **SILENT)
    with desk.as_("teacher") as viewer:
        plain, seen = viewer.rows(Statement).filter(record=record).order_by("place")
        assert "observed" in viewer.fields(seen)
        assert "text" in viewer.fields(plain)
        assert "observed" not in viewer.fields(plain)


def told(desk: Desk, record: CommunicationRecord, who: str) -> str:
    """All that this reader gets of it, on the page and on paper."""
    try:
        file = desk.read(record, who)
    except NotFound:
        return ""
    return f"{file.statements}{sheets.sheet_of(file, school='')}"


@pytest.mark.parametrize("first", ["STUDENT", "GUARDIAN", "HT"])
def test_who_took_part_stands_family_first_in_whatever_order_rows_come(
    desk: Desk, first: str
) -> None:
    record = desk.drafted()
    people = {"HT": "teacher", "STUDENT": "student", "GUARDIAN": "mother"}
    with desk.as_("teacher") as viewer:
        there = [
            Present(person=desk.world[name].pk, capacity=capacity, presence="IN_PERSON")
            for capacity, name in people.items()
        ]
        drafts.attend(viewer, record_id=record.pk, people=there)
        rows = record.participants.order_by("pk")
        rows.filter(capacity=first).update(id=UUID(int=1))

    sheet = sheets.sheet_of(desk.read(record, "teacher"), school="")

    assert [one.name for one in sheet.participants] == ["mother", "student", "teacher"]


def test_who_took_part_reads_what_was_said(desk: Desk) -> None:
    record = desk.drafted(FACT, MONEY)
    desk.meet(record, "mother", "counsellor")
    desk.check(record)
    desk.offer(record)

    assert texts_of(desk.read(record, "counsellor")) == [FACT]


def test_a_barred_guardian_does_not_know_of_it(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.NO_CONTACT,
            starts_at=LONG_AGO,
        )
    record = desk.offered()

    with pytest.raises(NotFound):
        desk.read(record, "father")
    assert texts_of(desk.read(record, "mother")) == [FACT]


def test_a_teacher_reads_about_their_own_child_as_a_parent(desk: Desk, world: World) -> None:
    record = desk.effective(FACT, MONEY)
    with tenancy.scope(world.id):
        world.student.guardian_links.create(
            school=world.school, guardian=world["head_of_office"], relation="OTHER"
        )

    file = desk.read(record, "head_of_office")
    assert texts_of(file) == [FACT, MONEY]
    assert "language_check" not in file.fields


def test_prepared_material_is_for_the_school(desk: Desk) -> None:
    record = desk.effective()

    assert desk.read(record, "mother").prepared == []


@pytest.mark.django_db(transaction=True)  # keys of an open transaction are never kept at hand
def test_reading_takes_as_many_queries_for_forty_statements_as_for_one(
    desk: Desk,
) -> None:
    counts = []
    for texts in ([FACT], [FACT, MONEY] * 20):
        record = desk.effective(*texts)
        with CaptureQueriesContext(connection) as captured:
            desk.read(record, "mother")
        counts.append(len(captured))

    assert counts[0] == counts[1]
