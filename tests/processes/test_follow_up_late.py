"""Work on a follow-up that nobody does climbs as that on a meeting does: 年级组长 hears of it when
it is late, 德育处 a working day later, and all of them each week again, until it is done.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from parties import tenancy
from tests.factories import MINUTE, World
from tests.processes.test_follow_up import (
    CONTACT,
    CONTACTS,
    EFFECT,
    Follow,
    dangerous,
    followed,
)
from tests.workflow.outbox import events
from tests.workflow.test_plan_ladder import told
from workflow import human_tasks, meeting_lateness
from workflow.clocks import load
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db

DAY: Final = timedelta(days=1)
OFFICE: Final = ["duty_officer", "head_of_office"]
ALL: Final = sorted([*OFFICE, "grade_leader", "teacher"])


def look(follow: Follow, moment: datetime) -> list[str]:
    """Whom the sweeps of this moment tell that something is late, by name."""
    before = heard(follow)
    follow.until(moment)
    human_tasks.remind_due(via="test", at=follow.at)
    meeting_lateness.look_due(via="test", at=follow.at)
    return sorted((Counter(heard(follow)) - Counter(before)).elements())


def heard(follow: Follow) -> list[str]:
    return [name for _, name, _ in told(follow.world, "plan.overdue")]


def untouched(follow: Follow) -> None:
    follow.until(CONTACTS[0])


def unadjusted(follow: Follow) -> None:
    untouched(follow)
    follow.answer("hold_contact", CONTACT, adjust="yes")


def unscored(follow: Follow) -> None:
    follow.contacts()


def undecided(follow: Follow) -> None:
    unscored(follow)
    follow.score("mother", 1)
    follow.answer("evaluate_effect", EFFECT)


LATE: Final[dict[str, Callable[[Follow], None]]] = {
    "hold_contact": untouched,
    "adjust_plan": unadjusted,
    "evaluate_effect": unscored,
    "close_or_continue": undecided,
}


@pytest.mark.parametrize("name", sorted(LATE))
def test_late_work_of_a_follow_up_climbs_until_it_is_done(world: World, name: str) -> None:
    follow = followed(world)
    LATE[name](follow)
    due = follow.task(name).due_at
    assert due is not None
    look(follow, due + MINUTE)
    climbs = load_climb(world, due)

    assert look(follow, climbs - MINUTE) == []
    assert look(follow, climbs + MINUTE) == ALL
    assert look(follow, climbs + 3 * DAY) == []
    for week in (1, 2, 3):
        assert look(follow, climbs + week * 8 * DAY) == ALL, week
    assert follow.open() == {name}
    climbed = [one["payload"] for one in events(world, "clock.missed")
               if one["payload"]["clock"] == "follow_up.climb"]  # fmt: skip
    assert [one["task"] for one in climbed] == [name] * 4


def load_climb(world: World, due: datetime) -> datetime:
    with tenancy.scope(world.id):
        return load(world.id).due("follow_up.climb", anchors={}, at=due)


def test_what_the_office_does_not_decide_is_said_to_it_again(world: World) -> None:
    follow = followed(world)
    untouched(follow)
    due = follow.task("hold_contact").due_at
    assert due is not None
    with tenancy.scope(world.id):
        office = sorted(world[name].pk for name in OFFICE)
        HumanTask.objects.filter(name="hold_contact").update(
            name="office_decides", clock="follow_up.decide", roles=["ME"], candidates=office
        )
    look(follow, due + MINUTE)
    climbs = load_climb(world, due)

    assert look(follow, climbs + MINUTE) == sorted([*OFFICE, "grade_leader"])
    assert look(follow, climbs + 8 * DAY) == sorted([*OFFICE, "grade_leader"])


def test_what_is_done_is_said_no_more(world: World) -> None:
    follow = followed(world)
    untouched(follow)
    due = follow.task("hold_contact").due_at
    assert due is not None
    look(follow, load_climb(world, due) + MINUTE)
    follow.answer("hold_contact", CONTACT)

    assert look(follow, follow.at + 8 * DAY) == []


def test_nobody_hears_of_it_at_night_and_a_reminder_puts_nothing_off(world: World) -> None:
    follow = followed(world)
    untouched(follow)
    task = follow.task("hold_contact")
    assert task.due_at is not None
    look(follow, task.due_at + MINUTE)
    climbs = load_climb(world, task.due_at)
    human_tasks.remind(
        school_id=world.id, task_id=task.pk, by=world["teacher"], at=climbs - 2 * MINUTE
    )

    night = climbs.replace(hour=15)  # 23:00 in Beijing
    assert look(follow, night) == []
    assert look(follow, night + timedelta(hours=8, minutes=1)) == ALL


def test_a_question_of_danger_keeps_the_ladder_of_its_own(world: World) -> None:
    follow = followed(world)
    task = dangerous(follow)
    assert task.due_at is not None
    with tenancy.scope(world.id):
        HumanTask.objects.exclude(pk=task.pk).update(clock="")

    assert look(follow, task.due_at + 9 * DAY) == []


def test_the_function_that_finds_late_work_is_put_back_by_undoing(world: World) -> None:
    migration = MigrationLoader(connection).get_migration("workflow", "0083_late_follow_ups")
    before = MigrationLoader(connection).get_migration("workflow", "0081_due_meeting_tasks")

    assert migration.operations[0].replaces == before.operations[0].body  # type: ignore[attr-defined]
