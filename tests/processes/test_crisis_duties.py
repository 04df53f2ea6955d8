"""The mandatory report with two names, the reports up, and the protection of the same day."""

from datetime import timedelta

import pytest

from parties import tenancy
from parties.models import Placement
from tests.factories import NOW, World
from tests.processes.walker import begin, triaged

pytestmark = pytest.mark.django_db


def test_a_mandatory_report_needs_two_names(world: World) -> None:
    walk = triaged(world)
    walk.do("report_decide")
    assert "report_confirm" in walk.open()

    walk.do("report_confirm")

    decided = walk.events("mandatory_report.decided")
    assert len(decided) == 1
    assert {f"person:{world['duty_officer'].pk}", f"person:{world['vice_principal'].pk}"} == set(
        decided[0].refs
    )


def test_a_refused_report_decision_goes_back(world: World) -> None:
    walk = triaged(world)
    walk.do("report_decide", outcome="not_required", reason="不属于法定情形")
    walk.do("report_confirm", agree="no")

    assert "report_decide" in walk.open()


@pytest.mark.parametrize(("kind", "serious"), [("sexual", "no"), ("bullying", "yes")])
def test_grave_cases_have_no_exit_without_the_principal(
    world: World, kind: str, serious: str
) -> None:
    walk = triaged(world, type=kind, serious=serious)
    walk.do("report_decide", outcome="not_required", reason="家属已报告")
    walk.do("report_confirm")
    assert "report_waive" in walk.open()
    assert not walk.events("mandatory_report.decided")

    walk.do("report_waive")

    assert walk.payloads("mandatory_report.decided")[0]["outcome"] == "not_required"


def test_a_principal_who_refuses_sends_it_back(world: World) -> None:
    walk = triaged(world, type="sexual")
    walk.do("report_decide", outcome="not_required", reason="家属已报告")
    walk.do("report_confirm")
    walk.do("report_waive", agree="no")

    assert "report_decide" in walk.open()


def test_lesser_cases_need_no_principal(world: World) -> None:
    walk = triaged(world, type="illness")
    walk.do("report_decide", outcome="not_required", reason="突发疾病，家属在场")
    walk.do("report_confirm")

    assert "report_waive" not in walk.open()


def test_a_pending_decision_raises_the_ladder_every_quarter_of_an_hour(world: World) -> None:
    walk = triaged(world)
    missed = []
    for _ in range(3):
        walk.wait(minutes=15)
        clocks = [each["clock"] for each in walk.payloads("clock.missed")]
        missed.append(clocks.count("crisis.report_pending"))

    assert missed == [1, 2, 3]
    walk.do("report_decide")
    walk.do("report_confirm")
    walk.wait(minutes=60)
    clocks = [each["clock"] for each in walk.payloads("clock.missed")]
    assert clocks.count("crisis.report_pending") == 3


@pytest.mark.parametrize(
    ("task", "clock", "after"),
    [
        ("oral_report", "crisis.oral_report", timedelta(minutes=30)),
        ("first_report", "crisis.first_report", timedelta(hours=2)),
        ("written_report", "crisis.written_report", timedelta(hours=8)),
    ],
)
def test_each_report_up_has_its_clock(
    world: World, task: str, clock: str, after: timedelta
) -> None:
    walk = triaged(world)
    assert walk.task(task).due_at == NOW + after

    walk.at = NOW + after - timedelta(seconds=1)
    walk.wait()
    assert clock not in {each["clock"] for each in walk.payloads("clock.missed")}
    walk.wait(seconds=1)

    assert clock in {each["clock"] for each in walk.payloads("clock.missed")}
    assert task in walk.open()


def test_an_accident_at_the_company_stops_the_work(world: World) -> None:
    walk = triaged(world, type="work_accident", at_company="yes")

    assert "secure_site" in walk.open()
    assert walk.candidates("secure_site") == {"mentor"}
    with tenancy.scope(world.id):
        assert Placement.objects.get().state == Placement.State.SUSPENDED
    walk.do("secure_site")
    assert "secure_site" not in walk.open()


def test_a_report_one_second_late_is_missed_even_if_no_sweep_came_by(world: World) -> None:
    walk = triaged(world)
    walk.at = NOW + timedelta(minutes=30, seconds=1)

    walk.do("oral_report")

    assert "crisis.oral_report" in {each["clock"] for each in walk.payloads("clock.missed")}
    assert "oral_report" not in walk.open()


def test_a_report_that_opens_already_late_calls_whoever_stands_above_its_holder(
    world: World,
) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    walk.at = NOW + timedelta(minutes=31)
    walk.acknowledge("vice_principal") if walk.ladder().state == "WAITING" else None

    walk.do("triage_confirm")

    raised = walk.payloads("escalation.raised")[-1] | {"rung": walk.ladder().rung}
    assert raised["reason"] in {"crisis.triage", "crisis.oral_report"}
    assert walk.ladder().rung >= 4  # the principal stands above the vice-principal's report
