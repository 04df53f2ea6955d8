"""Plans that begin now: requests come at real time, so the story does, too."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from parties import clock
from records import plan_times
from records.models import ActionItem
from records.plan_drafts import Draft
from tests.factories import World
from tests.records import agreed


def running(world: World) -> UUID:
    """A meeting case of today that the family knows of."""
    return agreed.meeting(world, began=clock.now())


def today(**changes: Any) -> Draft:
    """家长每日签到监督作业, from today for two weeks."""
    now = clock.now()
    usual = {
        "starts_on": plan_times.local_day(now),
        "due_at": now + timedelta(days=14),
        "recurrence": "FREQ=DAILY",
    }
    return agreed.draft(**{**usual, **changes})


def item(world: World, case: UUID | None = None, **changes: Any) -> ActionItem:
    case = case or running(world)
    return agreed.agree(world, case, today(**changes), when=clock.now())[0]


def body(case: UUID, **changes: Any) -> dict[str, Any]:
    """What a teacher sends."""
    now: datetime = clock.now()
    return {
        "case": str(case),
        "title": "每日签到监督作业",
        "owner_party": "FAMILY",
        "starts_on": plan_times.local_day(now).isoformat(),
        "due_at": (now + timedelta(days=14)).isoformat(),
        "recurrence": "FREQ=DAILY",
        **changes,
    }
