"""A new date is told to whoever is to be there now, not to whoever stood for the student once."""

import pytest

from parties import tenancy
from parties.models import CompanyMember, GuardianLink, Membership, Placement
from tests.factories import World
from tests.processes.meeting_walk import MeetingWalk, begin
from tests.records.meeting_days import local
from workflow.models import Notification

pytestmark = pytest.mark.django_db

EVERYBODY = {"counsellor", "father", "mother", "mentor", "student", "teacher"}


@pytest.fixture
def walk(world: World) -> MeetingWalk:
    """A date agreed at the company, which everybody was told."""
    walk = begin(world)
    guests = [str(world[who].pk) for who in ("mentor", "counsellor")]
    walk.do("meeting_prepare", kind="AT_COMPANY", people=guests)
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    walk.offer()
    walk.choose()
    return walk


def invited(walk: MeetingWalk) -> dict[str, int]:
    """How many invitations each has in the app."""
    with tenancy.scope(walk.world.id):
        rows = Notification.objects.filter(template="meeting.invitation", channel="in_app")
        return {who: rows.filter(recipient=walk.world[who]).count() for who in EVERYBODY}


def another_date(walk: MeetingWalk, by: str = "mother") -> None:
    walk.wait(hours=1)
    walk.change(by=by)
    walk.wait(minutes=5)
    walk.offer(first=19)
    walk.choose(by=by)
    walk.wait(minutes=5)


def test_whoever_is_to_be_there_hears_of_each_date(walk: MeetingWalk) -> None:
    another_date(walk)

    assert invited(walk) == dict.fromkeys(EVERYBODY, 2)


def test_a_mentor_whose_placement_ended_hears_of_no_new_date(walk: MeetingWalk) -> None:
    with tenancy.scope(walk.world.id):
        Placement.objects.update(state=Placement.State.ENDED)
        CompanyMember.objects.update(ends_at=walk.at)

    another_date(walk)

    assert invited(walk) == {**dict.fromkeys(EVERYBODY, 2), "mentor": 1}


def test_a_guardian_whose_right_ended_hears_of_no_new_date(walk: MeetingWalk) -> None:
    with tenancy.scope(walk.world.id):
        GuardianLink.objects.filter(guardian=walk.world["father"]).update(state="ENDED")

    another_date(walk)

    assert invited(walk) == {**dict.fromkeys(EVERYBODY, 2), "father": 1}


def test_a_colleague_who_left_hears_of_no_new_date(walk: MeetingWalk) -> None:
    with tenancy.scope(walk.world.id):
        Membership.objects.filter(person=walk.world["counsellor"]).update(ends_at=walk.at)

    another_date(walk)

    assert invited(walk) == {**dict.fromkeys(EVERYBODY, 2), "counsellor": 1}
