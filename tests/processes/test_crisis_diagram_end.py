"""bpmn/crisis.bpmn by itself: closing by two people, and danger again from every state."""

from typing import Any

import pytest

from tests.processes.crisis_round import (
    AT_ONCE,
    REPORTS,
    TRIAGE,
    Round,
    do_all,
    handled,
    quiet,
    reported,
    told,
    triaged,
)
from workflow.engine.errors import NobodyListens, TaskGone

# --- closing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", sorted(AT_ONCE - {"meeting_urgent"} | {"inform_after"}))
def test_nothing_is_closed_while_anything_is_open(case: Round, last: str) -> None:
    triaged(case)
    order = ["protect", *sorted(REPORTS), "meeting_urgent", "safety_plan"]
    do_all(case, *(task for task in order if task != last))
    case.do("danger_over", away="no")
    do_all(case, *({"inform_after", "final_report"} - {last}))
    if last != "call_guardian":
        told(case)
    if last != "report_decide":
        reported(case)

    assert set(case.open) == {last}


def test_unmet_conditions_go_back_to_whoever_proposed(case: Round) -> None:
    case.answers["check_closing"] = ["no", "no", "yes"]
    quiet(triaged(case))
    for _ in range(2):
        case.do("close_propose", outcome="closed")
        assert set(case.open) == {"close_propose"}
    case.do("close_propose", outcome="closed")

    assert set(case.open) == {"close_confirm"}
    assert case.called("close_case") == []


def test_two_people_close_a_case(case: Round) -> None:
    quiet(triaged(case))
    case.do("close_propose", outcome="closed")
    assert case.open["close_confirm"].properties["four_eyes"] == "close_propose"
    case.do("close_confirm", agree="no")
    assert set(case.open) == {"close_propose"}
    case.do("close_propose", outcome="closed")
    case.do("close_confirm", agree="yes")

    assert case.finished
    assert case.open == {}
    assert case.called("close_case") == [{"outcome": "closed"}]


@pytest.mark.parametrize("outcome", ["closed", "transferred", "merged"])
def test_a_case_ends_where_the_proposal_says(case: Round, outcome: str) -> None:
    quiet(triaged(case))
    case.do("close_propose", outcome=outcome)
    case.do("close_confirm", agree="yes")

    assert case.called("check_closing") == [{"outcome": outcome}]
    assert case.called("close_case") == [{"outcome": outcome}]
    assert case.finished


def test_a_closing_nobody_confirms_is_a_missed_clock(case: Round) -> None:
    quiet(triaged(case))
    case.do("close_propose", outcome="closed")
    case.wait(minutes=5 * 24 * 60)

    assert ("crisis.close_confirm", "close_confirm") in case.missed()


# --- danger again ---------------------------------------------------------------------------------


def _at_triage(case: Round) -> None:
    case.do("acknowledge")


def _at_confirming(case: Round) -> None:
    case.do("acknowledge")
    case.do("triage", **TRIAGE)


def _at_work(case: Round) -> None:
    triaged(case, at_company="yes", type="bullying")


def _at_following_up(case: Round) -> None:
    case.answers["next_follow_up"] = ["weekly", "done"]
    handled(triaged(case))


def _at_closing(case: Round) -> None:
    quiet(triaged(case))
    case.do("close_propose", outcome="closed")


@pytest.mark.parametrize(
    "reach", [_at_triage, _at_confirming, _at_work, _at_following_up, _at_closing]
)
def test_danger_again_begins_anew_from_every_state(case: Round, reach: Any) -> None:
    reach(case)
    case.wait(minutes=5)
    case.danger_again()

    assert set(case.open) == {"triage"}
    assert case.called("danger_again") == [{}]
    assert not case.finished


def test_danger_again_works_any_number_of_times(case: Round) -> None:
    for number in range(1, 13):
        case.answers["next_contact"] = ["guardian", "done"]
        triaged(case)
        assert set(case.open) == AT_ONCE
        case.wait(minutes=3)
        case.danger_again()
        assert len(case.called("danger_again")) == number
    case.answers["next_contact"] = ["guardian", "done"]
    quiet(triaged(case))
    case.do("close_propose", outcome="closed")
    case.do("close_confirm", agree="yes")
    assert case.finished


def test_a_new_round_knows_nothing_of_the_decisions_of_the_last(case: Round) -> None:
    triaged(case, type="sexual", at_company="yes")
    case.danger_again()
    case.answers["next_contact"] = ["done"]
    triaged(case, colour="yellow")

    assert len(case.called("stop_work")) == 1  # the first round's
    case.do("report_decide", outcome="not_required")
    case.do("report_confirm", agree="yes")
    assert "report_waive" not in case.open


def test_clocks_of_the_last_round_ring_no_more(case: Round) -> None:
    case.answers["report_pending"] = ["yes"]
    triaged(case)
    case.wait(minutes=16)
    rung = len(case.called("report_pending"))
    case.danger_again()
    case.calls.clear()
    case.wait(minutes=29)

    assert rung == 1
    assert case.calls == []


def test_a_task_of_the_last_round_cannot_be_completed(case: Round) -> None:
    triaged(case)
    old = case.open["protect"]
    case.danger_again()
    case.open["protect"] = old

    with pytest.raises(TaskGone):
        case.do("protect")


def test_before_anybody_acknowledged_there_is_nothing_to_begin_anew(case: Round) -> None:
    with pytest.raises(NobodyListens):
        case.danger_again()
