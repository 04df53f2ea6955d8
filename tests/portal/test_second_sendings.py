"""The same tap twice is one act; other words of a second one are kept or given back, never lost."""

from typing import Any

import pytest

from parties import tenancy
from records.models import Evaluation
from tests.api import plan_stories
from tests.factories import World
from tests.portal.browsers import sends
from tests.portal.test_plan import asked
from tests.portal.test_sent_again import DANGER, questions
from tests.portal.visitors import Phone, by_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]


# --- a score --------------------------------------------------------------------------------------


def scored(world: World, *each: dict[str, Any]) -> tuple[Phone, list[int]]:
    item = plan_stories.item(world)
    asked(world, item.case_id)
    phone = by_password(world, "mother")
    return phone, sends(phone, "/plan", f"/plan/{item.case_id}/score", *each)


def scores(world: World) -> list[tuple[int, str]]:
    with tenancy.scope(world.id):
        return [(one.score, one.words) for one in Evaluation.objects.all()]


def test_the_same_score_twice_is_one(world: World) -> None:
    said = {"score": "1", "words": "愿意说话了"}

    _, got = scored(world, said, said)

    assert got == [200, 200]
    assert scores(world) == [(1, "愿意说话了")]


def test_another_score_is_told_that_the_first_stands_and_keeps_its_words(world: World) -> None:
    first, other = {"score": "1", "words": "愿意说话了"}, {"score": "-1", "words": "又不说话了"}

    phone, got = scored(world, first, other)

    assert got == [200, 409]
    assert scores(world) == [(1, "愿意说话了")]
    assert "先前的评分和文字照旧" in phone.text
    assert "又不说话了" in phone.html


def test_danger_in_a_second_score_is_heard(world: World) -> None:
    scored(world, {"score": "1", "words": "愿意说话了"}, {"score": "1", "words": DANGER})

    assert questions(world) == 1
