"""A plan ends with the effect scored, everything done or let go of, and no talk planned; else with
a word why (domain F11). Another round and an upgrade stay open whatever is left.
"""

from datetime import datetime
from typing import Any, Final

import orjson
import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records import evaluations
from records import plans as items
from records.models import ActionItem
from tests.factories import CN, World
from tests.processes.test_follow_up import (
    CLOSE,
    CLOSE_EARLY,
    EFFECT,
    Follow,
    followed,
)
from tests.records.agreed import MONDAY, agree, draft
from tests.workflow.outbox import events
from workflow import plans, shipped
from workflow.engine.forms import Form
from workflow.models import Case, HumanTask, ScheduledContact

pytestmark = pytest.mark.django_db

LATER: Final = datetime(2027, 1, 20, 10, tzinfo=CN)


@pytest.fixture
def follow(world: World) -> Follow:
    return followed(world)


def judged(follow: Follow, school: str = "-2", family: int = -2) -> None:
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT, score=school)
    follow.score("mother", family)
    assert follow.open() >= {"close_or_continue"}


def item(follow: Follow) -> ActionItem:
    return agree(follow.world, follow.case_id, draft(due_at=LATER))[0]


def talk(follow: Follow) -> None:
    with tenancy.scope(follow.world.id):
        case = Case.objects.select_related("student").get(pk=follow.case_id)
        plans.schedule_contact(case=case, due_at=LATER, focus="复盘", at=MONDAY)


def refused(follow: Follow, answer: dict[str, Any]) -> str:
    with pytest.raises(
        InvalidInput, check=lambda no: no.field == "why_open" and bool(no.mend)
    ) as no:
        follow.answer("close_or_continue", answer)
    assert follow.case.state == "EVALUATED"
    assert "close_or_continue" in follow.open()
    return str(no.value)


@pytest.mark.parametrize("why", [None, "", "  "])
def test_an_item_that_is_left_keeps_the_plan_open(follow: Follow, why: str | None) -> None:
    left = item(follow)
    judged(follow)

    said = refused(follow, CLOSE if why is None else {**CLOSE, "why_open": why})

    assert said == "还有约定的事项没有完成。"
    with tenancy.scope(follow.world.id):
        assert ActionItem.objects.get(pk=left.pk).state == "TODO"


def test_a_planned_talk_keeps_the_plan_open(follow: Follow) -> None:
    talk(follow)
    judged(follow)

    assert refused(follow, CLOSE) == "还有约好的下次沟通。"


def test_an_effect_that_the_school_did_not_score_keeps_the_plan_open(
    follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(follow)
    monkeypatch.setattr(evaluations, "sides", lambda *_: {"FAMILY": -2})

    assert refused(follow, CLOSE) == "学校方还没有评估效果。"


def test_with_a_word_why_it_closes_and_both_are_kept(follow: Follow) -> None:
    left = item(follow)
    talk(follow)
    judged(follow)
    task = follow.task("close_or_continue")
    follow.answer("close_or_continue", CLOSE_EARLY)

    assert follow.case.state == "CLOSED"
    (said,) = events(follow.world, "follow_up.closed_early")
    assert said["payload"] == {"left": ["items_open", "focus_open"]}
    assert said["refs"] == [f"task:{task.pk}"]
    assert CLOSE_EARLY["why_open"] not in orjson.dumps(said).decode()
    with tenancy.scope(follow.world.id):
        kept = HumanTask.objects.get(pk=task.pk).answer
        assert kept is not None
        assert kept["why_open"] == CLOSE_EARLY["why_open"]
        assert ActionItem.objects.get(pk=left.pk).state == "DROPPED"
        assert ScheduledContact.objects.get().state == "CANCELLED"


def test_what_is_done_or_let_go_of_needs_no_word(follow: Follow) -> None:
    done, gone = item(follow), item(follow)
    who: dict[str, Any] = {"school_id": follow.world.id, "at": MONDAY}
    items.finish(**who, item_id=done.pk, by=follow.world["mother"], note="做完了")
    items.drop(**who, item_id=gone.pk, by=follow.world["teacher"], why="不再需要")
    judged(follow, "0", 0)
    follow.answer("close_or_continue", CLOSE)

    assert follow.case.state == "CLOSED"
    assert events(follow.world, "follow_up.closed_early") == []


@pytest.mark.parametrize("decision", ["new_round", "upgrade"])
def test_the_other_ways_stay_open(follow: Follow, decision: str) -> None:
    item(follow)
    talk(follow)
    judged(follow)
    follow.answer("close_or_continue", {"decision": decision, "reason": "情况没有好转"})

    assert (follow.round().number, follow.case.state) == (2, "FOLLOW_UP")


def test_a_form_from_before_asks_for_the_word_as_well() -> None:
    before = Form("follow_up_decision", {"properties": {"decision": {}, "reason": {}}})

    assert list(shipped._asking(before).schema["properties"]) == ["decision", "reason", "why_open"]
