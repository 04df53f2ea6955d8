"""Whoever answers whether it is a crisis and whoever moves the matter lock in one order: the case
first, its tasks after. The other way round each would wait for the other.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from parties import tenancy
from parties.access import Viewer
from tests.factories import World
from tests.processes.notice_walk import Sent, sent
from tests.workflow.moves import together
from tests.workflow.waiting import wait_for_somebody_who_waits
from workflow import human_tasks, notice_answering, rerouting, routing
from workflow.models import Case, CrisisReport, HumanTask
from workflow.upgrading import UpgradeInput, take_up

pytestmark = pytest.mark.django_db(transaction=True)

UP = UpgradeInput(to="CRISIS", reason="手臂有新伤，说不敢回家")


@pytest.fixture
def walk(world: World) -> Sent:
    made = sent(world)
    made.act("reply", "mother", text="孩子昨晚说不想活了")
    return made


def question(walk: Sent) -> HumanTask:
    with tenancy.scope(walk.world.id):
        return HumanTask.objects.get(name="upgrade_decide")


def answer(walk: Sent) -> Callable[[], object]:
    return partial(
        human_tasks.complete,
        school_id=walk.world.id, task_id=question(walk).pk, by=walk.world["duty_officer"],
        at=walk.at, answer={"outcome": "crisis", "reason": "已与班主任核实"},
    )  # fmt: skip


def tap(walk: Sent) -> Callable[[], object]:
    return partial(
        notice_answering.report_danger,
        school_id=walk.world.id, receipt_id=walk.receipt("mother").pk, by=walk.world["teacher"],
        at=walk.at,
    )  # fmt: skip


def move(walk: Sent) -> Callable[[], object]:
    return partial(
        rerouting.upgrade,
        school_id=walk.world.id, case_id=question(walk).case_id, by=walk.world["head_of_office"],
        at=walk.at, upgrade=UP,
    )  # fmt: skip


@pytest.mark.parametrize("act", [answer, tap])
def test_an_answer_waits_for_a_move_and_the_move_for_nobody(
    walk: Sent, act: Callable[[Sent], Callable[[], object]]
) -> None:
    asked, acting = question(walk), act(walk)
    with ThreadPoolExecutor(1) as pool:
        with tenancy.scope(walk.world.id):
            held = routing.hold(asked.case_id)
            other = pool.submit(together, acting)
            wait_for_somebody_who_waits(other)
            viewer = Viewer.load(walk.world["head_of_office"], at=walk.at)
            take_up(held, viewer, UP)  # locks the question, which nobody holds
        refused = other.result(30)

    assert refused == (["state.wrong"] if act is answer else [""])
    with tenancy.scope(walk.world.id):
        assert CrisisReport.objects.filter(case=asked.case_id).count() == 1
        assert Case.objects.filter(channel="CRISIS").count() == 1


def test_all_at_once_are_one_crisis_and_nobody_is_sent_away_for_nothing(walk: Sent) -> None:
    refused = together(answer(walk), move(walk), tap(walk), answer(walk), move(walk))

    assert "" in refused
    assert set(refused) <= {"", "state.wrong", "access.not_found", "input.invalid"}
    with tenancy.scope(walk.world.id):
        assert Case.objects.filter(channel="CRISIS").count() == 1
