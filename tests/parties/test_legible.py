"""A text in which nobody can read anything is no text; every other one stays as it was written."""

import pytest

from parties import legible

BLANKS = (
    "",
    " \t\r\n",
    "\u3000\u00a0",
    "\ufeff",
    "\u200b\u200b",
    "\u200b\u3164",
    "\u2060\u200d\u00ad",
    "\u202e \u202c",
    "\u2800\u115f\uffa0",
    "\ufe0f\u034f\u180b",
)


@pytest.mark.parametrize("blank", BLANKS)
def test_signs_that_nobody_sees_say_nothing(blank: str) -> None:
    assert legible.said(blank) == ""
    assert legible.length(blank) == 0


@pytest.mark.parametrize("text", ["好", "3", "？", "……", "👨‍👩‍👧", "नमस्ते", "家\u200b长"])
def test_what_can_be_read_stays_as_it_was_written(text: str) -> None:
    assert legible.said(f" {text}\n") == text


def test_only_what_is_seen_and_the_spaces_between_count() -> None:
    assert legible.length(" 家长 说\u200b\u200b\u3164 ") == 4
