"""Clocks of plans: from Friday 22:40, before a working Saturday and a closed Monday."""

from datetime import date, datetime

import pytest

from parties.calendar import CalendarView
from tests.factories import CN, NOW
from workflow import clock_file, clocks

SWAPPED = CalendarView({date(2026, 10, 10): True, date(2026, 10, 12): False})


def october(day: int, hour: int = 17, minute: int = 30) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=CN)


RUNS_OUT = [
    ("plan.overdue_ht", october(10)),
    ("plan.overdue_gl", october(13)),
    ("plan.overdue_me", october(14)),
    ("plan.overdue_again", october(16, 22, 40)),
    ("plan.verify_again", october(16, 22, 40)),
    ("plan.moved_far", datetime(2026, 11, 6, 22, 40, tzinfo=CN)),
    ("plan.talk", october(13)),
    ("plan.contact_missed", october(10)),
    ("follow_up.week2", october(23, 8, 0)),
    ("follow_up.week4", datetime(2026, 11, 6, 8, tzinfo=CN)),
    ("follow_up.week8", datetime(2026, 12, 4, 8, tzinfo=CN)),
    ("follow_up.hold", october(14)),
    ("follow_up.adjust", october(13)),
    ("follow_up.evaluate", october(16)),
    ("follow_up.family_score", october(16)),
    ("follow_up.decide", october(14)),
    ("follow_up.upgrade", october(9, 23, 10)),
    ("follow_up.climb", october(10)),
    ("follow_up.climb_again", october(16, 9, 0)),
]


@pytest.mark.parametrize(("name", "moment"), RUNS_OUT)
def test_each_clock_runs_out_on_its_day(name: str, moment: datetime) -> None:
    assert clocks.book({}, SWAPPED).due(name, anchors={}, at=NOW) == moment


def test_the_table_names_every_clock_and_none_is_called_a_law() -> None:
    known = clock_file.defaults().clocks
    mine = {name for name in known if name.startswith(("plan.", "follow_up."))}

    assert {name for name, _ in RUNS_OUT} == mine
    weeks = {name for name in mine if known[name].anchor == "round"}
    assert weeks == {"follow_up.week2", "follow_up.week4", "follow_up.week8"}
    assert {known[name].anchor for name in mine - weeks} == {"task"}
