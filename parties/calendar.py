"""The school's working days: the plain week, and the days on which 调休 turns it round.

Loaded once into a view and then plain arithmetic, so that a deadline needs no further query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import orjson

from parties import round_trips

_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)

#: A calendar that closes the school for longer than this is a mistake, not a holiday.
_LONGEST_HOLIDAY: Final = 120  # days


class NoWorkingDay(ValueError):
    """The calendar names no working day for months: somebody marked too many holidays."""


@dataclass(frozen=True, slots=True)
class CalendarView:
    """`days` holds only what differs: False for a holiday, True for a working weekend day."""

    days: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < _SATURDAY)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`. Raises NoWorkingDay."""
        for ahead in range(1, _LONGEST_HOLIDAY + 1):
            candidate = day + ahead * _ONE_DAY
            if self.is_working(candidate):
                return candidate
        raise NoWorkingDay(f"no working day within {_LONGEST_HOLIDAY} days after {day}")

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`th working day after `day`; whether `day` itself is one does not matter.

        Raises:
            NoWorkingDay: the calendar is closed for months.
            ValueError: `count` is negative.
        """
        if count < 0:
            raise ValueError("working days are counted forward")
        for _ in range(count):
            day = self.next_working_day(day)
        return day


_DAYS: Final = "SELECT date, is_working FROM parties_calendarday WHERE school_id = %s"
#: The same of the school of a case c, as a part of larger statements; `read` makes a view of it.
OF_A_CASE: Final = """
SELECT json_object_agg(date, is_working)::text FROM parties_calendarday
WHERE school_id = c.school_id
"""


def load(school_id: int) -> CalendarView:
    """One kept statement; call inside the school's scope."""
    rows = round_trips.execute(_DAYS, [school_id])
    return CalendarView(dict(rows.fetchall()))


def read(answer: str | None) -> CalendarView:
    """What OF_A_CASE answered."""
    days = orjson.loads(answer) if answer else {}
    return CalendarView({date.fromisoformat(day): working for day, working in days.items()})
