"""A meeting case of the student and items that it agreed on."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from records import plan_amending, plan_making
from records.models import ActionItem, FileEntry, ItemCheckIn
from records.plan_drafts import Draft
from records.plan_making import Plan
from tests.factories import CN, World
from workflow.models import Case

#: Monday 12 October 2026, 10:00 in Shanghai; the Saturday before was a working day.
MONDAY = datetime(2026, 10, 12, 10, 0, tzinfo=CN)
DAY = timedelta(days=1)


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """That moment of October 2026, at school."""
    return datetime(2026, 10, day, hour, minute, tzinfo=CN)


def meeting(world: World, *, began: datetime = MONDAY) -> UUID:
    """A meeting about the student that the family knows of."""
    with tenancy.scope(world.id):
        case = Case.objects.create(
            school=world.school,
            channel=Case.Channel.MEETING,
            student=world.student,
            placement=world.placement,
            owner=world["teacher"],
            opened_at=began,
            alarm_at=began,
        )
        case.route(channel=Case.Channel.MEETING, kind="learning")
        case.save()
    return case.pk


def draft(**changes: Any) -> Draft:
    """家长每日签到监督作业, every school day of two weeks."""
    usual = {
        "title": "每日签到监督作业",
        "owner_party": "FAMILY",
        "starts_on": date(2026, 10, 12),
        "due_at": at(23, 17, 30),
        "measure": "作业本签字",
        "baseline": "每周三次未交",
        "target": "每天完成",
    }
    return Draft(**{**usual, **changes})


def daily(**changes: Any) -> Draft:
    return draft(**{"recurrence": "FREQ=DAILY;仅上学日", **changes})


def agree(world: World, case: UUID, *drafts: Draft, when: datetime = MONDAY) -> list[ActionItem]:
    with tenancy.scope(world.id):
        made = plan_making.create(
            plan=Plan(world.student, case), drafts=drafts, by=world["teacher"], at=when
        )
    return list(made)


def planned(world: World) -> UUID:
    """A meeting with a plan of one item."""
    case = meeting(world)
    agree(world, case, daily())
    return case


def one(world: World, made: Draft | None = None, *, case: UUID | None = None) -> ActionItem:
    """One item of a new meeting, or of `case`."""
    return agree(world, case or meeting(world), made or daily())[0]


def now(world: World, item: ActionItem) -> ActionItem:
    """The item as it stands, with what it says opened while its keys are in reach."""
    rows = ActionItem.objects.select_related(
        "student__person", "placement", "done_by", "verified_by"
    )
    with tenancy.scope(world.id):
        found = rows.get(pk=item.pk)
        for name in ("target", "blocked_why", "evidence_note", "dropped_why"):
            setattr(found, name, getattr(found, name))
    return found


def marks(world: World, item: ActionItem) -> dict[int, str]:
    """Day of the month and how it went."""
    with tenancy.scope(world.id):
        rows = ItemCheckIn.objects.filter(item=item.pk, aside=False).order_by("day")
        return {row.day.day: str(row.state) for row in rows}


def entries(world: World, kind: str) -> list[FileEntry]:
    with tenancy.scope(world.id):
        return list(FileEntry.objects.filter(kind=kind).order_by("at", "pk"))


def amend(world: World, item: ActionItem, by: str = "teacher", **values: Any) -> ActionItem:
    def unchanged(viewer: Viewer, found: ActionItem) -> None:
        assert viewer.person == world[by]

    return plan_amending.amend(
        school_id=world.id, item_id=item.pk, by=world[by], at=at(14), values=values,
        unchanged=unchanged, why="家里排班变了",
    )  # fmt: skip
