"""Another student who was there, or whom somebody writes about, has no name outside the team."""

from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records import communication, drafts, reading, sharing
from records.draft_input import Header, Present
from records.models import CommunicationRecord, FileEntry
from tests.factories import NOW, World
from tests.records.agreed import amend, draft, one
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

NAME = "王小强"


@pytest.fixture
def desk(world: World) -> Desk:
    with tenancy.scope(world.id):
        world.pupil(NAME, world.school_class)
    return Desk(world)


def there(desk: Desk, *people: Present, **header: Any) -> CommunicationRecord:
    """A draft of a talk with the mother, at which these were as well."""
    record = desk.drafted(**header)
    mother = Present(person=desk.world["mother"].pk, capacity="GUARDIAN", presence="IN_PERSON")
    with desk.as_("teacher") as viewer:
        drafts.attend(viewer, record_id=record.pk, people=[mother, *people])
    return record


def chosen(desk: Desk) -> Present:
    return Present(person=desk.world[NAME].pk, capacity="STUDENT", presence="IN_PERSON")


def typed(name: str, capacity: str = "OTHER") -> Present:
    return Present(name=name, capacity=capacity, presence="IN_PERSON")


def names(desk: Desk, record: CommunicationRecord, reader: str) -> set[str]:
    file = desk.read(record, reader)
    return {file.names[one.person_id] if one.person_id else one.name for one in file.participants}


def test_a_classmate_who_was_there_has_no_name_for_the_family(desk: Desk) -> None:
    pupil = Present(person=desk.world["student"].pk, capacity="STUDENT", presence="IN_PERSON")
    record = there(desk, chosen(desk), pupil)
    desk.check(record)
    desk.offer(record)

    for who in ("mother", "student"):
        assert names(desk, record, who) == {"teacher", "mother", "另一名学生", "student"}, who
    for who in ("teacher", "duty_officer"):
        assert names(desk, record, who) == {"teacher", "mother", NAME, "student"}, who


def test_a_student_of_another_school_has_none_either(desk: Desk) -> None:
    record = there(desk, typed("周末", "STUDENT"))
    desk.check(record)
    desk.offer(record)

    assert names(desk, record, "mother") == {"teacher", "mother", "另一名学生"}


def test_once_it_is_signed_the_teacher_reads_no_name_and_the_office_does(desk: Desk) -> None:
    record = there(desk, chosen(desk))
    desk.check(record)
    desk.offer(record)
    for who in ("teacher", "mother"):
        desk.sign(record, who)

    assert names(desk, record, "teacher") == {"teacher", "mother", "另一名学生"}
    assert names(desk, record, "duty_officer") == {"teacher", "mother", NAME}
    with desk.as_("duty_officer") as viewer:
        seen = reading.seen(viewer, viewer.get(CommunicationRecord, record.pk))
        assert sharing.held_back(seen) == [NAME]


def test_a_classmate_finds_nothing_of_it_in_a_file(desk: Desk) -> None:
    record = there(desk, chosen(desk))
    desk.check(record)
    desk.offer(record)

    with tenancy.scope(desk.world.id):
        entry = FileEntry.objects.get(object_id=record.pk)
    assert desk.world[NAME].pk not in entry.people


@pytest.mark.parametrize(
    ("name", "capacity"), [(NAME, "STUDENT"), (NAME, "OTHER"), (f"{NAME}的妈妈", "GUARDIAN")]
)
def test_a_student_is_chosen_and_not_typed(desk: Desk, name: str, capacity: str) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == "participants"):
        there(desk, typed(name, capacity))

    there(desk, typed(NAME, "COMPANY"))  # an adult may bear the same name


def test_a_typed_name_is_no_place_for_a_judgement(desk: Desk) -> None:
    record = there(desk, typed("李四（问题家庭）"))

    with pytest.raises(InvalidInput, check=lambda no: no.field.endswith(".name")):
        desk.check(record)


@pytest.mark.parametrize("field", ["place", "trigger_note", "next_focus"])
def test_no_header_names_another_student(desk: Desk, field: str) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        desk.write(**{field: f"与{NAME}和解"})

    record = desk.drafted(**{field: "与另一名同学和解"})
    values: dict[str, Any] = {"trigger": "PRAISE", "place_kind": "OFFICE", field: NAME}
    with pytest.raises(InvalidInput), desk.as_("teacher") as viewer:
        drafts.change(viewer, record_id=record.pk, header=Header(started_at=NOW, **values))


def test_no_tap_keeps_a_name_in_an_older_header(desk: Desk) -> None:
    record = desk.drafted()
    with tenancy.scope(desk.world.id):
        row = CommunicationRecord.objects.get(pk=record.pk)
        row.place = f"{NAME}宿舍"
        row.save(update_fields=["place"])

    with pytest.raises(InvalidInput) as refused, desk.as_("teacher") as viewer:
        communication.check(viewer, record_id=record.pk, confirmed=[NAME])
    assert (refused.value.field, refused.value.mend) == ("place", "请写“另一名同学”。")


def test_no_note_of_staff_beside_a_signature_names_one(desk: Desk) -> None:
    record = desk.offered()

    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        desk.sign(record, "teacher", note=f"{NAME}也在场")
    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        desk.witness(record, note=f"{NAME}也在场")
    desk.sign(record, "mother", note=f"{NAME}也在场")  # a family says what it likes


@pytest.mark.parametrize("party", ["SCHOOL", "FAMILY", "STUDENT"])
@pytest.mark.parametrize("field", ["title", "measure", "baseline", "target"])
def test_no_item_of_a_plan_names_one(desk: Desk, party: str, field: str) -> None:
    item = one(desk.world, draft(owner_party=party))
    named = {"owner_party": party, field: f"向{NAME}道歉"}

    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        one(desk.world, draft(**named))
    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        amend(desk.world, item, **{field: f"向{NAME}道歉"})
