"""Named deadlines: arithmetic with 调休, the school's own values, and mistakes in the file."""

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.conf import settings

from parties.calendar import CalendarView
from parties.models import CalendarDay
from parties.tenancy import scope
from tests.factories import CN, NOW, World
from workflow import clock_file, clocks
from workflow.clock_file import ClocksInvalid, Span
from workflow.clocks import ClockUnknown
from workflow.models import ClockSetting

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: Friday 22:40; Saturday the 10th is worked, Monday the 12th is a holiday.
SWAPPED = CalendarView({date(2026, 10, 10): True, date(2026, 10, 12): False})
DEFAULTS = clocks.book({}, SWAPPED)


def local(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CN)


def due(name: str, *, at: datetime = NOW, **anchors: datetime) -> datetime:
    return DEFAULTS.due(name, anchors=anchors, at=at).astimezone(CN)


# --- every clock of the crisis -------------------------------------------------------------------


RUNS_OUT: list[tuple[str, datetime]] = [
    ("crisis.triage", NOW + 30 * MINUTE),
    ("crisis.contact", NOW + 20 * MINUTE),
    ("crisis.report_pending", NOW + 15 * MINUTE),
    ("crisis.oral_report", NOW + 30 * MINUTE),
    ("crisis.first_report", NOW + 2 * HOUR),
    ("crisis.written_report", NOW + 8 * HOUR),
    ("crisis.protect", local(10, 10)),
    ("crisis.secure_site", NOW + DAY),
    ("crisis.meeting_urgent", NOW + DAY),
    ("crisis.meeting", local(10, 14, 17, 30)),
    ("crisis.safety_plan", NOW + DAY),
    ("crisis.zero_report", local(10, 10, 17)),
    ("crisis.inform_after", local(10, 14, 17, 30)),
    ("crisis.return_plan", local(10, 16, 17, 30)),
    ("crisis.final_report", NOW + 7 * DAY),
    ("crisis.bullying_finding", NOW + 10 * DAY),
    ("crisis.follow_up_weekly", local(10, 16, 8)),
    ("crisis.follow_up_monthly", local(11, 9, 8)),
    ("crisis.follow_up_done", local(10, 13, 17, 30)),
    ("crisis.close_confirm", local(10, 14, 17, 30)),
    ("crisis.order_review", local(10, 16, 17, 30)),
    ("crisis.order_again", local(10, 9, 9) + 90 * DAY),
    ("notice.approve", local(10, 10, 17, 30)),
    ("notice.tell", local(10, 13, 17, 30)),
    ("notice.evening", local(10, 10, 21)),
    ("notice.morning", local(10, 10, 7)),
    ("notice.next_batch", NOW + MINUTE),
    ("notice.resend", NOW + DAY),
    ("notice.sms", NOW + 2 * DAY),
    ("notice.call", NOW + 3 * DAY),
    ("notice.second_guardian", NOW + 4 * DAY),
    ("notice.calls", local(10, 10, 17, 30)),
    ("notice.meeting", local(10, 16, 17, 30)),
    ("notice.answers", local(10, 23, 17, 30)),
    ("notice.close", NOW + MINUTE),
]


@pytest.mark.parametrize(("name", "moment"), RUNS_OUT)
def test_each_clock_runs_out_when_the_domain_says(name: str, moment: datetime) -> None:
    assert due(name, report=NOW, triage=NOW, danger_over=NOW) == moment


def test_the_table_above_names_every_clock_of_a_crisis_and_of_a_notice() -> None:
    known = {
        name for name in clock_file.defaults().clocks if name.startswith(("crisis.", "notice."))
    }

    assert {name for name, _ in RUNS_OUT} == known


def test_a_clock_of_the_report_counts_from_the_report_however_late_it_is_armed() -> None:
    assert due("crisis.oral_report", at=NOW + HOUR, report=NOW) == NOW + 30 * MINUTE


def test_a_clock_of_the_task_counts_from_the_step_that_arms_it() -> None:
    assert due("crisis.report_pending", at=NOW + HOUR, report=NOW) == NOW + 75 * MINUTE


def test_what_has_not_happened_yet_happens_in_this_very_step() -> None:
    assert due("crisis.bullying_finding", at=NOW + HOUR, report=NOW) == NOW + HOUR + 10 * DAY


def test_an_anchor_of_an_earlier_round_does_not_count_in_the_next() -> None:
    again = NOW + 5 * DAY

    found = due("crisis.contact", at=again + HOUR, report=again, triage=NOW + MINUTE)

    assert found == again + 80 * MINUTE


def test_minutes_and_hours_run_on_through_holidays() -> None:
    eve = local(9, 30, 23, 30)
    closed = CalendarView({date(2026, 10, day): False for day in range(1, 9)})
    book = clocks.book({}, closed)

    assert book.due("crisis.first_report", anchors={}, at=eve) == local(10, 1, 1, 30)
    assert book.due("crisis.zero_report", anchors={}, at=eve) == local(10, 1, 17)
    assert book.due("crisis.meeting", anchors={}, at=eve) == local(10, 13, 17, 30)


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (local(10, 9, 16, 59), local(10, 9, 17)),
        (local(10, 9, 17), local(10, 10, 17)),
        (local(10, 10, 3), local(10, 10, 17)),
    ],
)
def test_the_daily_report_is_due_at_the_next_five_o_clock(at: datetime, moment: datetime) -> None:
    assert due("crisis.zero_report", at=at) == moment


@pytest.mark.parametrize(
    ("ended", "moment"),
    [
        (local(10, 9, 18, 59), local(10, 9, 21)),
        (local(10, 9, 20, 55), local(10, 9, 22, 55)),
        *((local(10, 9, *late), local(10, 10)) for late in ((21,), (21, 15), (23, 30))),
    ],
)
def test_minutes_of_a_late_meeting_are_due_that_day(ended: datetime, moment: datetime) -> None:
    assert due("meeting.minutes", at=ended, appointment=ended) == moment
    assert due("meeting.minutes", at=local(10, 12, 9), appointment=ended) == moment


def test_days_are_those_of_the_school_not_of_greenwich() -> None:
    at = datetime(2026, 10, 9, 16, 30, tzinfo=UTC)  # 00:30 on Saturday in Shanghai

    assert due("crisis.protect", at=at) == local(10, 11)
    assert due("crisis.follow_up_done", at=at) == local(10, 14, 17, 30)


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        (local(1, 31, 9, year=2027), local(2, 28, 8, year=2027)),
        (local(1, 31, 9, year=2028), local(2, 29, 8, year=2028)),
        (local(12, 15, 9), local(1, 15, 8, year=2027)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(start: datetime, moment: datetime) -> None:
    assert due("crisis.follow_up_monthly", at=start) == moment


def test_a_deadline_is_a_moment_in_utc() -> None:
    found = DEFAULTS.due("crisis.meeting", anchors={}, at=NOW)

    assert found.tzinfo is UTC
    assert found == datetime(2026, 10, 14, 9, 30, tzinfo=UTC)


def test_only_working_days_pause_on_holidays() -> None:
    pausing = {
        name
        for name, clock in clock_file.defaults().clocks.items()
        if clock.span.pauses_on_holidays and name.startswith(("crisis.", "notice."))
    }

    assert pausing == {
        *(f"notice.{name}" for name in ("approve", "tell", "calls", "meeting", "answers")),
        "crisis.meeting",
        "crisis.inform_after",
        "crisis.return_plan",
        "crisis.follow_up_done",
        "crisis.close_confirm",
        "crisis.order_review",
    }


def test_an_unknown_name_is_an_error_and_never_a_default() -> None:
    with pytest.raises(ClockUnknown) as caught:
        due("crisis.tirage")

    assert caught.value.code == "clock.unknown"


def test_a_calendar_without_working_days_makes_a_deadline_early_not_absent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed = {date(2026, 10, 9) + ahead * DAY: False for ahead in range(400)}

    found = clocks.book({}, CalendarView(closed)).due("crisis.meeting", anchors={}, at=NOW)

    assert found == local(10, 12, 17, 30)
    assert "clock.calendar_closed" in caplog.text


# --- the school's own values ---------------------------------------------------------------------


def test_a_school_changes_a_value_by_name() -> None:
    book = clocks.book({"crisis.first_report": {"hours": 1}}, SWAPPED)

    assert book.due("crisis.first_report", anchors={}, at=NOW) == NOW + HOUR
    assert book.due("crisis.written_report", anchors={}, at=NOW) == NOW + 8 * HOUR


def test_a_school_ends_its_working_day_when_it_likes() -> None:
    book = clocks.book({"school.day_end": {"daily_at": "16:45"}}, SWAPPED)

    assert book.due("crisis.meeting", anchors={}, at=NOW) == local(10, 14, 16, 45)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("crisis.triage", {"minutes": -5}),
        ("crisis.triage", {"minutes": "soon"}),
        ("crisis.triage", None),
        ("crisis.triage", {"daily_at": "09:00"}),
        ("crisis.zero_report", {"hours": 1}),
        ("school.day_end", {"minutes": 10}),
    ],
)
def test_a_slip_of_the_pen_leaves_the_default_and_a_log_line(
    name: str, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    book = clocks.book({name: value}, SWAPPED)

    assert book.clocks[name] == clock_file.defaults().clocks[name]
    assert f"clock.setting_ignored name={name}" in caplog.text


def test_a_setting_without_a_clock_changes_nothing() -> None:
    assert clocks.book({"crisis.nonsense": {"minutes": 1}}, SWAPPED) == DEFAULTS


def test_a_book_costs_one_query(world: World, django_assert_num_queries: Any) -> None:
    with scope(world.id):
        ClockSetting.objects.create(
            school=world.school, name="crisis.oral_report", value={"minutes": 20}
        )
        for day, working in SWAPPED.days.items():
            CalendarDay.objects.create(school=world.school, date=day, is_working=working)

        with django_assert_num_queries(1):
            book = clocks.load(world.id)

    assert book.calendar == SWAPPED
    assert book.due("crisis.oral_report", anchors={}, at=NOW) == NOW + 20 * MINUTE
    assert book.due("crisis.meeting", anchors={}, at=NOW) == local(10, 14, 17, 30)


# --- follow-ups and closing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "rhythms"),
    [
        ("red", ["weekly"] * 4 + ["monthly"] * 3 + ["done"]),
        ("orange", ["weekly"] * 4 + ["monthly"] * 3 + ["done"]),
        ("yellow", ["weekly"] * 4 + ["monthly"] * 2 + ["done"]),
        ("blue", ["weekly"] * 4 + ["monthly"] * 2 + ["done"]),
    ],
)
def test_follow_ups_are_weekly_then_monthly_then_done(colour: str, rhythms: list[str]) -> None:
    counted = range(len(rhythms))

    assert [clocks.follow_up_rhythm(colour=colour, done=done) for done in counted] == rhythms


def test_a_red_case_must_stay_quiet_longer_than_a_yellow_one() -> None:
    assert clocks.quiet_days(colour="red") == 30
    assert clocks.quiet_days(colour="yellow") == 14


# --- mistakes in the file ------------------------------------------------------------------------


def content() -> dict[str, Any]:
    path = Path(settings.BPMN_DIR) / "clocks.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def entry(**changes: Any) -> dict[str, Any]:
    broken = content()
    broken["clocks"]["crisis.triage"] |= changes
    return broken


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"label": " "}, "label"),
        ({"label": None}, "label"),
        ({"from": "birth"}, "from"),
        ({"from": None}, "from"),
        ({"basis": "law"}, "basis"),
        ({"value": None}, "crisis.triage"),
        ({"value": 30}, "crisis.triage"),
        ({"value": {}}, "crisis.triage"),
        ({"value": {"minutes": 0}}, "crisis.triage.minutes"),
        ({"value": {"minutes": True}}, "crisis.triage.minutes"),
        ({"value": {"minutes": 1.5}}, "crisis.triage.minutes"),
        ({"value": {"minutes": "30"}}, "crisis.triage.minutes"),
        ({"value": {"days": 10**9}}, "crisis.triage.days"),
        ({"value": {"minutes": 30, "hours": 1}}, "恰好有一个"),
        ({"value": {"at": "08:00"}}, "恰好有一个"),
        ({"value": {"fortnights": 1}}, "fortnights"),
        ({"value": {"minutes": 30, "at": "08:00"}}, "不能带 at"),
        ({"value": {"days": 1, "at": "25:00"}}, "时刻"),
        ({"value": {"daily_at": 1020}}, "时刻"),  # YAML reads an unquoted 17:00 as a number
        ({"pauses": True}, "pauses"),
    ],
)
def test_a_mistake_names_its_entry(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ClocksInvalid) as caught:
        clock_file.parse(entry(**changes))

    assert "crisis.triage" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("clocks", {}, "clocks"),
        ("clocks", ["crisis.triage"], "clocks"),
        ("follow_ups", {"red": {"weekly": 4}}, "follow_ups"),
        ("follow_ups", {"red": {"weekly": 4, "monthly": 3}}, "颜色须一致"),
        ("quiet_days", {"red": 0, "orange": 1, "yellow": 1, "blue": 1}, "quiet_days.red"),
        ("holidays", {"x": 1}, "holidays"),
    ],
)
def test_a_mistake_names_its_part(part: str, value: Any, said: str) -> None:
    with pytest.raises(ClocksInvalid, match=said):
        clock_file.parse({**content(), part: value})


def test_without_the_end_of_the_day_no_working_day_ends() -> None:
    broken = content()
    del broken["clocks"]["school.day_end"]

    with pytest.raises(ClocksInvalid, match=r"school\.day_end"):
        clock_file.parse(broken)


@pytest.mark.parametrize("text", ["", "clocks: [", "just words", "!!python/object:os.system {}"])
def test_a_file_that_is_no_list_of_clocks_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clocks.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ClocksInvalid, match=r"clocks\.yaml"):
        clock_file.read(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClocksInvalid, match="FileNotFoundError"):
        clock_file.read(tmp_path / "clocks.yaml")


def test_the_start_up_check_is_content_with_the_shipped_file() -> None:
    assert clocks.checked() == []


def test_the_start_up_check_says_what_is_wrong(
    tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    settings.BPMN_DIR = tmp_path
    clock_file.defaults.cache_clear()
    try:
        assert clocks.checked() == ["clocks.yaml: 读不懂（FileNotFoundError）"]
    finally:
        clock_file.defaults.cache_clear()


def test_a_span_is_pure_arithmetic() -> None:
    found = clocks.after(
        NOW,
        Span("working_days", 2),
        calendar=SWAPPED,
        zone=ZoneInfo("Asia/Shanghai"),
        end=local(1, 1, 12).time(),
    )

    assert found == local(10, 13, 12)
