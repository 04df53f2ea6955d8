"""签到: the owner says day by day that it was done, or why it was not; and how far it has got."""

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django_fsm import can_proceed

from parties import tenancy
from parties.access import Act
from parties.errors import InvalidInput, WrongState
from parties.models import Person
from records import (
    earlier_words,
    file_entries,
    item_rows,
    item_stillness,
    plan_drafts,
    plan_owners,
    plan_times,
    plans,
    streaks,
)
from records.models import ActionItem, FileEntry, ItemCheckIn

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
            plan_drafts.check_words(excuse, field="excuse", mend="请简单说明原因。")
            with earlier_words.kept(item, by=by, at=at):
                item_rows.raise_by(item, "excuse", excuse)
        row = _mark(item, seen, wanted, by=by, at=at, excuse=excuse)
        if item.state == ActionItem.State.TODO:
            item.start()
        item.save(update_fields=["state", "field_class"])
        if heard is not None and excuse and row.at == at:
            heard(item)
        return row


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
        _enter(item, item, row)
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
    due = plan_times.due_days(item)
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
        today_due=today in due,
        today=marks.get(today, ""),
        yesterday_open=yesterday in due and open_,
    )


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
        raise InvalidInput("这一项不用每天签到。", field="day", mend="完成后请点“已完成”。")
    if not today - ONE_DAY <= day <= today:
        raise InvalidInput("只能补今天和昨天的签到。", field="day", mend="请选择今天或昨天。")
    if day not in plan_times.due_days(item):
        raise InvalidInput("这一天不用签到。", field="day", mend="好好休息，下次再签。")


def _mark(
    item: ActionItem, seen: ActionItem, day: date, *, by: Person, at: datetime, excuse: str
) -> ItemCheckIn:
    """`seen` is the item as `by` knows it: a row that they do not know of is not in their way."""
    state = _STATE.EXCUSED if excuse else _STATE.DONE
    rows = item.check_ins.select_for_update().filter(day=day)
    stands = rows.filter(aside=False).first()
    known = rows.filter(item_stillness.known_days(seen)).order_by("-at", "-aside").first()
    again = known is not None and known.state == state
    if known is not None and again and known.excuse == excuse:
        return known if known.replaced_at is None or stands is None else _as(stands, known)
    if known is not None and excuse and not again and not can_proceed(known.explain):
        raise WrongState("这一天已经签到，不用再说明。", item=str(item.pk))
    own = known is not None and known.aside and known.replaced_at is None
    row = known if own else stands
    over = item.state not in ActionItem.LIVE
    reworded = again and row == known
    if row is None or (not row.aside and (over or not (reworded or _moves(row, excuse)))):
        aside = over or row is not None
        row = ItemCheckIn(school_id=item.school_id, item=item, day=day, state=state, aside=aside)
        row.by, row.at, row.excuse = by, at, excuse
        row.save()
    else:
        _move(row, by=by, at=at, excuse=excuse)
    _enter(item, seen, row)
    kind = "plan.day_noted" if row.aside else "plan.day_marked"
    item_rows.record(kind, item, at=at, actor=by, day=day.isoformat(), state=state.value)
    return row


def _move(row: ItemCheckIn, *, by: Person, at: datetime, excuse: str) -> None:
    """What the row said until now, and who said it, stays beside it: no word is written over."""
    ItemCheckIn.objects.create(
        school_id=row.school_id,
        item=row.item,
        day=row.day,
        state=row.state,
        excuse=row.excuse,
        by=row.by,
        at=row.at,
        aside=True,
        replaced_at=at,
    )
    if excuse and row.state == _STATE.EXCUSED:  # the same day in other words
        row.by, row.at, row.excuse = by, at, excuse
    elif excuse:
        row.explain(by=by, at=at, excuse=excuse)
    else:
        row.do(by=by, at=at)
    row.save()


def _as(stands: ItemCheckIn, known: ItemCheckIn) -> ItemCheckIn:
    """What was said of the day before, for who knows no more; a copy that nobody saves."""
    still = copy(known)
    still.pk = stands.pk
    return still


def _moves(row: ItemCheckIn, excuse: str) -> bool:
    return can_proceed(row.explain if excuse else row.do)


def _enter(item: ActionItem, seen: ActionItem, row: ItemCheckIn) -> None:
    """One entry per item and week: the first row of the week stands for all of them. Who does not
    know of it has one of their own.
    """
    monday = row.day - timedelta(days=row.day.weekday())
    others = item.check_ins.filter(day__range=(monday, monday + timedelta(days=6)))
    others = others.exclude(pk=row.pk)
    first = not row.aside and not others.filter(replaced_at=None).exists()
    if not first and others.filter(item_stillness.known_days(seen)).exists():
        return
    file_entries.enter(
        student=item.student,
        kind="plan_checkin",
        object_id=row.pk,
        party=str(item.owner_party) if row.by_id else FileEntry.Party.SYSTEM,
        at=row.at,
        readers=plan_owners.readers(item) if first else (),
        by=row.by,
        case_id=item.case_id,
        people=plan_owners.named(item) if first else [row.by_id] if row.by_id else [],
    )
