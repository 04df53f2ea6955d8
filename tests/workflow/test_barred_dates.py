"""An order against somebody who was asked to a date: who hears of it before the date ever moves."""

from typing import Any

import pytest

from parties import tenancy
from parties.models import Restriction
from tests.factories import World
from tests.processes.meeting_walk import MeetingWalk
from tests.receivers import MailServer
from tests.records.meeting_days import restrict
from tests.workflow.test_invitations import (  # noqa: F401 -- a fixture
    entries,
    mailbox,
    to_another_date,
    with_guests,
)
from workflow import meeting_barred, meeting_process, meeting_stillness
from workflow.models import Case, CaseFace, Notification

pytestmark = pytest.mark.django_db(transaction=True)

BARRED = "meeting.barred"
RELEASED = "meeting.released"


def look(walk: MeetingWalk) -> int:
    return meeting_barred.look_due(via="test", at=walk.at)


def part(walk: MeetingWalk, who: str) -> tuple[str, Any]:
    with tenancy.scope(walk.world.id):
        invitee = walk.meeting_inside().invitees.get(person=walk.world[who])
        return invitee.part, invitee.told_at


@pytest.mark.parametrize("who", ["mentor", "counsellor"])
def test_a_guest_is_released_at_once_and_who_arranges_hears(
    world: World,
    mailbox: MailServer,  # noqa: F811
    who: str,
) -> None:
    walk = with_guests(world)
    restrict(world, who, "NO_MEETING", starts_at=walk.at)

    assert look(walk) == 1
    walk.deliver()

    assert walk.told(BARRED) == {"teacher"}
    assert walk.told(RELEASED) == {who}
    assert part(walk, who) == ("MUST_NOT", None)
    (asked, first), (off, last) = entries(mailbox, f"{who}@guests.test")
    assert (asked, off, last["UID"]) == ("REQUEST", "CANCEL", first["UID"])
    assert (last["SEQUENCE"], last["STATUS"]) == (2, "CANCELLED")
    assert walk.meeting.state == "AGREED"  # for the others it stands
    assert not [one for one in walk.events("notification.withheld") if one]


def test_it_is_told_once_also_when_the_date_moves(
    world: World,
    mailbox: MailServer,  # noqa: F811
) -> None:
    walk = with_guests(world)
    restrict(world, "mentor", "NO_MEETING", starts_at=walk.at)
    assert (look(walk), look(walk)) == (1, 0)
    walk.deliver()
    to_another_date(walk)

    assert [method for method, _ in entries(mailbox, "mentor@guests.test")] == ["REQUEST", "CANCEL"]
    with tenancy.scope(world.id):
        assert Notification.objects.filter(template=BARRED).count() == 1


@pytest.mark.parametrize(
    ("who", "kind"),
    [("mentor", "NO_CONTACT"), ("counsellor", "DO_NOT_TELL"), ("father", "NO_MEETING")],
)
def test_who_may_hear_no_word_hears_none_and_who_arranges_does(
    world: World,
    mailbox: MailServer,  # noqa: F811
    who: str,
    kind: str,
) -> None:
    walk = with_guests(world)
    restrict(world, who, kind, starts_at=walk.at)

    assert look(walk) == 1

    assert (walk.told(BARRED), walk.told(RELEASED)) == ({"teacher"}, set())
    assert part(walk, who)[0] == "MUST_NOT"


@pytest.mark.parametrize("why", ["ended", "to_come", "crisis", "moved", "past"])
def test_nothing_happens_without_an_order_and_a_date(
    world: World,
    mailbox: MailServer,  # noqa: F811
    why: str,
) -> None:
    walk = with_guests(world)
    restrict(world, "mentor", "NO_MEETING", starts_at=walk.at)
    with tenancy.scope(world.id):
        orders = Restriction.objects.filter(person=world["mentor"])
        if why == "ended":
            orders.update(starts_at=walk.at.replace(year=2020), ends_at=walk.at)
        if why == "to_come":
            orders.update(starts_at=walk.at.replace(year=2030))
        if why == "crisis":
            orders.update(case_id=walk.case_id)
    if why == "moved":
        walk.change()
    if why == "past":
        walk.at = walk.slots()[0].ends_at

    assert look(walk) == 0
    assert walk.told(BARRED) == set()


def test_a_guest_who_must_not_be_met_hears_also_from_one_that_stands_still(
    world: World,
    mailbox: MailServer,  # noqa: F811
) -> None:
    """The father keeps the face of the case; what he moves is off for the guest as well."""
    walk = with_guests(world)
    with tenancy.scope(world.id):
        CaseFace.objects.create(
            school=world.school, case_id=walk.case_id, person=world["father"],
            channel="MEETING", state="IN_PROGRESS", until=walk.at,
        )  # fmt: skip
    restrict(world, "mentor", "NO_MEETING", starts_at=walk.at)
    walk.change(by="father")
    before = walk.told("meeting.called_off")
    with tenancy.scope(world.id):
        Notification.objects.filter(template="meeting.called_off").delete()
        case = Case.objects.select_related("student").get(pk=walk.case_id)
        meeting_stillness.follow(
            case, walk.meeting_inside(), meeting_process.CHANGED, by=world["father"], at=walk.at
        )

    assert "mentor" in before | walk.told("meeting.called_off")
    assert "mentor" in walk.told("meeting.called_off")
