"""Days and mornings of an item: by the school's own zone and calendar."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from parties import calendar
from records import recurrence
from records.models import ActionItem

#: The morning after a due day: when somebody looks whether it was done.
MORNING: Final = time(8)


def due_days(item: ActionItem) -> Sequence[date]:
    """Every day on which a check-in is due, by the school's calendar. Inside a scope."""
    if not item.recurrence:
        return []
    rule = recurrence.parse(item.recurrence)
    view = calendar.load(item.school_id)
    return rule.days(first=item.starts_on, last=local_day(item.due_at), calendar=view)


def first_morning(item: ActionItem, *, after: date) -> datetime | None:
    """The morning on which the next due day after `after` is looked at; None if there is none."""
    day = next((day for day in due_days(item) if day > after), None)
    return None if day is None else morning_after(day)


def morning_after(day: date) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), MORNING, zone)


def local_day(moment: datetime) -> date:
    """The day at school."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
