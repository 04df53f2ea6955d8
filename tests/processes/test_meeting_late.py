"""A task of a meeting that nobody does in time, with the real handlers: the grade leader hears of
it at once, 德育处 a working day later, and the task stays where it is.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import tenancy
from parties.models import Person
from tests.factories import MINUTE, World
from tests.processes.meeting_walk import MeetingWalk, agreed, begin, held, offered, prepared
from tests.records.meeting_days import local
from workflow import human_tasks, meeting_lateness
from workflow.models import HumanTask, Notification

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


# --- it climbs ------------------------------------------------------------------------------------


def look(walk: MeetingWalk, moment: datetime) -> list[str]:
    """Whom the sweeps of this moment tell, by name."""
    walk.go_to(moment)
    before = told(walk) + reminded(walk)
    human_tasks.remind_due(via="test", at=walk.at)
    meeting_lateness.look_due(via="test", at=walk.at)
    after = told(walk) + reminded(walk)
    return sorted((Counter(after) - Counter(before)).elements())


def passed(world: World) -> MeetingWalk:
    """Wednesday the 14th at 10:50 the agreed time is over, and nobody says what came of it."""
    walk = agreed(world)
    walk.go_to(local(14, 10, 50))
    assert walk.open() == {"meeting_hold"}
    return walk


OFFICE = ["duty_officer", "head_of_office"]


def test_a_date_that_passed_without_an_outcome_climbs_until_somebody_says_it(world: World) -> None:
    walk = passed(world)
    assert look(walk, local(14, 22)) == []

    assert look(walk, local(15, 0, 1)) == ["teacher"]  # and the grade leader, by the diagram
    assert told(walk) == ["grade_leader"]
    assert look(walk, local(16, 17, 29)) == []
    assert look(walk, local(16, 17, 31)) == sorted([*OFFICE, "grade_leader", "teacher"])
    assert look(walk, local(22, 9)) == []
    assert look(walk, local(23, 9, 1)) == sorted([*OFFICE, "grade_leader", "teacher"])
    assert walk.missed() == ["meeting.hold", "meeting.climb", "meeting.climb"]

    walk.do("meeting_hold", outcome="no_show")
    look(walk, local(30, 9, 2))
    said = [one["task"] for one in walk.events("clock.missed") if one["clock"] == "meeting.climb"]
    assert said.count("meeting_hold") == 2


def test_minutes_that_nobody_writes_climb_as_well(world: World) -> None:
    walk = held(world)
    assert look(walk, local(14, 21, 1)) == ["teacher"]
    assert look(walk, local(15, 17, 31)) == sorted([*OFFICE, "grade_leader", "teacher"])


def test_a_reminder_in_between_puts_nothing_off(world: World) -> None:
    walk = passed(world)
    look(walk, local(15, 0, 1))
    walk.go_to(local(16, 12))
    task = walk.task("meeting_hold")
    human_tasks.remind(school_id=world.id, task_id=task.pk, by=world["teacher"], at=local(16, 12))

    assert set(OFFICE) <= set(look(walk, local(16, 17, 31)))


def test_nobody_hears_of_it_at_night(world: World) -> None:
    walk = passed(world)
    look(walk, local(15, 0, 1))

    assert look(walk, local(16, 23)) == []
    assert set(OFFICE) <= set(look(walk, local(17, 7, 1)))


def test_a_night_of_sweeps_writes_nothing(world: World) -> None:
    walk = passed(world)
    look(walk, local(15, 9))
    walk.go_to(local(16, 23))
    human_tasks.remind_due(via="test", at=walk.at)

    with CaptureQueriesContext(connection) as asked:
        meeting_lateness.look_due(via="test", at=walk.at)

    assert [one["sql"] for one in asked if one["sql"].startswith("UPDATE")] == []
    assert set(OFFICE) <= set(look(walk, local(17, 7, 1)))


def test_looking_again_tells_nothing_more(world: World) -> None:
    walk = passed(world)
    look(walk, local(15, 0, 1))
    look(walk, local(16, 17, 31))

    assert look(walk, local(16, 17, 31)) == []


def test_a_late_task_of_another_flow_is_not_told_here(world: World) -> None:
    walk = passed(world)
    with tenancy.scope(world.id):
        HumanTask.objects.filter(case=walk.case_id).update(clock="notice.calls")
    look(walk, local(15, 0, 1))

    assert look(walk, local(16, 17, 31)) == []


def reminded(walk: MeetingWalk) -> list[str]:
    with tenancy.scope(walk.world.id):
        found = Notification.objects.filter(case=walk.case_id, template="task.reminder")
        return list(found.values_list("recipient__name", flat=True))


def told(walk: MeetingWalk) -> list[str]:
    """Who heard that something is late, once for each message."""
    with tenancy.scope(walk.world.id):
        found = Notification.objects.filter(case=walk.case_id, template="meeting.late")
        return sorted(found.values_list("recipient__name", flat=True))
