"""A case leaves the meeting's channel: what becomes of the date, and who hears of it."""

from dataclasses import dataclass
from typing import Any

import pytest

from parties import tenancy
from parties.models import Restriction
from parties.roles import Role
from records.models import Meeting
from tests.factories import LONG_AGO, MINUTE, World
from tests.processes.meeting_walk import MeetingWalk, agreed, offered, prepared
from tests.workflow.moves import sees
from workflow import contacts, rerouting
from workflow.models import Case, CaseParty, Notification
from workflow.reports import Suspect
from workflow.upgrading import UpgradeInput

pytestmark = pytest.mark.django_db

OFF = "meeting.called_off"


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of order against the father, and what the crisis makes of him."""

    kind: str
    suspects: tuple[Suspect, ...]


def down(walk: MeetingWalk) -> None:
    rerouting.downgrade(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["teacher"], at=walk.at,
        to="NOTICE", reason="家长已来校问清",
    )  # fmt: skip


def up(walk: MeetingWalk, suspects: tuple[Suspect, ...] = ()) -> None:
    rerouting.upgrade(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["teacher"], at=walk.at,
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤", suspects=suspects),
    )  # fmt: skip


def barred_father(world: World, kind: str) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"], kind=kind,
            starts_at=LONG_AGO,
        )  # fmt: skip


def to_phone(walk: MeetingWalk) -> set[str]:
    """Guardians whom a crisis would have phoned now."""
    with tenancy.scope(walk.world.id):
        case = Case.objects.select_related("student").get(pk=walk.case_id)
        found = set(contacts.guardians(case, at=walk.at))
    return {name for name in ("mother", "father") if walk.world[name].pk in found}


def parts(walk: MeetingWalk, who: str) -> set[str]:
    with tenancy.scope(walk.world.id):
        named = CaseParty.objects.filter(case=walk.case_id, person=walk.world[who])
        return set(named.values_list("part", flat=True))


def family_messages(walk: MeetingWalk) -> int:
    with tenancy.scope(walk.world.id):
        home = Notification.objects.filter(case=walk.case_id, to_role__in=[Role.G, Role.STU])
        return home.count()


# --- down to a notice -----------------------------------------------------------------------------


def test_a_date_is_called_off_when_information_alone_is_left(world: World) -> None:
    walk = agreed(world)

    down(walk)

    assert walk.meeting.state == Meeting.State.CANCELLED
    assert walk.events("meeting.cancelled") == [{"reason": "rerouted"}]
    assert walk.told(OFF) == walk.told("meeting.invitation")
    assert "mother" in walk.told(OFF)


@pytest.mark.parametrize("begin", [prepared, offered])
def test_what_nobody_agreed_on_ends_without_a_word(world: World, begin: Any) -> None:
    walk = begin(world)

    down(walk)

    assert (walk.meeting.state, walk.told(OFF)) == (Meeting.State.CANCELLED, set())


def test_somebody_kept_from_the_child_meanwhile_is_told_nothing(world: World) -> None:
    walk = agreed(world)
    barred_father(world, "NO_CONTACT")

    down(walk)

    assert "father" in walk.told("meeting.invitation")
    assert "father" not in walk.told(OFF)


# --- up to a crisis -------------------------------------------------------------------------------


@pytest.mark.parametrize("suspects", [(), (Suspect(relation="FATHER"),)], ids=["nobody", "father"])
def test_a_crisis_neither_touches_the_date_nor_writes_to_the_family(
    world: World, suspects: tuple[Suspect, ...]
) -> None:
    walk = agreed(world)
    before = family_messages(walk)

    up(walk, suspects)

    assert walk.meeting.state == Meeting.State.AGREED
    assert (family_messages(walk), walk.told(OFF)) == (before, set())


def test_who_must_not_be_met_is_phoned_in_danger(world: World) -> None:
    barred_father(world, "NO_MEETING")
    walk = offered(world)
    assert parts(walk, "father") == {"EXCLUDED"}

    up(walk)

    assert (parts(walk, "father"), to_phone(walk)) == (set(), {"father", "mother"})
    assert not sees(walk, "father")  # of the meeting and of the crisis he knows as little as before


@pytest.mark.parametrize(
    "shape",
    [
        Shape("NO_CONTACT", ()),
        Shape("DO_NOT_TELL", ()),
        Shape("NO_MEETING", (Suspect(relation="FATHER"),)),
    ],
    ids=lambda shape: shape.kind,
)
def test_a_stronger_order_or_a_suspicion_goes_on_holding(world: World, shape: Shape) -> None:
    barred_father(world, shape.kind)
    walk = offered(world)

    walk.at += MINUTE
    up(walk, shape.suspects)

    assert parts(walk, "father") & CaseParty.AGAINST
    assert to_phone(walk) == {"mother"}
