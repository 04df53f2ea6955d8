"""A record that both sides are to sign names both sides: who wrote it, and who stands for home."""

from collections.abc import Sequence
from datetime import date

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from parties.models import GuardianLink
from records import drafts
from records.draft_input import Present
from records.models import CommunicationRecord
from tests.factories import World
from tests.records.desk import Desk, next_version

pytestmark = pytest.mark.django_db


def with_(desk: Desk, *people: Present) -> CommunicationRecord:
    """A checked record of a talk with these alone, besides its author."""
    record = desk.drafted()
    with desk.as_("teacher") as viewer:
        drafts.attend(viewer, record_id=record.pk, people=people)
    desk.check(record)
    return record


def there(world: World, name: str, capacity: str, presence: str = "IN_PERSON") -> Present:
    return Present(person=world[name].pk, capacity=capacity, presence=presence)


def refused(desk: Desk, record: CommunicationRecord) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        desk.offer(record)
    assert desk.now(record).state == "CHECKED"
    return caught.value


def test_without_anybody_of_the_family_there_is_one_side_only(desk: Desk) -> None:
    said = refused(desk, with_(desk))

    assert said.field == "participants"
    assert "家庭" in str(said)
    assert "监护人" in said.mend
    assert "未到" in said.mend


@pytest.mark.parametrize(
    "people",
    [
        [("counsellor", "PSY")],
        [("mentor", "COMPANY")],
        [("classmate", "STUDENT")],
        [("student", "STUDENT")],  # under age: a guardian's word is the family's
        [("counsellor", "GUARDIAN")],  # a wrong tick makes nobody a guardian
    ],
)
def test_nobody_else_stands_for_home(
    desk: Desk, world: World, people: Sequence[tuple[str, str]]
) -> None:
    assert refused(desk, with_(desk, *(there(world, *one) for one in people)))


def test_a_name_that_the_school_does_not_know_signs_nothing(desk: Desk) -> None:
    aunt = Present(name="姨妈", capacity="GUARDIAN", presence="IN_PERSON")

    assert refused(desk, with_(desk, aunt))


def test_a_guardian_who_did_not_come_can_still_give_their_word(desk: Desk, world: World) -> None:
    record = with_(desk, there(world, "father", "GUARDIAN", "ABSENT"))
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.witness(record, signer="father", method="REFUSED", reason="电话里说不签")

    assert desk.now(record).standing == "UNSIGNED"


def test_a_grown_student_stands_for_home(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        world.student.birth_date = date(2008, 10, 9)
        world.student.save(update_fields=["birth_date"])
    record = with_(desk, there(world, "student", "STUDENT"))
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "student")

    assert desk.now(record).standing == "SIGNED"


def test_a_guardian_whose_right_ended_stands_for_it_no_more(desk: Desk, world: World) -> None:
    record = desk.effective()
    newer = CommunicationRecord(pk=next_version(desk, record))
    desk.check(newer)
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["mother"])
        link.end()
        link.save()

    assert refused(desk, newer)
