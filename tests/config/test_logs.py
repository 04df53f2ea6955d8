"""A line of the log is JSON, and no traceback carries what an error says about somebody."""

import json
import logging
import sys
from collections.abc import Callable

import pytest

from config.logs import JsonFormatter

WHO = "张三 13800138000"


def line(error: BaseException | None = None, message: str = "case.opened", *given: object) -> str:
    kept = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("workflow", logging.ERROR, "x.py", 1, message, given, kept)
    return JsonFormatter().format(record)


def raised(act: Callable[[], object]) -> BaseException:
    try:
        act()
    except Exception as error:  # noqa: BLE001 -- any
        return error
    raise AssertionError


def plain() -> None:
    raise ValueError(WHO)


def because() -> None:
    try:
        plain()
    except ValueError as error:
        raise RuntimeError(WHO) from error


def meanwhile() -> None:
    try:
        plain()
    except ValueError:
        int(WHO)


def noted() -> None:
    error = KeyError(WHO)
    error.add_note(WHO)
    raise error


def hidden() -> None:
    try:
        plain()
    except ValueError:
        raise RuntimeError(WHO) from None


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (plain, ["builtins.ValueError"]),
        (because, ["builtins.ValueError", "builtins.RuntimeError"]),
        (meanwhile, ["builtins.ValueError", "builtins.ValueError"]),
        (noted, ["builtins.KeyError"]),
        (hidden, ["builtins.RuntimeError"]),
    ],
)
def test_a_traceback_keeps_place_and_type_and_no_value(
    act: Callable[[], object], kinds: list[str]
) -> None:
    written = line(raised(act))

    told = json.loads(written)["traceback"].splitlines()
    assert [row for row in told if not row.startswith("  ")] == kinds
    assert any(row.endswith(f"in {act.__name__}") and "test_logs.py:" in row for row in told)
    assert "张三" not in written
    assert "138" not in written


def test_errors_that_cause_each_other_come_to_an_end() -> None:
    one, two = ValueError(WHO), KeyError(WHO)
    one.__cause__, two.__cause__ = two, one

    assert json.loads(line(one))["traceback"].splitlines() == [
        "builtins.KeyError", "builtins.ValueError"
    ]  # fmt: skip


def test_a_line_is_one_line_and_without_an_error_has_no_traceback() -> None:
    written = line(None, "case.opened id=%s\n%s", 7, "第二行")

    assert "\n" not in written
    said = json.loads(written)
    assert set(said) == {"at", "level", "logger", "message"}
    assert said["message"] == "case.opened id=7\n第二行"
    assert (said["level"], said["logger"]) == ("ERROR", "workflow")


def test_a_log_outside_of_an_error_that_asks_for_one_is_written() -> None:
    assert sys.exc_info() == (None, None, None)
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "m", (), (None, None, None))

    assert json.loads(JsonFormatter().format(record))["traceback"] == ""
