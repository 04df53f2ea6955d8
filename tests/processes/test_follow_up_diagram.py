"""bpmn/follow_up.bpmn by itself: contacts, danger, both sides' scores, and what follows."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from tests.factories import CN
from tests.processes.follow_round import OPERATORS, Round, stood_in
from tests.records.agreed import MONDAY
from workflow import clock_file
from workflow.engine import lint_files, registry

Make = Callable[..., Round]
DAY = timedelta(days=1)


@pytest.fixture
def make() -> Iterator[Make]:
    with stood_in() as maker:
        yield maker


@pytest.fixture
def plan(make: Make) -> Round:
    """The plan was made on Monday 12 October at ten."""
    return make()


def eight(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 8, 0, tzinfo=CN)


def evening(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 17, 30, tzinfo=CN)


def scored(plan: Round) -> Round:
    """Both sides have said what they think."""
    plan.to_the_end()
    plan.do("evaluate_effect")
    plan.family_scores()
    return plan


# --- the file itself ------------------------------------------------------------------------------


def test_lint_finds_nothing() -> None:
    assert lint_files.check([settings.BPMN_DIR / "follow_up.bpmn"]) == []


def test_the_shipped_handlers_serve_the_diagram() -> None:
    for name, results in OPERATORS.items():
        assert registry.declared_results(f"follow_up.{name}") == set(results), name


# --- three contacts -------------------------------------------------------------------------------


def test_a_plan_begins_with_waiting_two_weeks(plan: Round) -> None:
    assert plan.open == {}
    assert plan.next_due_at == eight(10, 26)
    assert len(plan.called("begin")) == 1


def test_the_contact_opens_on_its_morning_and_is_due_in_three_working_days(plan: Round) -> None:
    plan.until(eight(10, 26) - timedelta(seconds=1))
    assert plan.open == {}

    plan.until(eight(10, 26))

    assert set(plan.open) == {"hold_contact"}
    assert plan.open["hold_contact"].role == "HT"
    assert plan.open["hold_contact"].due_at == evening(10, 29)


def test_two_four_and_eight_weeks(plan: Round) -> None:
    moments = []
    for _ in range(3):
        moments.append(plan.next_due_at)
        plan.contact()

    assert moments == [eight(10, 26), eight(11, 9), eight(12, 7)]
    assert set(plan.open) == {"evaluate_effect"}


def test_a_contact_held_late_is_told_to_the_grade_leader_once_and_stays_open(plan: Round) -> None:
    plan.until(eight(10, 26))
    plan.until(evening(10, 29))
    plan.until(evening(10, 31))

    assert plan.called("late") == [{"clock": "follow_up.hold", "task": "hold_contact"}]
    assert set(plan.open) == {"hold_contact"}


def test_the_due_day_follows_the_turned_round_calendar(make: Make) -> None:
    """Thursday is a holiday and Saturday a working day: three working days end on Saturday."""
    plan = make(**{"2026-10-29": False, "2026-10-31": True})
    plan.until(eight(10, 26))

    assert plan.open["hold_contact"].due_at == evening(10, 30)
    other = make(**{"2026-10-29": False, "2026-10-30": False, "2026-10-31": True})
    other.until(eight(10, 26))
    assert other.open["hold_contact"].due_at == evening(10, 31)


def test_a_plan_that_needs_it_is_adjusted_before_the_next_wait(plan: Round) -> None:
    plan.contact(adjust="yes")

    assert set(plan.open) == {"adjust_plan"}
    assert plan.open["adjust_plan"].due_at == evening(10, 28)
    assert plan.next_due_at is None
    plan.do("adjust_plan")
    assert plan.next_due_at == eight(11, 9)


@pytest.mark.parametrize("adjust", ["no", "yes"])
def test_a_sign_of_danger_asks_at_once_and_the_follow_up_goes_on(plan: Round, adjust: str) -> None:
    plan.contact(danger="yes", adjust=adjust)

    assert plan.called("ask_upgrade") == [{"source": "follow_up.contact"}]
    if adjust == "yes":
        plan.do("adjust_plan")
    assert plan.next_due_at == eight(11, 9)


def test_no_sign_of_danger_asks_nobody(plan: Round) -> None:
    plan.contact()

    assert plan.called("ask_upgrade") == []


# --- what both sides think ------------------------------------------------------------------------


def test_at_the_end_both_sides_are_asked_at_the_same_time(plan: Round) -> None:
    plan.to_the_end()

    assert len(plan.called("ask_family")) == 1
    assert set(plan.open) == {"evaluate_effect"}
    assert plan.next_due_at == evening(12, 14)  # five working days: both clocks


@pytest.mark.parametrize("first", ["family", "school"])
def test_either_side_may_be_first_and_both_are_needed(plan: Round, first: str) -> None:
    plan.to_the_end()
    acts: list[Callable[[], Any]] = [plan.family_scores, lambda: plan.do("evaluate_effect")]
    if first == "school":
        acts.reverse()
    acts[0]()
    assert plan.called("judge") == []

    acts[1]()

    assert len(plan.called("judge")) == 1
    assert plan.called("family_silent") == []
    assert set(plan.open) == {"close_or_continue"}


def test_a_family_that_stays_silent_is_waited_for_five_working_days(plan: Round) -> None:
    plan.to_the_end()
    plan.do("evaluate_effect")
    plan.until(evening(12, 14) - timedelta(seconds=1))
    assert plan.open == {}

    plan.until(evening(12, 14))

    assert len(plan.called("family_silent")) == len(plan.called("judge")) == 1
    assert set(plan.open) == {"close_or_continue"}


def test_a_holiday_gives_the_family_a_day_more(make: Make) -> None:
    plan = make(**{"2026-12-10": False}).to_the_end()

    assert plan.next_due_at == evening(12, 15)


def test_a_family_that_scored_before_is_not_waited_for(plan: Round) -> None:
    plan.answers["ask_family"] = ["yes"]
    plan.to_the_end()
    plan.do("evaluate_effect")

    assert set(plan.open) == {"close_or_continue"}
    assert plan.called("family_silent") == []


def test_a_school_that_is_late_is_told_to_the_grade_leader(plan: Round) -> None:
    plan.to_the_end()
    plan.family_scores()
    plan.until(evening(12, 14))

    assert plan.called("late") == [{"clock": "follow_up.evaluate", "task": "evaluate_effect"}]
    assert set(plan.open) == {"evaluate_effect"}


# --- a person decides -----------------------------------------------------------------------------


@pytest.mark.parametrize("proposal", ["reached", "new_round", "upgrade"])
def test_whatever_is_proposed_a_person_decides(plan: Round, proposal: str) -> None:
    plan.answers["judge"] = [proposal]
    scored(plan)

    assert set(plan.open) == {"close_or_continue"}
    assert plan.open["close_or_continue"].due_at == evening(12, 10)
    assert (plan.finished, plan.called("settle")) == (False, [])


def test_closing_settles_the_case(plan: Round) -> None:
    scored(plan).do("close_or_continue", decision="close")

    assert plan.finished
    assert len(plan.called("settle")) == 1
    assert plan.called("new_round") == []


def test_another_round_begins_with_waiting_two_weeks(plan: Round) -> None:
    plan.answers["which_week"] = ["week4", "week8", "end", "week2", "week4", "week8", "end"]
    scored(plan).do("close_or_continue", decision="new_round")

    assert (plan.finished, plan.open, plan.next_due_at) == (False, {}, eight(12, 21))
    again = scored(plan)
    again.do("close_or_continue", decision="close")
    assert (again.finished, len(again.called("judge"))) == (True, 2)


def test_an_upgrade_is_asked_for_and_nobody_is_left_alone_meanwhile(plan: Round) -> None:
    plan.answers["which_week"] = ["week4", "week8", "end", "week2"]
    scored(plan).do("close_or_continue", decision="upgrade")

    assert plan.called("ask_upgrade") == [{"source": "follow_up.decision"}]
    assert plan.next_due_at == eight(12, 21)


@pytest.mark.parametrize("said", [None, "", "later"])
def test_no_clear_word_closes_nothing(plan: Round, said: str | None) -> None:
    plan.answers["which_week"] = ["week4", "week8", "end", "week2"]
    scored(plan).do("close_or_continue", decision=said)

    assert plan.called("settle") == []
    assert len(plan.called("new_round")) == 1


def test_after_too_many_rounds_the_office_confers_and_it_ends(plan: Round) -> None:
    plan.answers["new_round"] = ["no"]
    scored(plan).do("close_or_continue", decision="new_round")

    assert set(plan.open) == {"office_decides"}
    assert plan.open["office_decides"].role == "ME"
    plan.do("office_decides")
    assert plan.finished
    assert len(plan.called("settle")) == 1


def test_a_decision_that_is_late_is_told(plan: Round) -> None:
    scored(plan)
    plan.until(evening(12, 10))

    assert plan.called("late") == [{"clock": "follow_up.decide", "task": "close_or_continue"}]
    assert plan.at > MONDAY + 8 * 7 * DAY


def test_every_clock_of_the_follow_up_is_used_and_the_other_way_round() -> None:
    text = (settings.BPMN_DIR / "follow_up.bpmn").read_text(encoding="utf-8")
    known = {name for name in clock_file.defaults().clocks if name.startswith("follow_up.")}
    used = {name for name in known if f'"{name}"' in text}

    outside = {"follow_up.upgrade", "follow_up.climb", "follow_up.climb_again"}
    assert used | outside == known  # clocks of a task outside, and of all that is late
