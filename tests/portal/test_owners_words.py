"""A word that judges is refused beside its field, with what was typed; no family reads it."""

from typing import Any

import pytest

from parties import tenancy
from records.models import ActionItem, Evaluation
from tests.api import plan_stories
from tests.api.callers import member
from tests.factories import World
from tests.portal.visitors import by_password
from tests.processes.test_follow_up import Follow, followed
from tests.records import agreed
from tests.records.test_owners_words import CALM, IDLE, JUDGES
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db

#: Part of what may be written instead, for the first words that judge.
OFFERED = {JUDGES: "前期措施", IDLE: "本周值日应到"}
OWNERS = [("SCHOOL", "teacher", JUDGES), ("COMPANY", "mentor", IDLE)]
VERBS = [("block", "stuck", "why"), ("done", "done", "note")]


def item_of(world: World, party: str) -> ActionItem:
    owner: dict[str, Any] = {"owner_id": world["teacher"].pk} if party == "SCHOOL" else {}
    changes = {"owner_party": party, "title": "每周训练两次", "recurrence": "", **owner}
    return plan_stories.item(world, **changes)


def read_by_mother(world: World, item: ActionItem) -> str:
    mother = member(world, "mother")
    return str(mother.get(f"/students/{world.student.pk}/plan").content.decode()) + str(
        mother.get(f"/cases/{item.case_id}/evaluations").content.decode()
    )


@pytest.mark.parametrize(("verb", "_form", "field"), VERBS)
@pytest.mark.parametrize(("party", "who", "words"), OWNERS)
def test_the_api_refuses_it_and_the_mother_reads_none(
    world: World, verb: str, _form: str, field: str, party: str, who: str, words: str
) -> None:
    item = item_of(world, party)
    owner = member(world, who)

    refused = owner.post(f"/items/{item.pk}/{verb}", {field: words})

    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["field"] == field
    assert OFFERED[words] in refused.content.decode()
    assert owner.post(f"/items/{item.pk}/{verb}", {field: CALM}).status_code == 200
    told = read_by_mother(world, item)
    assert CALM in told
    assert words not in told


def test_the_api_refuses_a_score_that_judges(world: World) -> None:
    item = item_of(world, "SCHOOL")
    teacher, address = member(world, "teacher"), f"/cases/{item.case_id}/evaluations"
    given = {"score": -1, "words": "谢谢", "baseline_now": CALM}

    for field in ("words", "baseline_now"):
        refused = teacher.post(address, {**given, field: JUDGES})
        assert refused.status_code == 422
        assert [one["field"] for one in refused.json()["errors"]] == [field]
        assert OFFERED[JUDGES] in refused.content.decode()

    assert teacher.post(address, given).status_code == 201
    mother = member(world, "mother").post(address, {"score": 0, "words": JUDGES})
    assert mother.status_code == 201
    told = read_by_mother(world, item)
    assert told.count(JUDGES) == 1  # her own


@pytest.mark.parametrize(("_verb", "form", "field"), VERBS)
@pytest.mark.parametrize(("party", "who", "words"), OWNERS)
def test_the_page_says_it_beside_the_field_and_keeps_the_words(
    world: World, _verb: str, form: str, field: str, party: str, who: str, words: str
) -> None:
    item = item_of(world, party)
    phone = by_password(world, who)
    phone.open("/plan/desk")

    answer = phone.send(f"/plan/{item.pk}/{form}", **{field: words})

    assert answer.status_code == 422
    beside = phone.html.split(f'for="{field}-{item.pk}"')[1].split("</div>")[0]
    assert OFFERED[words] in beside
    assert f'value="{words}"' in beside
    assert agreed.now(world, item).state == "TODO"
    assert words not in read_by_mother(world, item)


def judged(follow: Follow, **answers: str) -> tuple[Any, HumanTask]:
    """The form of the school's score, filled in by the teacher and confirmed."""
    task = follow.task("evaluate_effect")
    phone = by_password(follow.world, "teacher")
    phone.open(f"/tasks/{task.pk}")
    named = {f"answer-{name}": told for name, told in {"score": "-1", **answers}.items()}
    phone.send(f"/tasks/{task.pk}", **named, sure="1")
    return phone, task


@pytest.mark.parametrize("field", ["baseline_now", "worked"])
def test_the_task_of_the_school_says_it_beside_the_question(world: World, field: str) -> None:
    follow = followed(world)
    follow.contacts()

    phone, task = judged(follow, **{"baseline_now": CALM, field: JUDGES})

    assert phone.page.status_code == 400
    beside = phone.html.split(f'id="field-answer-{field}"')[1].split("</textarea>")[0]
    assert OFFERED[JUDGES] in beside
    assert JUDGES in beside
    with tenancy.scope(world.id):
        assert not Evaluation.objects.exists()
        assert HumanTask.objects.get(pk=task.pk).state != HumanTask.State.COMPLETED
