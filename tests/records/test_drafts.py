"""Writing a record: who may, what is kept, what is refused, and that nobody overwrites anybody."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput, LostRace, NotAllowed, NotFound, WrongState
from records import drafts
from records.draft_input import Header, Present, Said
from records.models import FileEntry, Statement
from tests.factories import NOW, World
from tests.records.desk import FACT, SILENT, Desk

pytestmark = pytest.mark.django_db


def test_a_draft_is_its_authors_alone(desk: Desk) -> None:
    record = desk.drafted()

    for who in ("mother", "student", "grade_leader", "head_of_office", "stranger", "mentor"):
        with pytest.raises(NotFound):
            desk.read(record, who)
    assert desk.read(record, "teacher").statements[0].text == FACT


def test_a_draft_is_in_the_file_for_its_author_only(desk: Desk, world: World) -> None:
    record = desk.write()
    with tenancy.scope(world.id):
        entry = FileEntry.objects.get(object_id=record.pk)

    assert (entry.readers, entry.people) == ([], [world["teacher"].pk])


@pytest.mark.parametrize("who", ["mother", "student", "mentor", "auditor", "stranger"])
def test_only_who_works_with_the_student_writes(desk: Desk, who: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        desk.write(by=who)


def test_a_teacher_writes_no_record_about_their_own_child(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        world.student.guardian_links.create(
            school=world.school, guardian=world["teacher"], relation="FATHER"
        )

    with pytest.raises(NotAllowed):
        desk.write()


def test_a_lost_race_names_both_versions(desk: Desk) -> None:
    record = desk.write()
    seen = desk.now(record).edits
    desk.say(record)
    with desk.as_("teacher") as viewer, pytest.raises(LostRace) as lost:
        drafts.state(
            viewer,
            record_id=record.pk,
            said=Said(section="FACT", source="TEACHER", text="别的"),
            seen=seen,
        )

    assert lost.value.context == {"yours": f"1.{seen}", "current": f"1.{seen + 1}"}


def test_what_lost_the_race_left_nothing_behind(desk: Desk, world: World) -> None:
    record = desk.drafted()
    with desk.as_("teacher") as viewer, pytest.raises(LostRace):
        drafts.attend(viewer, record_id=record.pk, people=[], seen=0)
    with tenancy.scope(world.id):
        assert Statement.objects.filter(record=record).count() == 1


HEADERS: list[tuple[str, dict[str, Any]]] = [
    ("trigger", {"trigger": "BORED"}),
    ("place_kind", {"place_kind": "MOON"}),
    ("ended_at", {"ended_at": NOW - timedelta(minutes=1)}),
    ("next_contact_at", {"next_contact_at": NOW}),
]


@pytest.mark.parametrize(("field", "header"), HEADERS)
def test_a_bad_header_names_the_field(desk: Desk, field: str, header: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.write(**header)

    assert refused.value.field == field
    assert refused.value.mend


SAID: list[tuple[str, dict[str, Any]]] = [
    ("section", {"section": "RUMOUR"}),
    ("source", {"source": "GOSSIP"}),
    ("status", {"status": "MAYBE"}),
    ("text", {"text": "   "}),
    ("said_by", {"section": "EMOTION", "source": "TEACHER"}),
    ("observed", {"section": "EMOTION", "said_by": "mother"}),
    ("observed", {"section": "EMOTION", "said_by": "mother", "observed": "HOSTILE"}),
    ("observed", {"observed": "SILENT"}),
    *(
        ("said_by", {"source": source, "said_by": "mother"})
        for source in ("STUDENT", "TEACHER", "COMPANY", "SYSTEM", "THIRD")
    ),
    ("sensitivity", {"sensitivity": "CRI"}),
    ("sensitivity", {"sensitivity": "what"}),
]


@pytest.mark.parametrize(("field", "said"), SAID)
def test_a_bad_statement_names_the_field(desk: Desk, field: str, said: dict[str, Any]) -> None:
    record = desk.write()
    with pytest.raises(InvalidInput) as refused:
        desk.say(record, **said)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("source", "who"),
    [("GUARDIAN", "mother"), ("STUDENT", "student"), ("COMPANY", "mentor"), ("TEACHER", "teacher")],
)
def test_the_student_and_those_at_work_are_named_beside_their_words(
    desk: Desk, source: str, who: str
) -> None:
    said = desk.say(desk.write(), source=source, said_by=who)

    assert said.said_by_id == desk.world[who].pk


CLASSES = [
    (FACT, {}, "COM"),
    ("实训课能独立完成装夹。", {"section": "SCHOOL"}, "PRF"),
    ("家里最近交不起房租，他周末兼职。", {}, "ECO"),
    ("上周住院三天。", {"section": "HOME"}, "HLT"),
    ("父母已离婚，和奶奶住。", {"section": "HOME"}, "FAM"),
    ("量表结果由心理教师保管。", {}, "PSY"),
    ("在走廊推了王伟一下。", {"others": ["王伟"]}, "COM TPD"),
    ("和王伟都在申请助学金。", {"others": ["王伟"]}, "ECO TPD"),
    ("迟到两次。", {"sensitivity": "CND"}, "CND"),
    ("助 学 金的事。", {}, "ECO"),
]


@pytest.mark.parametrize(("text", "said", "classes"), CLASSES)
def test_a_sentence_has_the_class_of_what_it_says(
    desk: Desk, text: str, said: dict[str, Any], classes: str
) -> None:
    assert desk.say(desk.write(), text, **said).sensitivity == classes


def test_a_blank_field_lowers_nothing(desk: Desk) -> None:
    said = desk.say(desk.write(), "家里欠债。", sensitivity="COM")

    assert said.sensitivity == "ECO"


def test_an_emotion_is_of_somebody_and_a_class_of_its_own(desk: Desk) -> None:
    said = desk.say(desk.write(), "沉默约2分钟。", **SILENT, sensitivity="COM")

    assert (said.sensitivity, said.observed) == ("EMO", "SILENT")


def test_a_reaction_without_its_code_is_told_what_may_be_chosen(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.say(desk.write(), "沉默约2分钟。", **{**SILENT, "observed": ""})

    assert all(label in refused.value.mend for label in Statement.Observed.labels)


def test_one_of_before_the_codes_names_its_code_when_it_is_changed(
    desk: Desk, world: World
) -> None:
    record = desk.write()
    old = desk.say(record, "沉默约2分钟。", **SILENT)
    with tenancy.scope(world.id):
        Statement.objects.filter(pk=old.pk).update(observed="")
    said = Said(
        section="EMOTION", source="TEACHER", text="沉默约3分钟。", said_by=world["mother"].pk
    )

    with pytest.raises(InvalidInput), desk.as_("teacher") as viewer:
        drafts.restate(viewer, record_id=record.pk, statement_id=old.pk, said=said)
    with desk.as_("teacher") as viewer:
        told = replace(said, observed="SILENT")
        drafts.restate(viewer, record_id=record.pk, statement_id=old.pk, said=told)

    assert desk.read(record, "teacher").statements[0].observed == "SILENT"


def test_a_withdrawn_statement_stays_as_a_row(desk: Desk, world: World) -> None:
    record = desk.drafted()
    said = desk.say(record, "再加一句。")
    with desk.as_("teacher") as viewer:
        drafts.retract(viewer, record_id=record.pk, statement_id=said.pk)

    assert len(desk.read(record, "teacher").statements) == 1
    with tenancy.scope(world.id):
        assert Statement.objects.get(pk=said.pk).withdrawn_at == NOW


def test_changing_a_checked_record_sends_it_back_to_be_checked(desk: Desk) -> None:
    record = desk.drafted()
    desk.check(record)
    desk.say(record, "再加一句。")

    assert desk.now(record).state == "DRAFT"


def test_an_offered_record_is_not_changed_behind_anybodys_back(desk: Desk) -> None:
    record = desk.offered()

    with pytest.raises(WrongState):
        desk.say(record, "再加一句。")


def test_people_are_ids_so_a_name_inside_a_name_confuses_nobody(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        long_, short = world.add("王伟强"), world.add("王伟")
    record = desk.write()
    people = [
        Present(person=one.pk, capacity="OTHER", presence="IN_PERSON") for one in (long_, short)
    ]
    with desk.as_("teacher") as viewer:
        drafts.attend(viewer, record_id=record.pk, people=people)
        with pytest.raises(InvalidInput):
            drafts.attend(viewer, record_id=record.pk, people=[people[0], people[0]])

    named = desk.read(record, "teacher").names
    assert (named[long_.pk], named[short.pk]) == ("王伟强", "王伟")


def test_another_schools_student_is_not_there(desk: Desk, other_world: World) -> None:
    header = Header(trigger="PRAISE", started_at=NOW, place_kind="OFFICE")
    with desk.as_("teacher") as viewer, pytest.raises(NotFound):
        drafts.write(viewer, student_id=other_world.student.pk, header=header)
