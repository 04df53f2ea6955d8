"""The same words of danger again: a phone that got no answer, or a mother who says it anew."""

import pytest

from parties import tenancy
from tests.factories import MINUTE, World
from tests.processes.notice_walk import Sent, sent
from tests.workflow.test_danger_signs import DANGER, decide, questions
from workflow.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(world: World) -> Sent:
    return sent(world)


def alarms(walk: Sent) -> int:
    with tenancy.scope(walk.world.id):
        return Notification.objects.filter(template="notice.look_now").count()


def test_a_phone_that_sends_again_alarms_nobody_again(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    alarmed = alarms(walk)
    walk.at += MINUTE
    walk.act("reply", "mother", text=DANGER)

    assert alarmed > 0
    assert alarms(walk) == alarmed
    assert len(questions(walk.world)) == 1


def test_after_the_office_has_answered_they_are_said_anew(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    alarmed = alarms(walk)
    walk.at += MINUTE
    decide(walk, "watch")
    walk.act("reply", "mother", text=DANGER)

    assert alarms(walk) == 2 * alarmed
    assert len(questions(walk.world)) == 1
    assert len(questions(walk.world, "COMPLETED")) == 1
