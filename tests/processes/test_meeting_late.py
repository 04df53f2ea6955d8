"""A task of a meeting that nobody does in time, with the real handlers: the grade leader hears of
it once, nobody above, and the task stays where it is.
"""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from parties import tenancy
from parties.models import Person
from tests.factories import MINUTE, World
from tests.processes.meeting_walk import MeetingWalk, begin, held, offered, prepared
from tests.records.meeting_days import local
from workflow.models import Notification

pytestmark = pytest.mark.django_db

Way = Callable[[World], MeetingWalk]


def decided(world: World) -> MeetingWalk:
    walk = begin(world)
    walk.do("meeting_prepare")
    return walk


def unanswered(world: World) -> MeetingWalk:
    walk = offered(world)
    walk.go_to(local(14, 17, 30))
    return walk


def called(world: World) -> MeetingWalk:
    walk = unanswered(world)
    walk.call()
    return walk


def called_twice(world: World) -> MeetingWalk:
    walk = called(world)
    walk.call("meeting_call_second")
    return walk


def not_met(world: World) -> MeetingWalk:
    walk = called_twice(world)
    walk.visit()
    return walk


def unsigned(world: World) -> MeetingWalk:
    walk = held(world)
    walk.record()
    walk.do("meeting_minutes")
    walk.go_to(local(16, 17, 30))
    return walk


def recorded(world: World) -> MeetingWalk:
    walk = held(world)
    walk.record("EFFECTIVE")
    walk.do("meeting_minutes")
    return walk


def on_paper(world: World) -> MeetingWalk:
    with tenancy.scope(world.id):
        father = Person.objects.get(pk=world["father"].pk)
        father.phone = father.email = ""
        father.save()
    return recorded(world)


def unplanned(world: World) -> MeetingWalk:
    walk = recorded(world)
    walk.do("meeting_plan")
    return walk


LATE: Final[Mapping[str, tuple[str, Way]]] = {
    "meeting_dossier": ("meeting.dossier", decided),
    "meeting_offer_slots": ("meeting.offer", prepared),
    "meeting_call": ("meeting.call", unanswered),
    "meeting_call_second": ("meeting.call", called),
    "meeting_visit": ("meeting.visit", called_twice),
    "meeting_next_channel": ("meeting.next", not_met),
    "meeting_chase": ("meeting.chase", unsigned),
    "meeting_copy": ("meeting.copy", on_paper),
    "meeting_plan": ("meeting.plan", recorded),
    "meeting_close": ("meeting.close", unplanned),
}


@pytest.mark.parametrize("task", sorted(LATE))
def test_a_late_task_is_told_to_the_grade_leader_and_stays(world: World, task: str) -> None:
    clock, way = LATE[task]
    walk = way(world)
    before, due = walk.missed(), walk.task(task).due_at
    assert due is not None
    walk.go_to(due - MINUTE)
    assert (walk.missed(), told(walk)) == (before, ["grade_leader"] * len(before))
    walk.go_to(due)
    walk.go_to(due + MINUTE)

    assert walk.missed() == [*before, clock]
    assert told(walk) == ["grade_leader"] * len(walk.missed())
    assert walk.open() == {task}
    assert walk.events("escalation.raised") == []


def told(walk: MeetingWalk) -> list[str]:
    """Who heard that something is late, once for each message."""
    with tenancy.scope(walk.world.id):
        found = Notification.objects.filter(case=walk.case_id, template="meeting.late")
        return sorted(found.values_list("recipient__name", flat=True))
