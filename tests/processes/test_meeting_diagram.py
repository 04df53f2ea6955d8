"""bpmn/meeting.bpmn by itself: every branch and every timer, over a week with 调休."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from parties.roles import Role
from tests.factories import MINUTE
from tests.processes.meeting_round import Round, stood_in
from tests.processes.meeting_ways import LATE, to_minutes, to_times
from tests.records.meeting_days import local
from workflow.engine.errors import NobodyListens

CHOSEN, CHANGED = "meeting_slot_chosen", "meeting_change_asked"


@pytest.fixture
def case() -> Iterator[Round]:
    """Decided on Friday the 9th, 22:40; handlers answer the shortest way."""
    with stood_in() as round_:
        round_.answers = {
            "next_try": ["call"], "outcome": ["held"], "record_state": ["no"],
            "deliver_copy": ["no"],
        }  # fmt: skip
        yield round_.begin()


@pytest.fixture
def out(case: Round) -> Round:
    """Times are out since Monday 09:00."""
    to_times(case)
    case.do("meeting_offer_slots")
    return case


@pytest.fixture
def met(case: Round) -> Round:
    to_minutes(case)
    return case


def test_times_go_out_before_the_family_is_waited_for(out: Round) -> None:
    assert out.open == {}
    assert [name for name, _ in out.calls] == ["begin", "prepared", "tell_slots"]
    assert out.next_due_at == local(14, 17, 30)


@pytest.mark.parametrize(
    ("step", "task"),
    [("call", "meeting_call"), ("second", "meeting_call_second"), ("visit", "meeting_visit")],
)
def test_silence_is_followed_by_what_the_ladder_says(out: Round, step: str, task: str) -> None:
    out.answers["next_try"] = [step, "done"]
    out.go_to(local(14, 17, 30))
    assert set(out.open) == {task}
    assert len(out.called("unanswered")) == 1
    out.do(task)

    assert set(out.open) == {"meeting_next_channel"}
    assert len(out.called("not_met")) == 1


def test_all_declined_does_not_wait_for_the_deadline(out: Round) -> None:
    out.hear("meeting_declined")

    assert set(out.open) == {"meeting_call"}
    assert out.called("unanswered") == []
    with pytest.raises(NobodyListens):
        out.hear("meeting_declined")


@pytest.mark.parametrize(("message", "follows"), [(CHOSEN, "invite"), (CHANGED, "call_off")])
@pytest.mark.parametrize("late", [False, True])
def test_an_answer_counts_before_and_during_the_ladder(
    out: Round, message: str, follows: str, late: bool
) -> None:
    out.appointment = local(16, 18, 45)
    if late:
        out.go_to(local(14, 17, 30))
    out.hear(message)

    assert out.calls[-1][0] == follows
    assert set(out.open) == (set() if message == CHOSEN else {"meeting_offer_slots"})


@pytest.mark.parametrize(
    ("step", "follows", "task"),
    [
        ("agreed", "invite", None),
        ("held", "next_try", "meeting_minutes"),
        ("change", "call_off", "meeting_offer_slots"),
    ],
)
def test_what_a_try_brought_leads_on(out: Round, step: str, follows: str, task: str | None) -> None:
    out.answers["next_try"], out.appointment = ["call", step], local(16, 18, 45)
    out.go_to(local(14, 17, 30))
    out.do("meeting_call")

    assert set(out.open) == ({task} if task else set())
    assert out.calls[-1][0] == follows


def test_the_date_is_a_clock_that_a_change_winds_anew(out: Round) -> None:
    out.hear(CHOSEN)
    assert out.next_due_at == local(14, 10, 50)
    out.hear(CHANGED)
    out.appointment = local(21, 18, 45)
    out.do("meeting_offer_slots")
    out.hear(CHOSEN)

    assert out.next_due_at == local(21, 18, 50)
    out.go_to(local(21, 18, 49))
    assert out.open == {}
    out.go_to(local(21, 18, 50))
    assert set(out.open) == {"meeting_hold"}


@pytest.mark.parametrize(
    ("step", "task"),
    [
        ("held", "meeting_minutes"),
        ("again", "meeting_offer_slots"),
        ("never", "meeting_next_channel"),
    ],
)
def test_held_or_again_or_never(out: Round, step: str, task: str) -> None:
    out.answers["outcome"] = [step]
    out.hear(CHOSEN)
    out.go_to(local(14, 10, 50))
    out.do("meeting_hold")

    assert set(out.open) == {task}


@pytest.mark.parametrize(
    ("next_", "calls", "task"),
    [
        ("notice", "hand_over", None),
        ("again", "new_round", "meeting_prepare"),
        ("close", "close", None),
        (None, "close", None),
    ],
)
def test_a_leader_of_the_grade_decides_what_follows_not_met(
    out: Round, next_: str | None, calls: str, task: str | None
) -> None:
    out.answers["next_try"] = ["done"]
    out.hear("meeting_declined")
    assert out.open["meeting_next_channel"].role == Role.GL
    out.do("meeting_next_channel", next=next_)

    assert out.calls[-1][0] == calls
    assert out.finished is (task is None)
    assert set(out.open) == ({task} if task else set())


def test_signatures_are_waited_for_and_asked_about(met: Round) -> None:
    met.do("meeting_minutes")
    assert met.open == {}
    assert met.next_due_at == local(16, 17, 30)
    met.go_to(local(16, 17, 30))
    assert set(met.open) == {"meeting_chase"}
    met.do("meeting_chase")
    met.hear("record_effective")

    assert set(met.open) == {"meeting_plan"}
    assert met.missed() == ["meeting.sign"]


def test_a_record_that_has_taken_effect_is_not_waited_for(met: Round) -> None:
    met.answers["record_state"] = ["yes"]
    met.do("meeting_minutes")

    assert set(met.open) == {"meeting_plan"}


def test_a_record_that_took_effect_unheard_is_found_at_the_deadline(met: Round) -> None:
    met.answers["record_state"] = ["no", "yes"]
    met.do("meeting_minutes")
    met.go_to(local(16, 17, 30))

    assert set(met.open) == {"meeting_plan"}


def test_paper_copies_are_a_task(met: Round) -> None:
    met.answers |= {"record_state": ["yes"], "deliver_copy": ["yes"]}
    met.do("meeting_minutes")
    assert set(met.open) == {"meeting_copy"}
    met.do("meeting_copy")

    assert set(met.open) == {"meeting_plan"}


@pytest.mark.parametrize(("outcome", "task"), [("again", "meeting_prepare"), ("done", None)])
def test_without_a_plan_it_closes_or_begins_anew(
    met: Round, outcome: str, task: str | None
) -> None:
    met.answers["record_state"] = ["yes"]
    met.do("meeting_minutes")
    met.do("meeting_plan", outcome="none")
    met.do("meeting_close", outcome=outcome)

    assert met.finished is (task is None)
    assert set(met.open) == ({task} if task else set())


def test_a_plan_is_followed_up_and_then_it_closes(met: Round) -> None:
    met.answers |= {
        "record_state": ["yes"], "follow_up.which_week": ["end"], "follow_up.ask_family": ["yes"],
        "follow_up.judge": ["reached"],
    }  # fmt: skip
    met.do("meeting_minutes")
    met.do("meeting_plan", outcome="planned")
    met.do("evaluate_effect")
    met.do("close_or_continue", decision="close")

    assert met.finished
    assert met.called("close") == [{"outcome": "met"}]


@pytest.mark.parametrize("task", sorted(LATE))
def test_every_late_task_is_one_missed_clock_and_stays(case: Round, task: str) -> None:
    clock, way = LATE[task]
    way(case)
    before = case.called("clock_missed")
    due = case.open[task].due_at
    assert due is not None
    for moment in (due - MINUTE, due, due + MINUTE):
        case.go_to(moment)
        now = [{"clock": clock, "task": task}] if moment >= due else []
        assert case.called("clock_missed") == before + now
        assert set(case.open) == {task}


@pytest.mark.parametrize(
    ("clock", "until"), [("meeting.hold", local(15, 0)), ("meeting.minutes", local(14, 21))]
)
def test_what_belongs_to_the_day_of_the_talk_is_due_that_day(
    out: Round, clock: str, until: datetime
) -> None:
    out.hear(CHOSEN)
    out.go_to(local(14, 10, 50))
    if clock == "meeting.minutes":
        out.do("meeting_hold")
    (task,) = out.open.values()
    assert task.due_at == until
    out.go_to(until)

    assert out.missed() == [clock]
