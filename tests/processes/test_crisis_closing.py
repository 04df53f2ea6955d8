"""Following up, and closing by two people with every condition met."""

import pytest

from parties.errors import InvalidInput
from tests.factories import World
from tests.processes.walker import follow_all, to_follow_up
from workflow.models import Case, Escalation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("colour", "held"), [("red", 7), ("yellow", 6)])
def test_follow_ups_are_weekly_then_monthly(world: World, colour: str, held: int) -> None:
    assert follow_all(to_follow_up(world, colour=colour)) == held


def test_two_people_close_with_every_condition_met(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)

    walk.do("close_propose")
    walk.do("close_confirm")

    assert walk.case.state == Case.State.CLOSED
    assert walk.instance.status == "COMPLETED"
    assert walk.all_open() <= {"wake_call"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"student_view": ""}, "student_view_missing"),
        ({"guardian_view": ""}, "guardian_view_missing"),
    ],
)
def test_an_unmet_condition_sends_the_proposal_back_with_its_name(
    world: World, change: dict[str, str], code: str
) -> None:
    walk = to_follow_up(world)
    follow_all(walk)

    walk.do("close_propose", **change)

    assert walk.open() == {"close_propose"}
    assert code in walk.payloads("closing.refused")[-1]["unmet"]


def test_a_lesson_that_nobody_can_read_is_refused_by_the_form(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)

    with pytest.raises(InvalidInput, match="复盘") as refused:
        walk.do("close_propose", lesson=" \u200b")

    assert refused.value.field == "lesson"
    assert walk.open() == {"close_propose"}


def test_the_second_name_can_refuse(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do("close_propose")
    walk.do("close_confirm", agree="no")

    assert walk.open() == {"close_propose"}


def test_the_proposer_cannot_confirm(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do("close_propose")

    assert "duty_officer" not in walk.candidates("close_confirm")


@pytest.mark.parametrize(
    ("outcome", "state"), [("transferred", "TRANSFERRED"), ("merged", "CANCELLED")]
)
def test_a_case_can_be_handed_on(world: World, outcome: str, state: str) -> None:
    walk = to_follow_up(world)
    follow_all(walk)

    walk.do("close_propose", outcome=outcome)
    walk.do("close_confirm")

    assert walk.case.state == state


def test_closing_ends_a_ladder_that_a_late_signature_had_raised(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do("close_propose")
    walk.wait(days=14)
    assert walk.ladder().state == Escalation.State.WAITING

    walk.do("close_confirm")
    walk.wait(days=1)

    assert walk.case.state == Case.State.CLOSED
    assert walk.ladder().state == Escalation.State.WITHDRAWN
    assert "escalation.withdrawn" in walk.kinds()
