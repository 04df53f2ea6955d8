"""From the case meeting to the end of danger: plans, daily reports, the return, the finding."""

from datetime import date, datetime, timedelta

import pytest

from parties import tenancy
from parties.models import CalendarDay, Placement
from tests.factories import CN, World
from tests.processes.walker import to_safety, triaged
from workflow.models import (
    Case,
    Escalation,
    ZeroReport,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("colour", "task"),
    [("red", "meeting_urgent"), ("orange", "meeting_urgent"), ("yellow", "meeting"),
     ("blue", "meeting")],
)  # fmt: skip
def test_the_colour_decides_how_soon_the_meeting_is(world: World, colour: str, task: str) -> None:
    assert task in triaged(world, colour=colour).open()


def test_a_meeting_in_working_days_counts_a_working_saturday(world: World) -> None:
    with tenancy.scope(world.id):
        CalendarDay.objects.create(school=world.school, date=date(2026, 10, 10),
                                   is_working=True)  # fmt: skip
    walk = triaged(world, colour="yellow")

    due = walk.task("meeting").due_at
    assert due is not None
    assert due.astimezone(CN).date() == date(2026, 10, 13)


def test_the_meeting_leads_to_a_safety_plan_and_then_to_the_end_of_danger(world: World) -> None:
    walk = triaged(world)
    to_safety(walk)

    assert walk.open() == {"danger_over"}
    walk.do("danger_over")

    assert walk.case.state == Case.State.FOLLOW_UP
    assert walk.open() == {"inform_after", "final_report"}


def test_whoever_was_away_comes_back_with_a_plan_of_two(world: World) -> None:
    walk = triaged(world, type="work_accident", at_company="yes")
    to_safety(walk)
    walk.do("secure_site")
    walk.do("danger_over", away="yes")
    walk.do("return_plan")
    walk.do("return_confirm", agree="no")
    assert "return_plan" in walk.open()
    walk.do("return_plan")
    walk.do("return_confirm")

    with tenancy.scope(world.id):
        assert Placement.objects.get().state == Placement.State.ACTIVE


def test_every_day_has_its_report_holidays_included(world: World) -> None:
    walk = triaged(world)
    for _ in range(9):  # through the weekend and beyond
        walk.wait(days=1)
        walk.do("zero_report")

    with tenancy.scope(world.id):
        reports = list(ZeroReport.objects.filter(case=walk.case_id).order_by("day"))
    days = [report.day for report in reports]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len({report.day for report in reports}) == len(reports)


def test_one_missed_report_is_a_fact_two_raise_the_ladder(world: World) -> None:
    walk = triaged(world)
    to_safety(walk)

    walk.at = datetime(2026, 10, 10, 17, 0, tzinfo=CN)
    walk.wait()
    after_one = (len(walk.events("zero_report.missed")), walk.ladder().state)
    walk.wait(days=1)

    assert after_one == (1, Escalation.State.ACKNOWLEDGED)
    assert len(walk.events("zero_report.missed")) == 2
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.ladder().reason == "crisis.zero_report"


def test_an_outage_of_three_days_leaves_three_missed_days(world: World) -> None:
    walk = triaged(world)

    walk.wait(days=3)

    with tenancy.scope(world.id):
        states = ZeroReport.objects.filter(case=walk.case_id).values_list("state", flat=True)
        assert sorted(states) == ["DUE", "MISSED", "MISSED", "MISSED"]


def test_a_report_given_before_any_sweep_after_an_outage_hides_no_day(world: World) -> None:
    walk = triaged(world)

    walk.at += timedelta(days=3)
    walk.do("zero_report")
    walk.wait()

    with tenancy.scope(world.id):
        reports = ZeroReport.objects.filter(case=walk.case_id).order_by("day")
        states = [report.state for report in reports]
        days = [report.day for report in reports]
    assert states == ["GIVEN", "MISSED", "MISSED", "DUE"]
    assert days == [days[0] + timedelta(days=n) for n in range(4)]
    assert len(walk.events("zero_report.missed")) == 3


def test_daily_reports_end_with_the_danger(world: World) -> None:
    walk = triaged(world)
    to_safety(walk)
    assert "zero_report" in walk.all_open()

    walk.do("danger_over")

    assert "zero_report" not in walk.all_open()


def test_bullying_is_found_by_the_committee_within_its_clock(world: World) -> None:
    walk = triaged(world, type="bullying")
    assert "bullying_finding" in walk.open()

    walk.do("bullying_finding")

    assert walk.payloads("bullying.found")[0]["result"] == "bullying"


def test_a_late_finding_is_an_event(world: World) -> None:
    walk = triaged(world, type="bullying")

    walk.wait(days=11)

    assert "crisis.bullying_finding" in {each["clock"] for each in walk.payloads("clock.missed")}
