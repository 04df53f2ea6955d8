"""What both sides said of a plan, with its words, on the pages of those who may read it by now."""

from uuid import UUID

import pytest

from parties import clock, tenancy
from records.evaluations import Score
from tests.api import plan_stories
from tests.factories import World
from tests.portal.test_plan import asked
from tests.portal.test_plan_costs import cost
from tests.portal.visitors import by_password
from workflow import plans
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db(transaction=True)

SCHOOL, FAMILY = "两周没有缺勤", "回家还是不说话"


def of_item(world: World) -> UUID:
    case = plan_stories.item(world).case_id
    assert case is not None
    return case


def said(world: World, case: UUID, by: str, score: int, words: str) -> None:
    plans.score(
        school_id=world.id, case_id=case, by=world[by], at=clock.now(),
        given=Score(score=score, words=words, baseline_now=f"{words}，比上月好"),
    )  # fmt: skip


def page(world: World, who: str, path: str) -> str:
    phone = by_password(world, who)
    assert phone.open(path).status_code == 200
    return phone.text


def deciding(world: World, case: UUID) -> str:
    """The teacher's task to decide what becomes of the plan."""
    with tenancy.scope(world.id) as now:
        made = HumanTask.objects.create(
            school=world.school, case_id=case, name="close_or_continue", title="决定结束或继续",
            form="follow_up_decision", roles=["HT"], candidates=[world["teacher"].pk],
            created_at=now,
        )  # fmt: skip
    return f"/tasks/{made.pk}"


def test_the_words_of_both_are_read_when_both_have_spoken(world: World) -> None:
    case = of_item(world)
    asked(world, case)
    said(world, case, "teacher", 1, SCHOOL)
    places = {"teacher": f"/cases/{case}", "mother": "/plan", "father": "/plan"}

    before = {who: page(world, who, path) for who, path in places.items()}
    assert SCHOOL in before["teacher"]
    assert SCHOOL not in before["mother"] + before["father"]
    said(world, case, "mother", -2, FAMILY)

    for who, path in places.items():
        text = page(world, who, path)
        assert f"+1 现在：{SCHOOL}，比上月好 {SCHOOL}" in text, who
        assert f"−2 现在：{FAMILY}，比上月好 {FAMILY}" in text, who
    for path in ("/plan", f"/cases/{case}"):  # the student has not spoken
        assert SCHOOL not in page(world, "student", path)
        assert FAMILY not in page(world, "student", path)


def test_whoever_decides_reads_a_score_that_came_late(world: World) -> None:
    case = of_item(world)
    asked(world, case)
    said(world, case, "teacher", 1, SCHOOL)
    task = deciding(world, case)
    assert FAMILY not in page(world, "teacher", task)

    said(world, case, "mother", -2, FAMILY)

    assert FAMILY in page(world, "teacher", task)


def test_money_in_the_words_is_named_and_not_told(world: World) -> None:
    case = of_item(world)
    asked(world, case)
    said(world, case, "mother", 1, "家里交不起房租，欠债三万")
    said(world, case, "teacher", 1, SCHOOL)

    text = page(world, "teacher", f"/cases/{case}")

    assert "欠债三万" not in text
    assert "家庭经济与资助" in text


def test_more_scores_cost_no_more_queries(world: World) -> None:
    case = of_item(world)
    asked(world, case)
    said(world, case, "teacher", 1, SCHOOL)
    said(world, case, "mother", 1, FAMILY)
    teacher, mother = by_password(world, "teacher"), by_password(world, "mother")
    pages = ((teacher, f"/cases/{case}"), (mother, "/plan"))
    few = [cost(*one) for one in pages]

    said(world, case, "student", 1, "我觉得还行")

    assert [cost(*one) for one in pages] == few
