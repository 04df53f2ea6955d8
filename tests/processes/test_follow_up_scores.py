"""What each side says of a plan, where it comes late or twice."""

from datetime import datetime

import pytest

from parties import tenancy
from records import evaluations
from records.evaluations import Score
from tests.factories import CN, World
from tests.processes.test_follow_up import EFFECT, Follow, follow
from tests.workflow.test_plan_ladder import told
from workflow import plans
from workflow.errors import InvalidInput

__all__ = ["follow"]

pytestmark = pytest.mark.django_db


def test_an_answer_about_the_last_round_is_not_taken_for_the_next(
    world: World, follow: Follow
) -> None:
    """Asked on Monday, thought about, and said when the teacher has begun another round."""
    follow.contacts().answer("evaluate_effect", EFFECT)
    follow.until(datetime(2026, 12, 14, 17, 30, tzinfo=CN))
    follow.answer("close_or_continue", {"decision": "new_round", "reason": "还不够"})
    assert follow.round().number == 2

    plans.score(
        school_id=world.id, case_id=follow.case_id, by=world["mother"], at=follow.at,
        given=Score(score=-1, words="还是不说话", plan_round=1),
    )  # fmt: skip

    with tenancy.scope(world.id):
        assert evaluations.sides(follow.case_id, 1) == {"SCHOOL": 1, "FAMILY": -1}
        assert evaluations.sides(follow.case_id, 2) == {}
    with pytest.raises(InvalidInput, check=lambda no: no.field == "plan_round"):
        plans.score(
            school_id=world.id, case_id=follow.case_id, by=world["father"], at=follow.at,
            given=Score(score=1, plan_round=3),
        )  # fmt: skip


def test_a_second_score_of_the_school_is_refused_and_not_left_unheard(
    world: World, follow: Follow
) -> None:
    follow.contacts().score("grade_leader", 1)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "score") as refused:
        follow.answer("evaluate_effect", EFFECT, score="-2")

    assert "+1" in str(refused.value)
    assert follow.open() == {"evaluate_effect"}
    follow.answer("evaluate_effect", EFFECT, score="1")
    assert follow.open() == set()


LATE = "plan.scored_late"


@pytest.mark.parametrize("decided", ["", "new_round", "close"])
def test_who_keeps_the_plan_hears_of_a_score_that_comes_late(
    world: World, follow: Follow, decided: str
) -> None:
    follow.contacts().answer("evaluate_effect", EFFECT)
    follow.until(datetime(2026, 12, 14, 17, 30, tzinfo=CN))
    if decided:
        answer = {"decision": decided, "reason": "还不够", "why_open": "家长尚未评分"}
        follow.answer("close_or_continue", answer)
    assert told(world, LATE) == []

    for _ in range(2):  # a phone sends twice when the answer gets lost
        plans.score(
            school_id=world.id, case_id=follow.case_id, by=world["mother"], at=follow.at,
            given=Score(score=-1, words="还是不说话", plan_round=1),
        )  # fmt: skip

    assert told(world, LATE) == [(LATE, "teacher", "in_app")]


def test_a_score_in_time_is_told_by_what_follows_alone(world: World, follow: Follow) -> None:
    follow.contacts().score("mother", 1)
    follow.answer("evaluate_effect", EFFECT)

    assert follow.open() == {"close_or_continue"}
    assert told(world, LATE) == []


def test_a_late_score_of_the_school_is_told_to_nobody(world: World, follow: Follow) -> None:
    follow.contacts().answer("evaluate_effect", EFFECT)
    follow.until(datetime(2026, 12, 14, 17, 30, tzinfo=CN))
    follow.answer("close_or_continue", {"decision": "new_round", "reason": "还不够"})

    follow.score("grade_leader", 1)

    assert told(world, LATE) == []
