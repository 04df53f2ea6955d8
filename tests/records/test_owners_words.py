"""Whoever answers for an item, or scores a plan at school, judges nobody: the family reads it."""

from collections.abc import Callable
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records import check_ins, evaluations, plans
from records.evaluations import Score
from records.models import ActionItem, Evaluation, ItemCheckIn
from tests.factories import World
from tests.records.agreed import MONDAY, at, daily, now, one, planned

pytestmark = pytest.mark.django_db

JUDGES = "孩子无可救药，家长态度恶劣，问题家庭。"
IDLE = "该实习生好吃懒做，没出息，磨洋工。"
AMBER = "该生上课走神。"
CALM = "本周只做到两次，设备在检修"

Say = Callable[..., object]
SAID: list[tuple[Say, str]] = [
    (plans.block, "why"),
    (plans.finish, "note"),
    (check_ins.check_in, "excuse"),
]
OWNERS = [("SCHOOL", "teacher", JUDGES), ("COMPANY", "mentor", IDLE), ("COMPANY", "mentor", JUDGES)]


def say(world: World, verb: Say, item: ActionItem, by: str, **words: str) -> None:
    verb(school_id=world.id, item_id=item.pk, by=world[by], at=MONDAY, **words)


def of(world: World, party: str) -> ActionItem:
    owner: dict[str, Any] = {"owner_id": world["teacher"].pk} if party == "SCHOOL" else {}
    return one(world, daily(owner_party=party, title="每周训练两次", **owner))


def scored(world: World, by: str, **words: Any) -> Evaluation:
    case = planned(world)
    with tenancy.scope(world.id):
        return evaluations.give(
            student=world.student,
            case_id=case,
            by=world[by],
            at=at(20),
            score=Score(score=-1, **words),
        )


@pytest.mark.parametrize(("verb", "field"), SAID)
@pytest.mark.parametrize(("party", "by", "words"), OWNERS)
def test_no_word_that_judges_is_kept_beside_an_item(
    world: World, verb: Say, field: str, party: str, by: str, words: str
) -> None:
    item = of(world, party)

    with pytest.raises(InvalidInput) as refused:
        say(world, verb, item, by, **{field: words})

    assert refused.value.field == field
    assert refused.value.mend.startswith("可以写：")
    found = now(world, item)
    assert (found.state, found.blocked_why, found.evidence_note) == ("TODO", "", "")
    with tenancy.scope(world.id):
        assert not ItemCheckIn.objects.exists()


@pytest.mark.parametrize(("verb", "field"), SAID)
@pytest.mark.parametrize(("party", "by"), [("SCHOOL", "teacher"), ("COMPANY", "mentor")])
@pytest.mark.parametrize("words", [AMBER, CALM])
def test_a_word_that_only_hints_passes(
    world: World, verb: Say, field: str, party: str, by: str, words: str
) -> None:
    say(world, verb, of(world, party), by, **{field: words})


@pytest.mark.parametrize(("verb", "field"), SAID)
@pytest.mark.parametrize(("party", "by"), [("FAMILY", "mother"), ("STUDENT", "student")])
def test_nobody_at_home_is_ever_blocked(
    world: World, verb: Say, field: str, party: str, by: str
) -> None:
    say(world, verb, of(world, party), by, **{field: JUDGES})


def test_a_company_is_asked_kindly_and_learns_no_name(world: World) -> None:
    with tenancy.scope(world.id):
        world.pupil("李四光", world.school_class)
    item = of(world, "COMPANY")

    with pytest.raises(InvalidInput, match="谢谢您的反馈"):
        say(world, plans.finish, item, "mentor", note=IDLE)

    say(world, plans.finish, item, "mentor", note="和李四光一起完成")


def test_staff_names_no_other_student_beside_an_item(world: World) -> None:
    with tenancy.scope(world.id):
        world.pupil("李四光", world.school_class)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        say(world, plans.finish, of(world, "SCHOOL"), "teacher", note="和李四光一起完成")


@pytest.mark.parametrize("field", ["words", "baseline_now"])
def test_the_school_scores_without_judging(world: World, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        scored(world, "teacher", **{field: JUDGES})

    assert refused.value.field == field
    assert refused.value.mend.startswith("可以写：")
    with tenancy.scope(world.id):
        assert not Evaluation.objects.exists()
    scored(world, "teacher", **{field: AMBER})


@pytest.mark.parametrize("by", ["mother", "student"])
def test_a_family_scores_in_its_own_words(world: World, by: str) -> None:
    assert scored(world, by, words=JUDGES, baseline_now=JUDGES).score == -1
