"""签到: the owner says day by day that it was done, or why it was not; and how far it has got.

A day that becomes due when its morning after is over, because 调休 was entered late, is nobody's
fault: it is never missed, and counts only if somebody signed it. Nobody could have known of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from parties import tenancy
from parties.access import Act
from parties.errors import InvalidInput, WrongState
from parties.models import Person
from records import (
    day_marks,
    earlier_words,
    item_rows,
    item_stillness,
    plan_drafts,
    plan_times,
    plans,
    streaks,
)
from records.models import ActionItem, ItemCheckIn

_STATE: Final = ItemCheckIn.State
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """How an item stands: due days in all and so far, how they went, and what is open today."""

    total: int
    so_far: int
    done: int
    excused: int
    missed: int
    streak: int
    today_due: bool
    today: str
    yesterday_open: bool


def check_in(  # noqa: PLR0913 -- the words, and who hears them
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    day: date | None = None,
    excuse: str = "",
    heard: plans.Heard | None = None,
) -> ItemCheckIn:
    """Say that today's (or yesterday's) turn was done, or with `excuse` why not.

    Sending the same again changes nothing; an excuse in other words is kept beside the first. The
    first check-in starts the item. `heard` is called with a new excuse, in the same transaction.

    Raises:
        NotFound, NotAllowed: not visible; not the owner's side.
        InvalidInput: nothing is due on that day, or it is too long ago.
        WrongState: the item is over, or the day was done and cannot be excused any more.
    """
    with tenancy.scope(school_id):
        item = item_rows.locked(item_id, by=by, at=at, act=Act.CHECK_IN)
        wanted = day or plan_times.local_day(at)
        seen = item_stillness.seen_by(by, item_id, at=at)
        _refuse_day(seen, wanted, at=at)
        if seen.state not in ActionItem.LIVE:
            raise WrongState("该事项已经结束，不用再签到。", item=str(item.pk))
        if excuse:
            _weigh(excuse, item, by=by, at=at)
        row = day_marks.mark(item, seen, wanted, by=by, at=at, excuse=excuse)
        _begin(item)
        if heard is not None and excuse and row.at == at:
            heard(item)
        return row


def _weigh(excuse: str, item: ActionItem, *, by: Person, at: datetime) -> None:
    """The words of an excuse, and whom they let read the item; what it was before stays."""
    plan_drafts.check_words(excuse, field="excuse", mend="请简单说明原因。")
    with earlier_words.kept(item, by=by, at=at):
        item_rows.raise_by(item, "excuse", excuse)


def _begin(item: ActionItem) -> None:
    """The first check-in starts it; how it may be read may have changed with an excuse."""
    if item.state == ActionItem.State.TODO:
        item.start()
    item.save(update_fields=["state", "field_class"])


def mark_missed(item: ActionItem, day: date, *, at: datetime, via: str) -> bool:
    """Write down that nobody spoke of `day`; False if somebody did. The item is locked."""
    row, new = ItemCheckIn.objects.get_or_create(
        school_id=item.school_id,
        item=item,
        day=day,
        aside=False,
        defaults={"state": _STATE.MISSED, "at": at},
    )
    if new:
        day_marks.enter(item, item, row)
        item_rows.record("plan.day_missed", item, at=at, day=day.isoformat(), via=via)
    return new


def progress(item: ActionItem, *, at: datetime) -> Progress:
    """How the item stands at `at`. Two queries; inside a scope."""
    return progress_of([item], at=at)[item.pk]


def progress_of(items: Collection[ActionItem], *, at: datetime) -> Mapping[UUID, Progress]:
    """How each item stands at `at`. Two queries however many they are; inside a scope."""
    marks = _marks(items)
    return {item.pk: _progress(item, marks[item.pk], at=at) for item in items}


def _progress(item: ActionItem, marks: streaks.Marks, *, at: datetime) -> Progress:
    today = plan_times.local_day(at)
    every = plan_times.due_days(item)
    named = [day for day in every if day in marks or not _passed_by(item, day, today=today)]
    due = streaks.counted(named, marks)
    so_far = [day for day in due if day <= today]
    states = [marks.get(day) for day in so_far]
    yesterday = today - ONE_DAY
    open_ = marks.get(yesterday) in (None, _STATE.MISSED)
    return Progress(
        total=len(due),
        so_far=len(so_far),
        done=states.count(_STATE.DONE),
        excused=states.count(_STATE.EXCUSED),
        missed=states.count(_STATE.MISSED),
        streak=streaks.streak(due, marks, today=today),
        today_due=today in every,
        today=marks.get(today, ""),
        yesterday_open=yesterday in every and open_,
    )


def _passed_by(item: ActionItem, day: date, *, today: date) -> bool:
    """Whether nobody will look at this day any more. A copy that stands still does not say so: it
    would tell how the item went on.
    """
    if day >= today or item_stillness.stands_still(item):
        return False
    waits = item.next_day_at
    return waits is None or day < plan_times.local_day(waits) - ONE_DAY


def marks_of(item: ActionItem, *between: date) -> Mapping[date, str]:
    """State of the days, all or between two, that the reader of this item knows of, as they know
    it: the last word that they do comes last.
    """
    return _marks([item], *between)[item.pk]


def _marks(items: Collection[ActionItem], *between: date) -> Mapping[UUID, streaks.Marks]:
    """Of each item, as marks_of()."""
    known = Q(pk__in=[])
    for item in items:
        known |= Q(item=item.pk) & item_stillness.known_days(item)
    days = ItemCheckIn.objects.filter(known).order_by("at", "aside")
    if between:
        days = days.filter(day__range=between)
    found: dict[UUID, dict[date, str]] = {item.pk: {} for item in items}
    for pk, day, state in days.values_list("item_id", "day", "state"):
        found[pk][day] = state
    return found


def _refuse_day(item: ActionItem, day: date, *, at: datetime) -> None:
    today = plan_times.local_day(at)
    if not item.recurrence:
        raise InvalidInput("这一项不用每天签到。", field="day", mend="完成后请点“全部完成了”。")
    if not today - ONE_DAY <= day <= today:
        raise InvalidInput("只能补今天和昨天的签到。", field="day", mend="请选择今天或昨天。")
    if day not in plan_times.due_days(item):
        raise InvalidInput("这一天不用签到。", field="day", mend="好好休息，下次再签。")
