"""bpmn/crisis.bpmn by itself, first hour: two people triage, the family, the mandatory report."""

import pytest

from parties.roles import Role
from tests.factories import MINUTE, NOW
from tests.processes.crisis_round import AT_ONCE, TRIAGE, Round, reported, triaged

# --- report and triage ----------------------------------------------------------------------------


def test_a_report_waits_for_nothing_but_an_acknowledgement(case: Round) -> None:
    assert set(case.open) == {"acknowledge"}
    assert case.next_due_at is None  # the ladder is not in the diagram


def test_whoever_acknowledged_triage_follows_within_half_an_hour_of_the_report(case: Round) -> None:
    case.wait(minutes=12)
    case.do("acknowledge")

    assert set(case.open) == {"triage"}
    assert case.open["triage"].due_at == NOW + 30 * MINUTE


def test_the_second_of_two_people_confirms_the_triage(case: Round) -> None:
    case.do("acknowledge")
    case.do("triage", **TRIAGE)

    assert set(case.open) == {"triage_confirm"}
    assert case.open["triage_confirm"].role == Role.PSY
    assert case.open["triage_confirm"].properties["four_eyes"] == "triage"
    assert case.called("settle_triage") == []


def test_disagreement_returns_to_triage_as_often_as_it_takes(case: Round) -> None:
    case.do("acknowledge")
    for _ in range(3):
        case.do("triage", **TRIAGE)
        case.do("triage_confirm", agree="no", safe_to_tell="yes")

    assert set(case.open) == {"triage"}
    triaged(case, colour="orange")
    assert [call["colour"] for call in case.called("settle_triage")] == ["orange"]


@pytest.mark.parametrize("said", [None, "", "maybe"])
def test_no_clear_yes_is_a_disagreement(case: Round, said: str | None) -> None:
    case.do("acknowledge")
    case.do("triage", **TRIAGE)
    case.do("triage_confirm", agree=said, safe_to_tell="yes")

    assert set(case.open) == {"triage"}


def test_a_missed_triage_is_one_missed_clock_however_often_they_disagree(case: Round) -> None:
    case.do("acknowledge")
    case.do("triage", **TRIAGE)
    case.wait(minutes=31)
    case.do("triage_confirm", agree="no", safe_to_tell="yes")
    case.wait(minutes=31)

    assert case.missed() == [("crisis.triage", "triage")]
    assert set(case.open) == {"triage"}


def test_a_late_acknowledgement_is_a_missed_triage(case: Round) -> None:
    case.wait(minutes=45)
    case.do("acknowledge")

    assert case.missed() == [("crisis.triage", "triage")]


def test_triage_opens_everything_at_once(case: Round) -> None:
    triaged(case)

    assert set(case.open) == AT_ONCE
    assert len(case.called("open_zero_reports")) == 1
    assert case.called("settle_triage") == [
        {
            "type": "self_harm",
            "colour": "red",
            "safe": True,
            "suspect_kind": "none",
            "at_company": "no",
            "serious": "no",
        }
    ]


# --- a) telling the family ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "safe"),
    [("yes", "yes", True), ("yes", "no", False), ("no", "yes", False), (None, "yes", False)],
)
def test_telling_is_safe_only_if_both_say_so(
    case: Round, first: str, second: str, safe: bool
) -> None:
    case.do("acknowledge")
    case.do("triage", **{**TRIAGE, "safe_to_tell": first})
    case.do("triage_confirm", agree="yes", safe_to_tell=second)

    assert case.called("settle_triage")[0]["safe"] is safe
    assert case.called("next_contact") == [{"safe": safe, "bullying": False}]
    assert len(case.called("shield_guardians")) == (0 if safe else 1)


def test_a_suspected_guardian_is_shut_out_before_anybody_is_phoned(case: Round) -> None:
    triaged(case, safe_to_tell="no", suspect_kind="guardian")

    names = [name for name, _ in case.calls]
    assert names.index("shield_guardians") < names.index("next_contact")


@pytest.mark.parametrize(
    ("step", "task", "role"),
    [
        ("guardian", "call_guardian", Role.HT),
        ("other_side", "call_other_side", Role.ME),
        ("carer", "call_carer", Role.HT),
        ("community", "call_community", Role.ME),
        ("police", "call_police", Role.ME),
    ],
)
def test_each_next_contact_is_a_call_of_its_own(
    case: Round, step: str, task: str, role: Role
) -> None:
    case.answers["next_contact"] = [step, "done"]
    triaged(case)

    assert {name for name in case.open if name.startswith("call_")} == {task}
    assert case.open[task].role == role
    assert case.open[task].due_at == NOW + 20 * MINUTE
    case.do(task, outcome="reached")
    assert not [name for name in case.open if name.startswith("call_")]


def test_an_unreachable_family_is_tried_until_the_handler_says_done(case: Round) -> None:
    steps = ["guardian"] * 6 + ["carer"] * 3 + ["community", "police", "done"]
    case.answers["next_contact"] = list(steps)
    triaged(case)
    made = []
    while calls := [name for name in case.open if name.startswith("call_")]:
        made.append(calls[0].removeprefix("call_"))
        case.do(calls[0], outcome="no_answer")

    assert made == steps[:-1]
    assert len(case.called("next_contact")) == len(steps)


def test_bullying_asks_for_both_sides(case: Round) -> None:
    triaged(case, type="bullying")

    assert case.called("next_contact") == [{"safe": True, "bullying": True}]


def test_a_family_not_told_in_time_is_one_missed_clock(case: Round) -> None:
    triaged(case)
    case.do("protect")
    case.wait(minutes=21)
    case.wait(minutes=3)

    assert ("crisis.contact", "call_guardian") in case.missed()
    assert case.missed().count(("crisis.contact", "call_guardian")) == 1
    assert "call_guardian" in case.open


# --- b) mandatory report --------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["reported", "not_required"])
def test_two_people_decide_about_the_mandatory_report(case: Round, outcome: str) -> None:
    triaged(case)
    case.do("report_decide", outcome=outcome)

    assert case.called("report_settled") == []
    assert case.open["report_confirm"].role == Role.VP
    assert case.open["report_confirm"].properties["four_eyes"] == "report_decide"
    case.do("report_confirm", agree="yes")
    assert case.called("report_settled") == [{"outcome": outcome}]
    assert not {name for name in case.open if name.startswith("report_")}


def test_a_second_person_who_disagrees_sends_the_decision_back(case: Round) -> None:
    triaged(case)
    case.do("report_decide", outcome="not_required")
    case.do("report_confirm", agree="no")

    assert "report_decide" in case.open
    assert case.called("report_settled") == []


@pytest.mark.parametrize(
    ("type_", "serious", "outcome", "asked"),
    [
        ("sexual", "no", "not_required", True),
        ("bullying", "yes", "not_required", True),
        ("bullying", "no", "not_required", False),
        ("self_harm", "yes", "not_required", False),
        ("sexual", "yes", "reported", False),
    ],
)
def test_some_things_only_the_principal_may_leave_unreported(
    case: Round, type_: str, serious: str, outcome: str, asked: bool
) -> None:
    triaged(case, type=type_, serious=serious)
    case.do("report_decide", outcome=outcome)
    case.do("report_confirm", agree="yes")

    assert ("report_waive" in case.open) is asked
    assert bool(case.called("report_settled")) is not asked


def test_the_principal_may_refuse_to_leave_it_unreported(case: Round) -> None:
    triaged(case, type="sexual")
    reported(case, "not_required")
    assert case.open["report_waive"].role == Role.PR
    assert case.open["report_waive"].properties["four_eyes"] == "report_decide,report_confirm"
    case.do("report_waive", agree="no")

    assert "report_decide" in case.open
    reported(case, "not_required")
    case.do("report_waive", agree="yes")
    assert case.called("report_settled") == [{"outcome": "not_required"}]


def test_an_undecided_report_raises_the_ladder_every_quarter_of_an_hour(case: Round) -> None:
    case.answers["report_pending"] = ["yes"]
    triaged(case)
    asked: list[int] = []
    for _ in range(8):
        case.wait(minutes=7 if len(asked) % 2 else 8)
        asked.append(len(case.called("report_pending")))

    assert asked == [0, 1, 1, 2, 2, 3, 3, 4]


def test_disagreeing_about_the_report_does_not_ring_twice_as_often(case: Round) -> None:
    case.answers["report_pending"] = ["yes"]
    triaged(case)
    case.do("report_decide", outcome="not_required")
    case.do("report_confirm", agree="no")
    case.wait(minutes=15)
    case.wait(minutes=15)

    assert len(case.called("report_pending")) == 2


def test_a_decided_report_rings_no_more(case: Round) -> None:
    triaged(case)
    reported(case)
    case.wait(minutes=60)

    assert case.called("report_pending") == []
