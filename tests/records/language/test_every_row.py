"""Each row by itself: found as written, found in disguise, and what it suggests is clean."""

from itertools import cycle
from typing import Final

import pytest
from pypinyin import Style, lazy_pinyin

from records.language import Effect, Severity, default
from records.language.matching import find
from records.language.normalise import normalise
from records.language.rows import Kind, Row
from tests.records.language.reading import only, sign

BEFORE: Final = "该生情况："
AFTER: Final = "，已谈话。"
SEPARATORS: Final = " ·-*_./\u200b\u3000~\ufeff\u00ad|"

LISTED: Final = [row for row in default().rows if row.kind != Kind.ALLOWED]
ALLOWED: Final = [row for row in default().rows if row.kind == Kind.ALLOWED]
EFFECTS: Final = {Severity.FORBIDDEN: Effect.BLOCK, Severity.DISCOURAGED: Effect.CONFIRM}


def name(row: Row) -> str:
    return row.phrase


def expect(written: str, row: Row) -> None:
    """`written` in a plain sentence is found as `row`, with its own effect and wording."""
    found = only(sign(f"{BEFORE}{written}{AFTER}"))
    severity = Severity(row.kind.value)

    assert (found.phrase, found.severity, found.category) == (row.phrase, severity, row.category)
    assert found.suggestion == row.suggestion
    assert (found.start, found.end) == (len(BEFORE), len(BEFORE) + len(written))
    assert found.effect == (Effect.HINT if row.category == "trait" else EFFECTS[severity])


def test_the_project_lexicon_is_complete() -> None:
    project = [row for row in LISTED if row.category not in {"trait", "diagnosis"}][:208]

    assert sum(row.kind == Kind.FORBIDDEN for row in project) == 135
    assert sum(row.kind == Kind.DISCOURAGED for row in project) == 73


@pytest.mark.parametrize("row", LISTED, ids=name)
def test_a_row_is_found_with_its_own_suggestion(row: Row) -> None:
    expect(row.phrase, row)


@pytest.mark.parametrize("row", LISTED, ids=name)
def test_a_row_is_found_between_separators(row: Row) -> None:
    marks = cycle(SEPARATORS[len(row.phrase) % len(SEPARATORS) :] + SEPARATORS)
    disguised = "".join(f"{char}{next(marks)}" for char in row.phrase)[:-1]

    expect(disguised, row)


@pytest.mark.parametrize("row", LISTED, ids=name)
def test_a_row_is_found_in_pinyin_with_and_without_tones(row: Row) -> None:
    expect("".join(lazy_pinyin(row.phrase, style=Style.NORMAL)), row)
    expect(" ".join(lazy_pinyin(row.phrase, style=Style.TONE)), row)


@pytest.mark.parametrize("row", LISTED, ids=name)
def test_what_is_suggested_holds_nothing_listed_and_passes(row: Row) -> None:
    lexicon = default()

    assert find(normalise(row.suggestion), lexicon.automaton) == []
    assert sign(row.suggestion).findings == ()


@pytest.mark.parametrize("row", ALLOWED, ids=name)
def test_an_allowed_term_passes(row: Row) -> None:
    assert sign(f"{BEFORE}{row.phrase}{AFTER}").findings == ()
