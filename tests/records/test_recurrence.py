"""Due days: a closed language of rules, bounded whatever it says, and the school's own calendar."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties.calendar import CalendarView
from parties.errors import InvalidInput
from records import recurrence, streaks
from records.recurrence import MAX_DAYS, Recurrence, parse

ONE_DAY = timedelta(days=1)
MONDAY = date(2026, 10, 5)
PLAIN = CalendarView()
#: 国庆 closes the week of 5 October; Saturday 10 October is a working day (调休).
OCTOBER = CalendarView(
    {**{date(2026, 10, day): False for day in range(1, 8)}, date(2026, 10, 10): True}
)
CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def days(
    rule: str, *, first: date = MONDAY, last: date, calendar: CalendarView = PLAIN
) -> list[date]:
    return list(parse(rule).days(first=first, last=last, calendar=calendar))


def october(*numbers: int) -> list[date]:
    return [date(2026, 10, number) for number in numbers]


# --- what a rule means ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY", october(*range(5, 19))),
        ("FREQ=DAILY;INTERVAL=3", october(5, 8, 11, 14, 17)),
        ("FREQ=DAILY;COUNT=3", october(5, 6, 7)),
        ("FREQ=DAILY;UNTIL=20261007", october(5, 6, 7)),
        ("FREQ=DAILY;BYDAY=SA,SU", october(10, 11, 17, 18)),
        ("FREQ=WEEKLY;BYDAY=TU,TH", october(6, 8, 13, 15)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", october(5)),
        ("RRULE:FREQ=WEEKLY", october(5, 12)),
        ("FREQ=MONTHLY", october(5)),
    ],
)
def test_a_rule_is_read_as_the_standard_says(rule: str, expected: list[date]) -> None:
    assert days(rule, last=date(2026, 10, 18)) == expected


def test_school_days_follow_the_calendar_with_its_turned_round_saturday() -> None:
    found = days("FREQ=DAILY;仅上学日", last=date(2026, 10, 14), calendar=OCTOBER)

    assert found == october(8, 9, 10, 12, 13, 14)


def test_a_count_of_school_days_counts_school_days() -> None:
    found = days("FREQ=DAILY;COUNT=4;仅上学日", last=date(2026, 12, 1), calendar=OCTOBER)

    assert found == october(8, 9, 10, 12)


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        ("FREQ=MONTHLY", date(2026, 12, 31), ["12-31", "01-31", "02-28", "03-31", "04-30"]),
        ("FREQ=MONTHLY", date(2026, 12, 29), ["12-29", "01-29", "02-28", "03-29", "04-29"]),
        ("FREQ=MONTHLY;INTERVAL=2", date(2026, 12, 31), ["12-31", "02-28", "04-30"]),
        ("FREQ=MONTHLY;COUNT=3", date(2026, 12, 30), ["12-30", "01-30", "02-28"]),
        ("FREQ=MONTHLY", date(2026, 12, 28), ["12-28", "01-28", "02-28", "03-28", "04-28"]),
    ],
)
def test_no_short_month_is_left_out(rule: str, first: date, expected: list[str]) -> None:
    found = days(rule, first=first, last=date(2027, 4, 30))

    assert [f"{day:%m-%d}" for day in found] == expected


def test_an_end_before_the_start_is_no_day() -> None:
    assert days("FREQ=DAILY;UNTIL=20261001", last=date(2026, 12, 1)) == []


# --- hostile rules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "每天",
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;COUNT=401",
        "FREQ=DAILY;COUNT=٣",
        "FREQ=DAILY;COUNT=3;UNTIL=20261231",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",  # from a Monday: never
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=WEEKLY;BYDAY=MO,MO",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=DAILY;UNTIL=2026123",
        "FREQ=DAILY;UNTIL=202611",
        "FREQ=DAILY\nDTSTART:19700101",
        "FREQ=DAILY;X" * 100,
    ],
)
def test_a_rule_that_could_run_wild_is_refused_with_what_to_write_instead(rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(rule)

    assert caught.value.field == "recurrence"
    assert caught.value.mend.endswith("。")


def test_more_days_than_a_plan_needs_are_refused() -> None:
    with pytest.raises(InvalidInput, match="超过 400 天"):
        parse("FREQ=DAILY").check(
            first=MONDAY, last=MONDAY + MAX_DAYS * ONE_DAY, calendar=CalendarView()
        )


def test_a_rule_without_a_day_is_refused() -> None:
    with pytest.raises(InvalidInput, match="没有一天"):
        parse("FREQ=WEEKLY;BYDAY=SU").check(
            first=MONDAY, last=MONDAY + 3 * ONE_DAY, calendar=CalendarView()
        )


@given(st.text(max_size=130))
def test_whatever_is_written_is_a_rule_or_a_kind_refusal(text: str) -> None:
    try:
        rule = parse(text)
    except InvalidInput:
        return
    assert rule.freq in {"DAILY", "WEEKLY", "MONTHLY"}


rules = st.builds(
    Recurrence,
    freq=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    interval=st.just(1),
    weekdays=st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=7).map(tuple),
    count=st.none() | st.integers(1, 30),
    school_days=st.booleans(),
)
calendars = st.dictionaries(
    st.dates(date(2026, 9, 1), date(2027, 3, 1)), st.booleans(), max_size=40
).map(CalendarView)
starts = st.dates(date(2026, 9, 1), date(2026, 12, 31))


@given(rule=rules, calendar=calendars, first=starts, length=st.integers(0, 120))
def test_the_days_are_those_that_a_plain_look_at_each_day_finds(
    rule: Recurrence, calendar: CalendarView, first: date, length: int
) -> None:
    """With a list of weekdays and no interval every frequency means: each such day."""
    last = first + length * ONE_DAY
    looked = [first + n * ONE_DAY for n in range(length + 1)]
    expected = [
        day
        for day in looked
        if CODES[day.weekday()] in rule.weekdays
        and (not rule.school_days or calendar.is_working(day))
    ][: rule.count]

    assert list(rule.days(first=first, last=last, calendar=calendar)) == expected


everything = st.builds(
    "FREQ={};INTERVAL={}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 31),
)


@given(rule=everything, first=st.dates(date(2020, 1, 1), date(2099, 12, 31)))
def test_every_accepted_rule_ends_soon(rule: str, first: date) -> None:
    begun = time.monotonic()
    found = parse(rule).days(
        first=first, last=first + recurrence.LONGEST_PLAN * ONE_DAY, calendar=PLAIN
    )

    assert time.monotonic() - begun < 1
    assert len(found) <= MAX_DAYS
    assert list(found) == sorted(set(found))


# --- streaks --------------------------------------------------------------------------------------

DUE = october(5, 6, 8, 9, 12)


@pytest.mark.parametrize(
    ("marks", "today", "expected"),
    [
        ("", 12, 0),
        ("D", 5, 1),
        ("DD", 8, 2),  # today is still open
        ("DD.D", 9, 1),  # the 8th was forgotten
        ("DDED", 9, 3),  # an excuse neither breaks nor counts
        ("DDMD", 9, 1),
        ("DDDDM", 12, 0),  # written down as missed: that is over
        ("EEEE", 12, 0),
        ("EEED", 12, 1),
    ],
)
def test_a_streak_counts_due_days_alone(marks: str, today: int, expected: int) -> None:
    words = {"D": "DONE", "E": "EXCUSED", "M": "MISSED"}
    told = {day: words[m] for day, m in zip(DUE, marks, strict=False) if m != "."}

    assert streaks.streak(DUE, told, today=date(2026, 10, today)) == expected


marked = st.dictionaries(st.sampled_from(DUE), st.sampled_from(["DONE", "EXCUSED", "MISSED"]))


@given(marks=marked)
def test_excusing_a_day_never_shortens_a_streak_and_doing_it_never_either(
    marks: dict[date, str],
) -> None:
    today = DUE[-1]
    before = streaks.streak(DUE, marks, today=today)
    for day in DUE:
        if marks.get(day) != "DONE":
            assert streaks.streak(DUE, {**marks, day: "EXCUSED"}, today=today) >= before
        assert streaks.streak(DUE, {**marks, day: "DONE"}, today=today) >= before


@given(marks=marked)
def test_a_done_day_counts_under_every_rule(marks: dict[date, str]) -> None:
    days = streaks.counted(DUE[:2], marks)

    assert list(days) == sorted(set(days))
    assert {*DUE[:2], *(day for day in DUE if marks.get(day) == "DONE")} == set(days)


@given(marks=marked)
def test_what_is_a_streak_is_no_row_of_misses(marks: dict[date, str]) -> None:
    today = DUE[-1]
    missed = streaks.missed_in_a_row(DUE, marks, upto=today)

    assert not (missed > 0 and streaks.streak(DUE, marks, today=today) > 0 and marks.get(today))
