"""bpmn/crisis.bpmn through the real engine, with a hand-driven clock: report, triage, danger again.

The other branches are in the files beside this one, test_crisis_*.py.
"""

from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import (
    AT_ONCE,
    FATHER,
    Walk,
    begin,
    follow_all,
    to_follow_up,
    to_safety,
    triaged,
)
from workflow.errors import SamePerson
from workflow.models import (
    Case,
    Escalation,
    HumanTask,
)

pytestmark = pytest.mark.django_db


def test_after_the_report_somebody_has_to_acknowledge(world: World) -> None:
    assert begin(world).open() == {"acknowledge"}


def test_acknowledging_opens_the_triage_and_stops_the_ladder(world: World) -> None:
    walk = begin(world)

    walk.acknowledge("counsellor")

    assert walk.open() == {"triage"}
    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED
    assert walk.case.owner_id == world["counsellor"].pk


def test_the_acknowledger_of_a_process_that_could_not_start_is_heard_later(world: World) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        HumanTask.objects.filter(case=walk.case_id, name="acknowledge").delete()
    walk.acknowledge()

    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED


def test_two_people_triage(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    assert walk.open() == {"triage_confirm"}

    walk.do("triage_confirm")

    assert walk.open() == AT_ONCE
    assert (walk.case.state, walk.case.colour) == (Case.State.IN_PROGRESS, "RED")
    assert len(walk.events("triage.settled")[0].refs) == 2


def test_one_person_cannot_be_both_names(world: World) -> None:
    with tenancy.scope(world.id):
        world.people["both"] = world["duty_officer"]
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=walk.case_id, name="triage_confirm")
        task.candidates = [*task.candidates, world["duty_officer"].pk]
        task.save(update_fields=["candidates"])

    with pytest.raises(SamePerson):
        walk.do("triage_confirm", by="duty_officer")


def test_disagreement_returns_to_the_first_person(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")

    walk.do("triage_confirm", agree="no")

    assert walk.open() == {"triage"}


def test_one_no_to_telling_is_a_no(world: World) -> None:
    walk = begin(world, suspects=FATHER)
    walk.acknowledge()
    walk.do("triage", safe_to_tell="yes")
    walk.do("triage_confirm", safe_to_tell="no")

    assert walk.case.safe_to_tell == Case.SafeToTell.NO


def test_a_missed_triage_clock_raises_the_ladder_above_the_holder(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()

    walk.wait(minutes=30)

    assert {"clock": "crisis.triage", "task": "triage"}.items() <= walk.payloads("clock.missed")[
        0
    ].items()
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.ladder().reason == "crisis.triage"
    assert walk.open() == {"triage"}


def test_a_triage_one_second_late_is_a_missed_clock_even_without_a_sweep(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.at = NOW + 30 * MINUTE + timedelta(seconds=1)

    walk.do("triage")

    assert walk.payloads("clock.missed")[0]["clock"] == "crisis.triage"
    assert walk.open() == {"triage_confirm"}


def test_a_suspect_named_at_triage_loses_their_tasks(world: World) -> None:
    walk = begin(world, by="mentor")
    walk.acknowledge()

    walk.triage(suspect_kind="staff", suspect_people=[str(world["teacher"].pk)])

    assert "teacher" not in walk.candidates("call_guardian")
    assert "duty_officer" in walk.candidates("call_guardian")


def at_start(walk: Walk) -> None:
    """Reported only."""


def at_triage(walk: Walk) -> None:
    walk.acknowledge()


def in_measures(walk: Walk) -> None:
    walk.acknowledge()
    walk.triage()


def in_follow_up(walk: Walk) -> None:
    in_measures(walk)
    to_safety(walk)
    walk.do("danger_over")


@pytest.mark.parametrize("reach", [at_triage, in_measures, in_follow_up])
def test_danger_again_goes_back_to_the_triage_from_every_state(world: World, reach: Any) -> None:
    walk = begin(world)
    reach(walk)
    walk.at += timedelta(hours=5)

    walk.again()

    assert walk.open() == {"triage"}
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.case.alarm_at == walk.at
    assert walk.task("triage").due_at == walk.at + 30 * MINUTE


def test_danger_before_anybody_acknowledged_keeps_the_ladder_climbing(world: World) -> None:
    walk = begin(world)

    walk.again()

    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.open() == {"acknowledge"}


def test_it_works_any_number_of_times(world: World) -> None:
    walk = triaged(world)
    for _ in range(4):
        walk.at += timedelta(hours=1)
        walk.again()
        walk.acknowledge()
        walk.triage()

    assert walk.open() == AT_ONCE


def test_a_closed_case_starts_over(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do("close_propose")
    walk.do("close_confirm")

    walk.again()

    assert walk.case.state == Case.State.REOPENED
    assert walk.open() == {"acknowledge"}
    assert walk.ladder().state == Escalation.State.WAITING


def test_a_danger_seen_at_a_follow_up_sounds_the_alarm(world: World) -> None:
    walk = to_follow_up(world)
    walk.wait(days=7)

    walk.do("follow_up", danger="again")

    assert walk.open() == {"triage"}
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.ladder().reason == "danger_again"
