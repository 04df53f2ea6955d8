"""效果评估: each side for itself, and open to the other when both have spoken."""

import pytest
from django.db import IntegrityError, transaction

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from records import evaluations
from records.evaluations import Score
from records.models import Evaluation, PlanRound
from tests.factories import World
from tests.records.agreed import agree, at, daily, draft, entries, meeting, planned
from tests.workflow.outbox import events

pytestmark = pytest.mark.django_db


def give(world: World, case: object, by: str, score: int = 1, **more: object) -> Evaluation:
    with tenancy.scope(world.id):
        return evaluations.give(
            student=world.student, case_id=case, by=world[by], at=at(20),  # type: ignore[arg-type]
            score=Score(score=score, **more),  # type: ignore[arg-type]
        )  # fmt: skip


def seen(world: World, name: str) -> set[str]:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[name], at=at(21))
        return {str(side) for side in viewer.rows(Evaluation).values_list("side", flat=True)}


def test_nobody_sees_the_other_side_before_speaking(world: World) -> None:
    case = planned(world)
    give(world, case, "teacher")
    assert (seen(world, "teacher"), seen(world, "mother")) == ({"SCHOOL"}, set())

    give(world, case, "mother", -1)

    assert seen(world, "teacher") == seen(world, "mother") == {"SCHOOL", "FAMILY"}
    assert seen(world, "father") == {"SCHOOL", "FAMILY"}  # the mother spoke for the family
    assert seen(world, "student") == set()


def test_strangers_and_companies_see_no_score(world: World) -> None:
    case = planned(world)
    for name in ("teacher", "mother", "student"):
        give(world, case, name)

    assert seen(world, "student") == {"SCHOOL", "FAMILY", "STUDENT"}
    for name in ("stranger", "classmate", "mentor", "counsellor", "auditor", "deputy"):
        assert seen(world, name) == set(), name


def test_what_is_said_of_one_item_opens_nothing_of_another(world: World) -> None:
    case = meeting(world)
    first, second = agree(world, case, daily(), draft())
    give(world, case, "teacher", item_id=first.pk)
    give(world, case, "mother", item_id=second.pk)

    assert (seen(world, "teacher"), seen(world, "mother")) == ({"SCHOOL"}, {"FAMILY"})


def test_a_side_speaks_once_and_does_not_change_its_word(world: World) -> None:
    case = planned(world)
    give(world, case, "mother", 2)

    with pytest.raises(WrongState):
        give(world, case, "father", -2)
    with tenancy.scope(world.id):
        assert Evaluation.objects.get().score == 2


def test_the_database_knows_one_score_per_side_without_an_item_too(world: World) -> None:
    case = planned(world)
    made = give(world, case, "mother")
    with tenancy.scope(world.id), pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.create(
            school=world.school, student=world.student, case_id=case, side="FAMILY", score=0,
            plan_round=made.plan_round, by=world["father"], at=at(20),
        )  # fmt: skip


@pytest.mark.parametrize("score", [-3, 3, 100])
def test_a_score_is_between_minus_two_and_two(world: World, score: int) -> None:
    with pytest.raises(InvalidInput):
        give(world, planned(world), "mother", score)


@pytest.mark.parametrize("name", ["stranger", "mentor", "classmate", "deputy"])
def test_whoever_is_no_side_gives_no_score(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        give(world, planned(world), name)


def test_scores_reach_the_file_of_each_side_when_both_have_spoken(world: World) -> None:
    case = planned(world)
    give(world, case, "teacher")
    assert "G" not in entries(world, "evaluation")[0].readers

    give(world, case, "mother")

    for entry in entries(world, "evaluation"):
        assert {"G", "HT"} <= set(entry.readers)
        assert "STU" not in entry.readers


def test_that_somebody_spoke_is_an_event_and_what_is_not(world: World) -> None:
    give(world, planned(world), "mother", -2, words="压力很大")

    assert events(world, "plan.scored")[0]["payload"] == {"side": "FAMILY", "round": 1}


def test_rounds_are_numbered_and_one_runs_at_a_time(world: World) -> None:
    case = planned(world)
    with tenancy.scope(world.id):
        first = evaluations.begin_round(student=world.student, case_id=case, at=at(12))
        again = evaluations.begin_round(student=world.student, case_id=case, at=at(13))
        evaluations.end_round(case_id=case, at=at(20), outcome="new_round")
        second = evaluations.begin_round(student=world.student, case_id=case, at=at(20))

        assert (first.pk, first.number, second.number) == (again.pk, 1, 2)
        assert evaluations.current_number(case) == 2
        assert PlanRound.objects.filter(ended_at=None).count() == 1


def test_a_new_round_is_scored_anew(world: World) -> None:
    case = planned(world)
    with tenancy.scope(world.id):
        evaluations.begin_round(student=world.student, case_id=case, at=at(12))
    give(world, case, "mother", -1)
    with tenancy.scope(world.id):
        evaluations.end_round(case_id=case, at=at(20), outcome="new_round")
        evaluations.begin_round(student=world.student, case_id=case, at=at(20))
        assert evaluations.sides(case, 2) == {}

    give(world, case, "mother", 1)

    with tenancy.scope(world.id):
        assert (evaluations.sides(case, 1), evaluations.sides(case, 2)) == (
            {"FAMILY": -1},
            {"FAMILY": 1},
        )


@pytest.mark.parametrize("field_class", ["ECO", "HLT"])
def test_an_item_whose_words_the_school_does_not_read_is_not_scored_alone(
    world: World, field_class: str
) -> None:
    case = meeting(world)
    item = agree(world, case, draft(field_class=field_class))[0]

    with pytest.raises(InvalidInput):
        give(world, case, "mother", words="助学金下来了", item_id=item.pk)


@pytest.mark.parametrize("name", ["teacher", "mother", "student"])
def test_where_nothing_was_planned_there_is_nothing_to_score(world: World, name: str) -> None:
    case = meeting(world)
    with pytest.raises(InvalidInput) as refused:
        give(world, case, name)

    assert (refused.value.field, str(refused.value)) == (
        "case", "该事项还没有行动计划，没有可以评的。",
    )  # fmt: skip
    assert refused.value.mend
    agree(world, case, draft())
    assert give(world, case, name).score == 1


def test_a_round_that_runs_asks_whatever_is_left_of_its_plan(world: World) -> None:
    case = meeting(world)
    with tenancy.scope(world.id):
        evaluations.begin_round(student=world.student, case_id=case, at=at(12))

    assert give(world, case, "mother").plan_round == 1
