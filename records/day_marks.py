"""One day of an item, as it was marked: done, or excused, and what stood there before."""

from copy import copy
from datetime import date, datetime, timedelta
from typing import Final

from django_fsm import can_proceed

from parties.errors import WrongState
from parties.models import Person
from records import file_entries, item_rows, item_stillness, plan_owners
from records.models import ActionItem, FileEntry, ItemCheckIn

_STATE: Final = ItemCheckIn.State


def mark(
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
        row = _new(item, day, aside=over or row is not None, by=by, at=at, excuse=excuse)
    else:
        _move(row, by=by, at=at, excuse=excuse)
    enter(item, seen, row)
    _record(item, row, by=by, at=at, state=state.value)
    return row


def _new(
    item: ActionItem, day: date, *, aside: bool, by: Person, at: datetime, excuse: str
) -> ItemCheckIn:
    state = _STATE.EXCUSED if excuse else _STATE.DONE
    row = ItemCheckIn(school_id=item.school_id, item=item, day=day, state=state, aside=aside)
    row.by, row.at, row.excuse = by, at, excuse
    row.save()
    return row


def _record(item: ActionItem, row: ItemCheckIn, *, by: Person, at: datetime, state: str) -> None:
    kind = "plan.day_noted" if row.aside else "plan.day_marked"
    item_rows.record(kind, item, at=at, actor=by, day=row.day.isoformat(), state=state)


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


def enter(item: ActionItem, seen: ActionItem, row: ItemCheckIn) -> None:
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
