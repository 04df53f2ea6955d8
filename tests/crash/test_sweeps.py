"""What the sweeps do between the steps: climb, deliver, remind, miss. Processes die in them too."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from parties import tenancy
from tests.crash.stories import Story
from tests.factories import CN, MINUTE, NOW
from tests.processes.test_follow_up import TALK_AT
from tests.processes.walker import Walk, begin, to_safety
from tests.records.agreed import MONDAY, daily, meeting, one
from tests.workflow.outbox import promise
from workflow import (
    escalation,
    human_tasks,
    next_contacts,
    notifications,
    plan_days,
    plan_ladder,
    plans,
    processes,
    zero_reports,
)
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

_TEN: Final = 10 * MINUTE


@pytest.fixture
def walk(story: Story) -> Walk:
    """Reported; nobody has been told yet."""
    story.at(NOW)
    return begin(story.world)


def test_messages_are_leased_sent_and_marked(story: Story) -> None:
    story.at(NOW)
    for channel in ("in_app", "sms"):
        promise(story.world, None, channel=channel)
    story.pending("deliver", lambda: notifications.deliver_due(lane="crisis", via="beat"))
    assert story.sent() == 1


def test_the_ladder_climbs_rung_by_rung(story: Story, walk: Walk) -> None:
    story.rest(NOW)
    story.sweep("climb", lambda: escalation.climb_due(via="beat"), at=NOW + _TEN)
    story.sweep("two rungs at once", lambda: escalation.climb_due(via="beat"), at=NOW + 3 * _TEN)
    assert walk.ladder().rung == 3


def test_late_tasks_are_reminded_of_once(story: Story, walk: Walk) -> None:
    walk.acknowledge()
    story.rest(NOW)
    late = NOW + timedelta(minutes=31)
    story.sweep("remind", lambda: human_tasks.remind_due(via="beat"), at=late)


def test_a_day_without_a_report_is_missed_once(story: Story, walk: Walk) -> None:
    walk.acknowledge()
    walk.at += MINUTE
    walk.triage()
    to_safety(walk)
    story.rest(walk.at)
    evening = datetime(2026, 10, 10, 17, 0, 1, tzinfo=CN)
    story.sweep("miss", lambda: zero_reports.miss_due(via="beat"), at=evening)


def test_an_incident_is_retried_once(
    story: Story, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.rest(NOW)
    with monkeypatch.context() as broken:
        broken.setattr("workflow.steps.runtime.advance", lambda *_args, **_more: 1 / 0)
        walk.acknowledge()
    assert walk.instance.status == "FROZEN"
    late = NOW + timedelta(minutes=2)
    story.sweep("retry", lambda: processes.retry_incidents_due(via="beat"), at=late)
    assert walk.open() == {"triage"}


def test_a_plan_without_its_daily_mark_climbs(story: Story) -> None:
    story.at(MONDAY)
    one(story.world, daily())
    story.rest(MONDAY)
    for day in (13, 14):
        evening = datetime(2026, 10, day, 21, 0, tzinfo=CN)
        story.sweep("unsigned", lambda: plan_days.miss_due(via="beat"), at=evening)
    late = datetime(2026, 10, 27, 9, 0, tzinfo=CN)
    story.sweep("overdue", lambda: plan_ladder.look_due(via="beat"), at=late)


def test_a_planned_talk_opens_its_task(story: Story) -> None:
    story.at(MONDAY)
    case = meeting(story.world)
    with tenancy.scope(story.world.id):
        row = Case.objects.select_related("student").get(pk=case)
        plans.schedule_contact(case=row, due_at=TALK_AT, focus="看看作业", at=MONDAY)
    morning = datetime(2026, 10, 19, 8, 0, tzinfo=CN)
    story.sweep("talk", lambda: next_contacts.look_due(via="beat"), at=morning)
    missed = datetime(2026, 10, 21, 17, 30, tzinfo=CN)
    story.sweep("missed", lambda: next_contacts.look_due(via="beat"), at=missed)
