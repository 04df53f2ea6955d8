"""bpmn/intake.bpmn by itself: every branch, every timer, and no end without a person."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from django.conf import settings
from lxml import etree

from parties.calendar import CalendarView
from parties.roles import Role
from tests.factories import CN, MINUTE, NOW
from tests.processes.intake_round import CALM, OPERATORS, IntakeRound, intake
from workflow.engine import lint_files, registry

Start = Callable[..., IntakeRound]

DAY = timedelta(days=1)
SATURDAY = date(2026, 10, 10)
SATURDAY_EVENING = datetime(2026, 10, 10, 17, 30, tzinfo=CN)
MONDAY_EVENING = datetime(2026, 10, 12, 17, 30, tzinfo=CN)


@pytest.fixture
def start() -> Iterator[Start]:
    """Begin a matter with calm answers and what the test changes in them."""
    with ExitStack() as stack:

        def begin(calendar: CalendarView | None = None, **said: str) -> IntakeRound:
            told = {**CALM, **said}
            return stack.enter_context(intake(told, calendar or CalendarView()))

        yield begin


def test_lint_finds_nothing_in_what_is_shipped() -> None:
    names = [
        "intake.bpmn",
        "channel.dmn",
        "forms/choose_channel.json",
        "forms/confirm_channel.json",
    ]

    assert lint_files.check([settings.BPMN_DIR / name for name in names]) == []


def test_the_shipped_handlers_serve_every_service_task() -> None:
    root = etree.parse(settings.BPMN_DIR / "intake.bpmn").getroot()
    operators = {node.get("id") for node in root.iter("{*}serviceTaskOperator")}

    assert operators == {f"intake.{name}" for name in OPERATORS}
    for name, results in OPERATORS.items():
        assert registry.declared_results(f"intake.{name}") == set(results)


# --- what is proposed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "channel", "rule"),
    [
        ({}, "meeting", "failed_twice"),
        ({"level": "red"}, "crisis", "red_words"),
        ({"danger": "yes"}, "crisis", "danger"),
        ({"danger": "unclear"}, "meeting", "danger_unclear"),
        ({"danger": "unclear", "individual": "no"}, "meeting", "danger_unclear"),
        ({"level": "amber", "individual": "no"}, "meeting", "verify_first"),
        ({"level": "complaint", "individual": "no"}, "meeting", "complaint_words"),
        ({"trigger": "praise", "individual": "no"}, "notice", "information"),
        ({"trigger": "attendance"}, "meeting", "truancy"),
    ],
)
def test_the_table_proposes_and_the_proposal_is_kept(
    start: Start, said: dict[str, str], channel: str, rule: str
) -> None:
    run = start(**said)

    assert run.called("keep_proposal") == [{"channel": channel, "rule": rule}]
    assert not run.finished


@pytest.mark.parametrize(
    ("said", "task"),
    [
        ({}, "choose_channel"),
        ({"trigger": "praise", "individual": "no"}, "choose_channel"),
        ({"level": "amber"}, "choose_channel"),
        ({"level": "complaint"}, "choose_channel"),
        ({"level": "red"}, "choose_channel_now"),
        ({"danger": "yes"}, "choose_channel_now"),
    ],
)
def test_a_person_is_asked_whatever_was_found(
    start: Start, said: dict[str, str], task: str
) -> None:
    run = start(**said)

    assert set(run.open) == {task}
    assert run.open[task].role == Role.HT
    assert run.called("route") == []


@pytest.mark.parametrize("level", ["none", "amber", "red", "complaint"])
@pytest.mark.parametrize("danger", ["yes", "no", "unclear"])
@pytest.mark.parametrize("trigger", ["praise", "academic"])
def test_no_answers_close_a_matter_that_nobody_decided(
    start: Start, level: str, danger: str, trigger: str
) -> None:
    """With words of danger or without any: time alone ends nothing."""
    asked = {"choose_channel", "choose_channel_now"}
    for said in product(["yes", "no"], repeat=3):
        rest = dict(zip(("repeated", "needs_family", "individual"), said, strict=True))
        run = start(level=level, danger=danger, trigger=trigger, **rest)
        run.wait(NOW + 30 * DAY)

        assert not run.finished, rest
        assert len(set(run.open) & asked) == 1, rest
        assert run.called("route") == [], rest


# --- what a person decides ------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["notice", "meeting"])
def test_a_calm_matter_goes_where_the_person_said(start: Start, channel: str) -> None:
    run = start()
    run.do("choose_channel", channel=channel)

    assert run.called("route") == [{}]
    assert run.finished


def test_a_crisis_ends_the_intake_without_a_step_more(start: Start) -> None:
    run = start()
    run.do("choose_channel", channel="crisis")

    assert run.finished
    assert run.called("route") == []


def test_below_a_crisis_that_was_pointed_to_the_office_looks_too(start: Start) -> None:
    run = start(level="red")
    run.do("choose_channel_now", channel="meeting")

    assert set(run.open) == {"confirm_channel"}
    assert run.open["confirm_channel"].role == Role.ME
    assert run.open["confirm_channel"].properties["four_eyes"] == "choose_channel_now"
    assert run.called("route") == []

    run.do("confirm_channel", agree="yes")
    assert run.called("route") == [{}]
    assert run.finished


@pytest.mark.parametrize("said", ["no", None, "", "maybe"])
def test_no_clear_yes_of_the_second_routes_nothing_lower(start: Start, said: str | None) -> None:
    run = start(danger="yes")
    run.do("choose_channel_now", channel="notice")
    run.do("confirm_channel", agree=said)

    assert run.called("route") == []
    assert run.finished


def test_red_words_that_are_a_crisis_need_no_second_look(start: Start) -> None:
    run = start(level="red")
    run.do("choose_channel_now", channel="crisis")

    assert run.finished
    assert run.called("route") == []


# --- nobody decides -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "due"), [({}, MONDAY_EVENING), ({SATURDAY: True}, SATURDAY_EVENING)]
)
def test_a_calm_matter_has_one_working_day_as_the_calendar_turns_it(
    start: Start, days: dict[date, bool], due: datetime
) -> None:
    run = start(calendar=CalendarView(days))

    assert run.open["choose_channel"].due_at == due
    run.wait(due - MINUTE)
    assert run.called("undecided") == []
    run.wait(due)
    told = [{"task": "choose_channel", "clock": "intake.choose"}]
    assert run.called("undecided") == told
    run.wait(due + 7 * DAY)
    assert run.called("undecided") == told * 2
    assert set(run.open) == {"choose_channel"}


def test_the_reminder_comes_again_as_long_as_nobody_decides(start: Start) -> None:
    run = start(level="red")
    for half_hours in range(1, 5):
        run.wait(NOW + half_hours * 30 * MINUTE)
        assert len(run.called("undecided")) == half_hours

    run.do("choose_channel_now", channel="crisis")
    assert run.finished


def test_the_second_look_is_reminded_of_and_the_first_one_not_any_more(start: Start) -> None:
    run = start(level="red")
    run.do("choose_channel_now", channel="meeting")
    for half_hours in (1, 2):
        run.wait(NOW + half_hours * 30 * MINUTE)
        told = [{"task": "confirm_channel", "clock": "intake.confirm"}] * half_hours
        assert run.called("undecided") == told
        assert set(run.open) == {"confirm_channel"}
    run.do("confirm_channel", agree="yes")
    assert run.finished
