"""Two people, two answers or two sweeps at the same moment: one question, one crisis, one step."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from uuid import UUID

import pytest

from ledger.models import Event
from parties import tenancy
from tests.factories import MINUTE, World
from tests.processes.intake_walk import in_meeting
from tests.processes.notice_walk import Sent, sent
from tests.processes.walker import begin
from tests.workflow.moves import together
from tests.workflow.waiting import wait_for_somebody_who_waits
from workflow import family_words, human_tasks, notice_answering, upgrade_ladder
from workflow.errors import WrongState
from workflow.models import Case, HumanTask

pytestmark = pytest.mark.django_db(transaction=True)

DANGER = "孩子昨晚说不想活了"


@pytest.fixture
def walk(world: World) -> Sent:
    return sent(world)


def tap(walk: Sent, by: str) -> Callable[[], object]:
    return partial(
        notice_answering.report_danger,
        school_id=walk.world.id, receipt_id=walk.receipt("mother").pk, by=walk.world[by],
        at=walk.at,
    )  # fmt: skip


def decide(walk: Sent, outcome: str) -> Callable[[], object]:
    with tenancy.scope(walk.world.id):
        task = HumanTask.objects.get(name="upgrade_decide").pk
    return partial(
        human_tasks.complete,
        school_id=walk.world.id, task_id=task, by=walk.world["duty_officer"], at=walk.at,
        answer={"outcome": outcome, "reason": "已与班主任核实"},
    )  # fmt: skip


def crises(walk: Sent) -> int:
    with tenancy.scope(walk.world.id):
        return Case.objects.filter(channel="CRISIS").count()


def test_two_taps_and_an_answer_at_once_are_one_crisis(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)

    refused = together(
        tap(walk, "teacher"), tap(walk, "head_of_office"), tap(walk, "vice_principal"),
        decide(walk, "crisis"),
    )  # fmt: skip

    assert crises(walk) == 1
    assert set(refused) <= {"", "state.wrong", "access.not_found"}


def test_two_answers_at_once_are_one_question(walk: Sent) -> None:
    reply = partial(
        notice_answering.reply,
        school_id=walk.world.id, receipt_id=walk.receipt("mother").pk, by=walk.world["mother"],
        at=walk.at, text=DANGER,
    )  # fmt: skip

    assert set(together(reply, reply, reply)) == {""}

    with tenancy.scope(walk.world.id):
        assert HumanTask.objects.filter(name="upgrade_decide").count() == 1


def test_two_sweeps_at_once_climb_one_step(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    look = partial(upgrade_ladder.look_due, via="test", at=walk.at + 30 * MINUTE)

    together(look, look, look, look)

    with tenancy.scope(walk.world.id):
        task = HumanTask.objects.get(name="upgrade_decide")
        assert task.roles == ["ME", "VP"]
        assert Event.objects.filter(kind="clock.missed", subject_id=task.case_id).count() == 1


def test_a_matter_that_ended_meanwhile_makes_no_crisis_in_silence(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    with tenancy.scope(walk.world.id):
        case = Case.objects.get(kind="notice_danger")
        case.settle(at=walk.at)
        case.save()

    with pytest.raises(WrongState):
        decide(walk, "crisis")()
    with tenancy.scope(walk.world.id):
        assert HumanTask.objects.get(name="upgrade_decide").state == "OPEN"
    decide(walk, "watch")()
    assert crises(walk) == 0


def in_a_meeting(world: World) -> tuple[UUID, datetime]:
    walk = in_meeting(world)
    return walk.case_id, walk.at


def in_a_crisis(world: World) -> tuple[UUID, datetime]:
    walk = begin(world)
    return walk.case_id, walk.at


@pytest.mark.parametrize("matter", [in_a_meeting, in_a_crisis])
def test_two_who_write_at_the_same_moment_in_an_open_matter_ask_once(
    world: World, matter: Callable[[World], tuple[UUID, datetime]]
) -> None:
    """Each has asked before the other could see it: the second waits, and finds the question."""
    case_id, at = matter(world)

    def write() -> None:
        with tenancy.scope(world.id):
            family_words.listen(DANGER, case_id=case_id, at=at, source="check_in")

    with ThreadPoolExecutor(1) as pool:
        with tenancy.scope(world.id):
            family_words.listen(DANGER, case_id=case_id, at=at, source="check_in")
            other = pool.submit(together, write)
            wait_for_somebody_who_waits(other)
        assert other.result(30) == [""]

    with tenancy.scope(world.id):
        assert HumanTask.objects.filter(case=case_id, name="upgrade_decide").count() == 1
        assert Event.objects.filter(kind="upgrade.asked", subject_id=case_id).count() == 1
