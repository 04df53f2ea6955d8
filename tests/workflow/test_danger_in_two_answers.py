"""A sign of danger that a family splits over two answers to one notice."""

import pytest

from parties import tenancy
from tests.factories import MINUTE, World, people_of
from tests.processes.notice_walk import Sent, sent
from workflow import human_tasks
from workflow.models import HumanTask, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(world: World) -> Sent:
    """Half of a sign is written; nobody is asked."""
    walk = sent(world)
    walk.act("reply", "mother", text="孩子昨晚一直说不想")
    assert questions(walk) == []
    return walk


def questions(walk: Sent) -> list[HumanTask]:
    with tenancy.scope(walk.world.id):
        found = HumanTask.objects.filter(name="upgrade_decide", state__in=("OPEN", "CLAIMED"))
        return list(found)


def test_the_second_answer_asks(walk: Sent) -> None:
    receipt = walk.act("reply", "mother", text="活了")

    assert len(questions(walk)) == 1
    assert receipt.hint == "RED"
    with tenancy.scope(walk.world.id):
        rung = Notification.objects.filter(template="notice.look_now", lane="crisis")
        told = people_of(walk.world, set(rung.values_list("recipient_id", flat=True)))
    assert told == {"duty_officer", "head_of_office", "teacher"}


def test_a_calm_answer_after_the_decision_asks_nothing_anew(walk: Sent) -> None:
    walk.act("reply", "mother", text="活了")
    walk.at += MINUTE
    human_tasks.complete(
        school_id=walk.world.id, task_id=questions(walk)[0].pk, by=walk.world["duty_officer"],
        at=walk.at, answer={"outcome": "watch", "reason": "已与班主任核实"},
    )  # fmt: skip

    walk.act("reply", "mother", text="收到，谢谢老师。")

    assert questions(walk) == []
