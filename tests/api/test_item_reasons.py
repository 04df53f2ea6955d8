"""Another deadline or owner of an item asks for a reason, which its readers find."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from records.models import ActionItem
from tests.api import plan_stories
from tests.api.callers import Caller
from tests.api.test_plans import patch
from tests.factories import World

As = Callable[[str], Caller]


@pytest.fixture
def case(world: World) -> UUID:
    return plan_stories.running(world)


@pytest.fixture
def item(world: World, case: UUID) -> ActionItem:
    return plan_stories.item(world, case)


@pytest.mark.parametrize("changed", ["due_at", "owner"])
@pytest.mark.parametrize("why", [None, " ", "\u200b", "问题家庭，无可救药。"])
def test_another_deadline_or_owner_asks_for_a_reason(
    world: World, as_: As, item: ActionItem, changed: str, why: str | None
) -> None:
    teacher = as_("teacher")
    read = teacher.get(f"/items/{item.pk}")
    later = (item.due_at + timedelta(days=2)).isoformat()
    new = {"due_at": later, "owner": str(world["father"].pk)}[changed]
    said = {} if why is None else {"why": why}

    refused = patch(teacher, item, read.headers["ETag"], **{changed: new}, **said)

    assert refused.status_code == (400 if why and not why.strip("\u200b ") else 422)
    assert refused.json()["errors"][0]["field"] == "why"
    now = teacher.get(f"/items/{item.pk}")
    assert now.json() == read.json()
    same = {"due_at": item.due_at.isoformat(), "target": "每天完成并检查"}
    kept = patch(teacher, item, now.headers["ETag"], **same)
    assert (kept.status_code, "changes" in kept.json()) == (200, False)


def test_a_company_reads_no_reason(world: World, as_: As, case: UUID) -> None:
    own = plan_stories.item(world, case, owner_party="COMPANY")
    teacher = as_("teacher")
    tag = teacher.get(f"/items/{own.pk}").headers["ETag"]
    later = (own.due_at + timedelta(days=2)).isoformat()
    moved = patch(teacher, own, tag, due_at=later, why="家里有事")
    assert (moved.status_code, moved.json()["changes"][0]["why"]) == (200, "家里有事")

    assert "changes" not in as_("mentor").get(f"/items/{own.pk}").json()
