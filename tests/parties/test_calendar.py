"""Working days with 调休: Golden Week 2026 ends on a Thursday, and Saturday the 10th is worked."""

from collections.abc import Mapping
from datetime import date

import pytest

from parties import calendar
from parties.calendar import CalendarView, NoWorkingDay
from parties.models import CalendarDay
from parties.tenancy import scope
from tests.factories import World

FRIDAY = date(2026, 10, 9)
SATURDAY = date(2026, 10, 10)
SUNDAY = date(2026, 10, 11)
MONDAY = date(2026, 10, 12)
TUESDAY = date(2026, 10, 13)

PLAIN = CalendarView()
SWAPPED = CalendarView({SATURDAY: True, MONDAY: False})


def test_a_plain_week_works_from_monday_to_friday() -> None:
    week = [date(2026, 10, day) for day in range(12, 19)]

    assert [PLAIN.is_working(day) for day in week] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("day", "working"), [(SATURDAY, True), (SUNDAY, False), (MONDAY, False), (TUESDAY, True)]
)
def test_an_entry_turns_the_plain_week_round(day: date, working: bool) -> None:
    assert SWAPPED.is_working(day) is working


@pytest.mark.parametrize(
    ("calendar_", "start", "count", "end"),
    [
        (PLAIN, FRIDAY, 1, MONDAY),
        (SWAPPED, FRIDAY, 1, SATURDAY),
        (SWAPPED, FRIDAY, 2, TUESDAY),
        (SWAPPED, SATURDAY, 1, TUESDAY),
        (SWAPPED, SUNDAY, 1, TUESDAY),
        (SWAPPED, FRIDAY, 3, date(2026, 10, 14)),
        (PLAIN, SUNDAY, 5, date(2026, 10, 16)),
        (PLAIN, FRIDAY, 0, FRIDAY),
    ],
)
def test_working_days_are_counted_after_the_day(
    calendar_: CalendarView, start: date, count: int, end: date
) -> None:
    assert calendar_.add_working_days(start, count) == end


def test_counting_crosses_the_year_and_a_long_holiday() -> None:
    holiday: Mapping[date, bool] = {date(2027, 1, day): False for day in (1, 4, 5)}

    assert CalendarView(holiday).add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 6)


def test_a_calendar_without_working_days_is_refused_instead_of_searched_for_ever() -> None:
    closed = {date.fromordinal(FRIDAY.toordinal() + ahead): False for ahead in range(400)}

    with pytest.raises(NoWorkingDay):
        CalendarView(closed).next_working_day(FRIDAY)


def test_working_days_are_never_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        PLAIN.add_working_days(FRIDAY, -1)


def test_a_school_reads_its_own_entries_only(world: World) -> None:
    with scope(world.id):
        CalendarDay.objects.create(school=world.school, date=SATURDAY, is_working=True)
        CalendarDay.objects.create(school=world.school, date=MONDAY, is_working=False)

        assert calendar.load(world.id) == SWAPPED
        assert calendar.load(world.id + 1) == PLAIN
