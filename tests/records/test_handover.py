"""After a handover: what was objected to stands in the file of who has the class, and who signs."""

from collections.abc import Sequence

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import NotAllowed, NotFound
from parties.models import Membership
from parties.roles import Role
from records import communication, file
from records.file import Filters
from records.models import CommunicationRecord
from tests.records.desk import Desk
from tests.records.test_objections import handed_over

pytestmark = pytest.mark.django_db


def objected(desk: Desk, who: str) -> Sequence[object]:
    with tenancy.scope(desk.world.id):
        viewer = Viewer.load(desk.world[who], at=desk.at)
        student, filters = desk.world.student.pk, Filters(kind="objection")
        page = file.read(viewer=viewer, student_id=student, filters=filters, limit=20)
        return [one.object_id for one in page.entries]


def test_an_objection_stands_in_the_file_of_whoever_has_the_class(desk: Desk) -> None:
    filed = desk.object(desk.effective())
    handed_over(desk)

    assert objected(desk, "new_teacher") == [filed.pk]
    assert objected(desk, "head_of_office") == objected(desk, "mother") == [filed.pk]
    for who in ("father", "grade_leader", "vice_principal", "student"):
        assert objected(desk, who) == [], who


def test_one_to_a_record_that_another_post_wrote_does_not(desk: Desk) -> None:
    own = desk.write(by="counsellor")
    desk.meet(own, "mother", by="counsellor")
    desk.say(own, by="counsellor")
    desk.check(own, by="counsellor")
    desk.offer(own, by="counsellor")
    desk.sign(own, "counsellor")
    desk.sign(own, "mother")
    filed = desk.object(own)
    handed_over(desk)

    assert objected(desk, "new_teacher") == []
    assert objected(desk, "head_of_office") == [filed.pk]


# --- who signs for the school ---------------------------------------------------------------------


def of_the_counsellor(desk: Desk) -> CommunicationRecord:
    own = desk.write(by="counsellor")
    desk.meet(own, "mother", by="counsellor")
    desk.say(own, by="counsellor")
    desk.check(own, by="counsellor")
    desk.offer(own, by="counsellor")
    desk.sign(own, "mother")
    return own


def left(desk: Desk, who: str) -> None:
    """They have no post in this school any more."""
    with tenancy.scope(desk.world.id):
        Membership.objects.filter(person=desk.world[who]).update(ends_at=desk.at)
    desk.later(hours=1)


@pytest.mark.parametrize("who", ["teacher", "new_teacher"])
def test_who_held_the_talk_and_who_has_the_class_may_both_sign(desk: Desk, who: str) -> None:
    record = desk.offered()
    desk.sign(record, "mother")
    handed_over(desk)
    with tenancy.scope(desk.world.id):
        Membership.objects.create(  # they are still at the school
            school=desk.world.school, person=desk.world["teacher"], role=Role.ST, starts_at=desk.at
        )

    desk.sign(record, who)

    assert desk.now(record).state == "EFFECTIVE"


def test_who_has_left_the_school_signs_no_more(desk: Desk) -> None:
    record = desk.offered()
    handed_over(desk)

    with pytest.raises((NotFound, NotAllowed)):
        desk.sign(record, "teacher")


def test_for_an_author_who_has_left_the_head_of_the_office_signs(desk: Desk) -> None:
    record = of_the_counsellor(desk)
    with pytest.raises(NotAllowed):
        desk.sign(record, "head_of_office")
    left(desk, "counsellor")
    for who in ("duty_officer", "teacher"):  # one of the office, and who has the class
        with pytest.raises((NotFound, NotAllowed)):
            desk.sign(record, who)

    desk.sign(record, "head_of_office")

    now = desk.now(record)
    assert (now.state, now.standing) == ("EFFECTIVE", "SIGNED")


def test_for_a_teacher_whom_nobody_follows_too_until_somebody_has_the_class(desk: Desk) -> None:
    record, other = desk.offered(), desk.offered()
    left(desk, "teacher")
    desk.sign(record, "head_of_office")
    with tenancy.scope(desk.world.id):
        desk.world.staff("new_teacher", Role.HT, school_class=desk.world.school_class)
    desk.later(hours=1)

    with pytest.raises(NotAllowed):
        desk.sign(other, "head_of_office")
    desk.sign(other, "new_teacher")


def test_the_head_signs_and_changes_nothing(desk: Desk) -> None:
    record = of_the_counsellor(desk)
    left(desk, "counsellor")

    with desk.as_("head_of_office") as viewer, pytest.raises(NotAllowed):
        communication.next_version(viewer, record_id=record.pk)
