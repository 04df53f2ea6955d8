"""What a follow-up leaves in a student's file: items of the plan, weeks of 签到, scores, contacts.

A line says what there is and how far it came, never what it says: for that the item, the score or
the task is opened, which has rules of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    Count,
    DateField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast, TruncWeek
from django.utils import timezone

from parties import crypto, statements
from parties.access import Viewer
from parties.likeness import Ids
from parties.models import Student
from records import check_ins, file, item_stillness
from records.file import Line, Source
from records.models import ActionItem, Evaluation, ItemCheckIn, PlanRound
from records.notice_entries import CONTACT_LABEL
from workflow import policies, shipped
from workflow.models import HumanTask

_FORM: Final = "follow_up_contact"
_DONE: Final = ItemCheckIn.State.DONE
_EXCUSED: Final = ItemCheckIn.State.EXCUSED
_A_WEEK: Final = timedelta(days=6)


def _items(viewer: Viewer, found: Sequence[ActionItem]) -> Mapping[UUID, Line]:
    still = [item_stillness.as_it_stood(viewer, item) for item in found]
    return {item.pk: _item(viewer.fields(item), item) for item in still}


def _item(fields: frozenset[str], item: ActionItem) -> Line:
    """A company learns of its own items no more than that, until when, and how far they are."""
    owner = f"由{item.get_owner_party_display()}完成，" if "owner_party" in fields else ""
    number = {"item_no": item.item_no} if "item_no" in fields else {}
    shut = "due_at" in item_stillness.withheld(item)
    until = "" if shut else f"{_day(timezone.localdate(item.due_at))}前"
    due = {} if shut else {"due_at": item.due_at.isoformat()}
    return Line(
        title=str(item.get_field_class_display()),
        summary=f"{owner}{until}",
        state=str(item.get_state_display()),
        extra={"state": str(item.state), **due, **number},
        names_author="created_by" in fields,
    )


def _day(day: Any) -> str:
    return f"{day.month}月{day.day}日"


def _check_ins(
    viewer: Viewer, found: Sequence[Any], items: Sequence[ActionItem]
) -> Mapping[UUID, Line]:
    """The first day of a week stands for the whole of it; reasons stay where they were written."""
    _recount(viewer, found, items)
    return {row.pk: _week(row) for row in found}


def _recount(viewer: Viewer, found: Sequence[Any], items: Sequence[ActionItem]) -> None:
    """Of an item that is shut to a guardian, the days that they know of."""
    for item in items:
        still = item_stillness.as_it_stood(viewer, item)
        if still is item:
            continue
        for row in found:
            if row.item_id == item.pk:
                marks = check_ins.marks_of(still, row.week, row.week + _A_WEEK)
                states = list(marks.values())
                row.done, row.excused = states.count(_DONE), states.count(_EXCUSED)


def _items_of_weeks(viewer: Viewer, ids: Ids) -> QuerySet[ActionItem]:
    """To a guardian alone is anything shut."""
    if not viewer.wards:
        return ActionItem.objects.none()
    weeks = ItemCheckIn.objects.filter(statements.among("pk", ids))
    return viewer.rows(ActionItem).filter(pk__in=weeks.values("item"))


def _week(row: Any) -> Line:
    """Needs the counts of _counted."""
    excused = f"，说明 {row.excused} 天" if row.excused else ""
    return Line(
        title="签到",
        summary=f"{_day(row.week)}起的一周",
        state=f"签到 {row.done or 0} 天{excused}",
        extra={"item": str(row.item_id), "week": row.week.isoformat(), "done": row.done or 0},
        names_author=False,
    )


def _counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With the days done and excused of the same item in the same week."""
    # Two bounds, and dates: an index starts from nothing else, and what truncates a row reads all.
    week = Cast(TruncWeek("day"), DateField())
    last = Cast(F("week") + _A_WEEK, DateField())
    same = ItemCheckIn.objects.filter(
        item=OuterRef("item"), day__gte=OuterRef("week"), day__lte=OuterRef("last"), aside=False
    )
    counts = {
        name: Subquery(
            same.filter(state=state).order_by().values("item").annotate(n=Count("pk")).values("n")
        )
        for name, state in (("done", _DONE), ("excused", _EXCUSED))
    }
    weeks = rows.select_related(None).annotate(week=week).annotate(last=last)
    counted: QuerySet[Any] = weeks.annotate(**counts)
    return counted


def _evaluations(_viewer: Viewer, found: Sequence[Evaluation]) -> Mapping[UUID, Line]:
    """Whoever sees a score at all may read it: its policy waits until both sides have spoken."""
    return {
        made.pk: Line(
            title=f"效果评估：{made.get_side_display()}",
            summary=f"第 {made.plan_round} 轮{'' if made.item_id is None else '，其中一项'}",
            state=f"{made.score:+d}" if made.score else "0",
            extra={"side": made.side, "round": made.plan_round, "score": made.score},
        )
        for made in found
    }


def _talks_of(viewer: Viewer, student: Student) -> QuerySet[HumanTask]:
    """Talks of a follow-up for everybody who works on it now, not just for who held them."""
    if not viewer.is_staff:
        return HumanTask.objects.none()
    done = HumanTask.objects.filter(state=HumanTask.State.COMPLETED, case__student=student)
    return done.filter(case__in=policies.team_cases(viewer).values("pk"))


def _talks(_viewer: Viewer, found: Sequence[HumanTask]) -> Mapping[UUID, Line]:
    crypto.warm(found)
    return {task.pk: _talk(task) for task in found}


def _talk(task: HumanTask) -> Line:
    reached = str((task.answer or {}).get("reached", ""))
    return Line(
        title="跟进沟通",
        state=shipped.word_for(_FORM, field="reached", code=reached),
        extra={"reached": reached},
    )


def _rounds(_viewer: Viewer, found: Sequence[PlanRound]) -> Mapping[UUID, Line]:
    """家长未评分: no reproach, only that the time for it was over."""
    return {
        made.pk: Line(
            title="请家长评分",
            summary=f"第 {made.number} 轮",
            state="到期时未收到评分",
            extra={"round": made.number},
        )
        for made in found
    }


def _plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(None)


def _score(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Never the words."""
    return rows.select_related(None).only("side", "plan_round", "item_id", "score")


def register() -> None:
    file.register("action_item", Source("行动方案", ActionItem, _items, _plain))
    file.register(
        "plan_checkin", Source("签到", ItemCheckIn, _check_ins, _counted, beside=_items_of_weeks)
    )
    file.register("evaluation", Source("效果评估", Evaluation, _evaluations, _score))
    file.register("contact_attempt", Source(CONTACT_LABEL, HumanTask, _talks, rows=_talks_of))
    file.register("contact_attempt", Source(CONTACT_LABEL, PlanRound, _rounds))
