"""Named deadlines: what `clock("crisis.triage")` means for this school at this moment.

    bpmn/clocks.yaml --> Clock (what it says) --> ClockBook (with the school's own values and
    calendar, loaded with one query) --> due() --> a moment

Minutes and hours ignore holidays; working days follow the calendar with 调休.
"""

import calendar as months
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Func, JSONField
from django.db.models.functions import Cast

from parties.calendar import CalendarView, NoWorkingDay
from parties.models import CalendarDay
from workflow.clock_file import (
    DAY_END,
    Clock,
    ClocksInvalid,
    Span,
    defaults,
    parse_span,
)
from workflow.errors import SanfangError
from workflow.models import ClockSetting

logger = logging.getLogger(__name__)

Anchors = Mapping[str, datetime]


class ClockUnknown(SanfangError):
    """No deadline of this name."""

    code = "clock.unknown"


#: What is due at an hour of the day of a meeting is due that day, however late the meeting ended.
_SAME_DAY: Final = "appointment"
#: Five minutes before that hour nobody writes minutes in five minutes.
_AT_LEAST: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ClockBook:
    """The deadlines of one school and the calendar they follow."""

    clocks: Mapping[str, Clock]
    calendar: CalendarView
    zone: ZoneInfo

    def due(self, name: str, *, anchors: Anchors, at: datetime) -> datetime:
        """The moment, in UTC, at which the clock `name` runs out.

        `anchors` holds what has happened in the case ("report", "triage", "danger_over"). What
        has not, or happened before the last report and so in an earlier round, happens in this
        very step: it counts from `at`.

        Raises:
            ClockUnknown: no such name.
        """
        clock = self.clocks.get(name)
        if clock is None:
            raise ClockUnknown(f"没有名为 {name!r} 的时限。", clock=name)
        start = _start(clock.anchor, anchors, at)
        due = after(start, clock.span, calendar=self.calendar, zone=self.zone, end=self.day_end)
        if clock.anchor == _SAME_DAY and clock.span.unit == "daily_at":
            midnight = _next_time(start.astimezone(self.zone), time())
            return min(max(due, start + _AT_LEAST), midnight)
        return due

    def anchor(self, name: str) -> str:
        """What the clock `name` counts from; empty where there is none of this name."""
        clock = self.clocks.get(name)
        return "" if clock is None else clock.anchor

    @property
    def day_end(self) -> time:
        return self.clocks[DAY_END].span.at or time(17, 30)


def _start(anchor: str, anchors: Anchors, at: datetime) -> datetime:
    happened = anchors.get(anchor)
    if happened is None or happened < anchors.get("report", happened):
        return at
    return happened


def after(
    start: datetime, span: Span, *, calendar: CalendarView, zone: ZoneInfo, end: time
) -> datetime:
    """`start` plus `span`, in UTC; `end` is when a working day ends."""
    if span.unit in {"minutes", "hours"}:
        unit = timedelta(minutes=1) if span.unit == "minutes" else timedelta(hours=1)
        return (start + span.count * unit).astimezone(UTC)
    local = start.astimezone(zone)
    if span.unit == "daily_at":
        return _next_time(local, span.at or time())
    if span.unit == "working_days":
        day, hour = _working_day(local.date(), span.count, calendar), span.at or end
    else:
        day = _later(local.date(), span)
        hour = local.time() if span.at is None else span.at
    return datetime.combine(day, hour, local.tzinfo).astimezone(UTC)


def _working_day(day: date, count: int, calendar: CalendarView) -> date:
    """In a calendar without working days every day counts: rather too early than never."""
    try:
        return calendar.add_working_days(day, count)
    except NoWorkingDay:
        logger.exception("clock.calendar_closed day=%s", day)
        return day + timedelta(days=count)


def _later(day: date, span: Span) -> date:
    if span.unit == "days":
        return day + timedelta(days=span.count)
    years, month = divmod(day.month - 1 + span.count, 12)
    year = day.year + years
    last = months.monthrange(year, month + 1)[1]  # 31 January plus a month is 28 February
    return date(year, month + 1, min(day.day, last))


def _next_time(local: datetime, hour: time) -> datetime:
    moment = datetime.combine(local.date(), hour, local.tzinfo)
    if moment <= local:
        moment = datetime.combine(local.date() + timedelta(days=1), hour, local.tzinfo)
    return moment.astimezone(UTC)


# --- a school's book ------------------------------------------------------------------------------


def load(school_id: int) -> ClockBook:
    """Defaults, this school's values and its calendar, with one query. Call inside its scope."""
    own = ClockSetting.objects.filter(school_id=school_id).values_list("name", "value")
    days = CalendarDay.objects.filter(school_id=school_id).annotate(
        name=Cast("date", CharField()),
        value=Func("is_working", function="to_jsonb", output_field=JSONField()),
    )
    values: dict[str, Any] = {}
    calendar: dict[date, bool] = {}
    for name, value in own.union(days.values_list("name", "value"), all=True):
        if isinstance(value, bool):
            calendar[date.fromisoformat(name)] = value
        else:
            values[name] = value
    return book(values, CalendarView(calendar))


def book(values: Mapping[str, Any], calendar: CalendarView) -> ClockBook:
    """The defaults with a school's own `values`, as they stand in ClockSetting."""
    clocks = dict(defaults().clocks)
    for name, value in values.items():
        if name in clocks:
            clocks[name] = replace(clocks[name], span=_own_or_default(clocks[name], value))
    return ClockBook(clocks, calendar, ZoneInfo(settings.TIME_ZONE))


def _own_or_default(clock: Clock, value: Any) -> Span:
    """A school's slip of the pen must not stop a crisis: then the default counts, and is logged."""
    try:
        span = parse_span(value, where=clock.name)
    except ClocksInvalid:
        logger.exception("clock.setting_ignored name=%s", clock.name)
        return clock.span
    if (span.unit == "daily_at") != (clock.span.unit == "daily_at"):
        logger.error("clock.setting_ignored name=%s", clock.name)
        return clock.span
    return span


# --- follow-ups and closing -----------------------------------------------------------------------


def follow_up_rhythm(*, colour: str, done: int) -> str:
    """When the next follow-up is due after `done` of them: weekly, monthly, or done."""
    rounds = defaults().follow_ups[colour]
    if done < rounds.weekly:
        return "weekly"
    return "monthly" if done < rounds.weekly + rounds.monthly else "done"


def quiet_days(*, colour: str) -> int:
    """Days without a danger sign before a case of this colour may be closed."""
    return defaults().quiet_days[colour]


def checked() -> list[str]:
    """What is wrong with bpmn/clocks.yaml, for the start-up check; empty when it can be used."""
    try:
        defaults()
    except ClocksInvalid as error:
        return [str(error)]
    return []
