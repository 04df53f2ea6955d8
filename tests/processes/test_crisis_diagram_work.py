"""bpmn/crisis.bpmn by itself, first days and months: reports up, meeting, return, follow-ups."""

from datetime import timedelta
from typing import Any

import pytest

from parties.roles import Role
from tests.factories import CN, HOUR, MINUTE, NOW
from tests.processes.crisis_round import (
    REPORTS,
    Round,
    do_all,
    handled,
    quiet,
    reported,
    told,
    triaged,
)

DAY = timedelta(days=1)


# --- c) reports up, d) protecting, the company ----------------------------------------------------


def test_every_report_up_has_its_own_clock_from_the_report(case: Round) -> None:
    case.wait(minutes=10)
    triaged(case)

    assert {name: case.open[name].due_at for name in REPORTS} == {
        "oral_report": NOW + 30 * MINUTE,
        "first_report": NOW + 2 * HOUR,
        "written_report": NOW + 8 * HOUR,
    }


def test_missed_clocks_are_events_and_the_tasks_stay_open(case: Round) -> None:
    triaged(case)
    told(case)
    reported(case)
    case.wait(until=NOW + 25 * HOUR)

    assert sorted(case.missed()) == [
        ("crisis.first_report", "first_report"),
        ("crisis.meeting_urgent", "meeting_urgent"),
        ("crisis.oral_report", "oral_report"),
        ("crisis.protect", "protect"),
        ("crisis.written_report", "written_report"),
    ]
    assert set(case.open) == REPORTS | {"protect", "meeting_urgent"}


def test_a_report_given_a_second_late_is_still_missed(case: Round) -> None:
    triaged(case)
    case.at = NOW + 30 * MINUTE + timedelta(seconds=1)
    case.do("oral_report")

    assert ("crisis.oral_report", "oral_report") in case.missed()


def test_a_report_given_in_time_is_never_missed(case: Round) -> None:
    triaged(case)
    do_all(case, *REPORTS)
    case.wait(until=NOW + 3 * DAY)

    assert not {task for _, task in case.missed()} & REPORTS


def test_protecting_is_a_matter_of_the_same_day(case: Round) -> None:
    triaged(case)

    assert case.open["protect"].due_at == (NOW + DAY).astimezone(CN).replace(hour=0, minute=0)


def test_at_a_company_work_stops_and_the_company_secures_the_site(case: Round) -> None:
    triaged(case, at_company="yes")

    assert len(case.called("stop_work")) == 1
    assert case.open["secure_site"].role == Role.CM
    assert case.open["secure_site"].properties["roles"] == "CM,CA"
    case.wait(until=NOW + DAY)
    assert ("crisis.secure_site", "secure_site") in case.missed()


def test_elsewhere_no_company_hears_of_it(case: Round) -> None:
    triaged(case, at_company="no")

    assert case.called("stop_work") == []
    assert not [task for task in case.open.values() if task.role in {Role.CM, Role.CA}]


# --- e) meeting, end of danger, return ------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "task", "due"),
    [
        ("red", "meeting_urgent", NOW + DAY),
        ("orange", "meeting_urgent", NOW + DAY),
        ("yellow", "meeting", NOW.astimezone(CN).replace(day=14, hour=17, minute=30)),
        ("blue", "meeting", NOW.astimezone(CN).replace(day=14, hour=17, minute=30)),
    ],
)
def test_the_colour_decides_how_soon_the_team_meets(
    case: Round, colour: str, task: str, due: Any
) -> None:
    triaged(case, colour=colour)

    assert {name for name in case.open if name.startswith("meeting")} == {task}
    assert case.open[task].due_at == due
    case.do(task)
    assert "safety_plan" in case.open


def test_the_end_of_danger_starts_what_comes_after(case: Round) -> None:
    case.answers["next_follow_up"] = ["weekly", "done"]
    triaged(case)
    handled(case)

    assert len(case.called("danger_ended")) == 1
    assert set(case.open) == {"inform_after", "final_report"}
    assert case.open["inform_after"].due_at == NOW.astimezone(CN).replace(
        day=14, hour=17, minute=30
    )
    assert case.open["final_report"].due_at == NOW + 7 * DAY


def test_who_was_away_returns_with_a_plan_that_two_people_carry(case: Round) -> None:
    triaged(case)
    handled(case, away="yes")
    case.do("return_plan")
    assert case.open["return_confirm"].properties["four_eyes"] == "return_plan"
    case.do("return_confirm", agree="no")
    assert "return_plan" in case.open
    case.do("return_plan")
    case.do("return_confirm", agree="yes")

    assert case.called("tell_work_restriction") == []
    assert set(case.open) == {"inform_after", "final_report"}


def test_the_company_hears_only_the_restriction_and_only_then(case: Round) -> None:
    triaged(case, at_company="yes")
    handled(case, away="yes")
    assert case.called("tell_work_restriction") == []
    case.do("return_plan")
    case.do("return_confirm", agree="yes")

    assert case.called("tell_work_restriction") == [{}]


@pytest.mark.parametrize(
    ("task", "clock", "days"),
    [
        ("inform_after", "crisis.inform_after", 5),
        ("final_report", "crisis.final_report", 7),
        ("return_plan", "crisis.return_plan", 7),
    ],
)
def test_what_comes_after_has_clocks_too(case: Round, task: str, clock: str, days: int) -> None:
    triaged(case)
    handled(case, away="yes")
    case.wait(until=NOW + days * DAY)

    assert (clock, task) in case.missed()


# --- follow-ups -----------------------------------------------------------------------------------


def test_follow_ups_come_weekly_then_monthly_then_end(case: Round) -> None:
    case.answers["next_follow_up"] = ["weekly", "weekly", "monthly", "done"]
    triaged(case)
    quiet(case)
    seen = []
    while case.next_due_at is not None and "close_propose" not in case.open:
        case.wait(until=case.next_due_at)
        if "follow_up" in case.open:
            seen.append(case.at.astimezone(CN).strftime("%m-%d %H:%M"))
            case.do("follow_up", danger="none")

    assert seen == ["10-16 08:00", "10-23 08:00", "11-23 08:00"]
    assert case.called("next_follow_up") == [{"colour": "red"}] * 4
    assert set(case.open) == {"close_propose"}


def test_a_follow_up_not_held_is_a_missed_clock(case: Round) -> None:
    case.answers["next_follow_up"] = ["weekly", "done"]
    triaged(case)
    quiet(case)
    case.wait(minutes=7 * 24 * 60)
    case.wait(minutes=5 * 24 * 60)

    assert ("crisis.follow_up_done", "follow_up") in case.missed()
    assert "follow_up" in case.open


def test_danger_seen_at_a_follow_up_begins_a_new_round(case: Round) -> None:
    case.answers["next_follow_up"] = ["weekly", "done"]
    triaged(case)
    handled(case)
    case.wait(minutes=7 * 24 * 60)
    case.do("follow_up", danger="again")

    assert len(case.called("danger_again")) == 1
    assert set(case.open) == {"triage"}
    assert case.open["triage"].due_at == case.at + 30 * MINUTE


# --- bullying -------------------------------------------------------------------------------------


def test_bullying_is_found_or_not_within_ten_days(case: Round) -> None:
    triaged(case, type="bullying")
    assert case.open["bullying_finding"].due_at == NOW + 10 * DAY
    case.do("bullying_finding", result="not_bullying")

    assert case.called("record_finding") == [{"result": "not_bullying"}]


def test_a_finding_that_takes_too_long_is_a_missed_clock(case: Round) -> None:
    triaged(case, type="bullying")
    case.wait(until=NOW + 10 * DAY)

    assert ("crisis.bullying_finding", "bullying_finding") in case.missed()


def test_a_case_of_bullying_is_not_closed_before_the_finding(case: Round) -> None:
    triaged(case, type="bullying")
    quiet(case)

    assert set(case.open) == {"bullying_finding"}
    case.do("bullying_finding", result="bullying")
    assert set(case.open) == {"close_propose"}
