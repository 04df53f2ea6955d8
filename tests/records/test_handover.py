"""What was objected to under a former homeroom teacher stands in the file of the one after them."""

from collections.abc import Sequence

import pytest

from parties import tenancy
from parties.access import Viewer
from records import file
from records.file import Filters
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
    desk.say(own, by="counsellor")
    desk.check(own, by="counsellor")
    desk.offer(own, by="counsellor")
    desk.sign(own, "counsellor")
    desk.sign(own, "mother")
    filed = desk.object(own)
    handed_over(desk)

    assert objected(desk, "new_teacher") == []
    assert objected(desk, "head_of_office") == [filed.pk]
