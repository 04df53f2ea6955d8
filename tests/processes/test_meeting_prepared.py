"""F1 and F2: who is there, and the papers on the table."""

from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records.models import MeetingInvitee
from tests.factories import World
from tests.processes.meeting_walk import begin

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("answer", "there"),
    [({}, True), ({"student_present": "YES"}, True), ({"student_present": "NO"}, False)],
)
def test_a_student_who_wants_to_come_need_not(
    world: World, answer: dict[str, str], there: bool
) -> None:
    walk = begin(world)

    walk.do("meeting_prepare", **answer)

    assert walk.meeting.student_present is there
    with tenancy.scope(world.id):
        asked = MeetingInvitee.objects.filter(person=world["student"], part="MUST")
        assert asked.exists() is there


def test_nobody_is_there_against_their_wish(world: World) -> None:
    walk = begin(world)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "student_present"):
        walk.do("meeting_prepare", student_wish="NO", student_present="YES")

    walk.do("meeting_prepare", student_wish="NO", student_present="NO")
    assert walk.meeting.student_present is False


def test_observations_on_the_table_have_their_days(world: World) -> None:
    walk = begin(world)
    walk.do("meeting_prepare")
    papers: dict[str, Any] = {"papers": ["TRANSCRIPT", "OBSERVATION"]}

    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        walk.do("meeting_dossier", **papers, note="课堂与宿舍")

    walk.do("meeting_dossier", **papers, note="行为观察表：9月28日至30日")
    meeting = walk.meeting
    with tenancy.scope(world.id):
        kinds = set(meeting.dossier.values_list("kind", flat=True))
    assert kinds == {"TRANSCRIPT", "OBSERVATION"}
