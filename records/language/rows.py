"""Rows of a lexicon: the shipped ones, and those that a school writes for itself."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Final

from parties.errors import InvalidInput
from records.language.normalise import BREAKS, normalise
from records.language.values import Severity

#: Shown to the author as a question about the diagnosis, as a missing count, ... (wording.py).
DIAGNOSIS: Final = "diagnosis"
TRAIT: Final = "trait"
ABSOLUTE: Final = "absolute"
SPECULATION: Final = "speculation"
THIRD_PARTY: Final = "third_party"

CATEGORIES: Final = frozenset(
    {
        "family_label", "parent_blame", "economic_origin", "student_label", "ability",
        "health_psych", "character", "behaviour_vague", "prognosis", "internship", "threat_shift",
        ABSOLUTE, DIAGNOSIS, SPECULATION, TRAIT,
    }
)  # fmt: skip

COLUMNS: Final = ("phrase", "severity", "category", "neutral_wording")
_SHORTEST, _LONGEST, _LONGEST_WORDING = 2, 40, 200  # characters
_MOST_ROWS: Final = 2_000
_HERE: Final = Path(__file__).parent


class Kind(StrEnum):
    """What a row of a school's own does; the first two are severities."""

    FORBIDDEN = Severity.FORBIDDEN.value
    DISCOURAGED = Severity.DISCOURAGED.value
    ALLOWED = "allowed"  # a term in which a listed phrase means nothing


@dataclass(frozen=True, slots=True)
class Row:
    """A phrase and what to write in its place; an allowed term has no category and no wording."""

    phrase: str
    kind: Kind
    category: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: its number in the file (the heading is 1), where, the mend."""

    row: int
    field: str
    wrong: str
    mend: str


class LexiconInvalid(InvalidInput):
    """Own rows that cannot be used; `faults` names every one of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(
            f"第 {first.row} 行：{first.wrong}", field=f"rows.{first.row}.{first.field}",
            mend=first.mend, faults=len(faults),
        )  # fmt: skip
        self.faults = tuple(faults)


def parse(text: str) -> tuple[Row, ...]:
    """A school's own rows from CSV with the columns of lexicon.csv; severity may be `allowed`.

    Raises LexiconInvalid with every row that is malformed by itself.
    """
    reader = csv.reader(StringIO(text.removeprefix("\ufeff")))
    try:
        lines = list(reader)
    except csv.Error:
        raise LexiconInvalid(
            [Fault(1, "file", "不是有效的 CSV。", "请另存为 CSV（UTF-8）。")]
        ) from None
    if not lines or tuple(cell.strip() for cell in lines[0]) != COLUMNS:
        raise LexiconInvalid([Fault(1, "file", "表头不对。", f"第一行应为：{','.join(COLUMNS)}")])
    if len(lines) > _MOST_ROWS:
        raise LexiconInvalid([Fault(1, "file", "行数太多。", f"请不超过 {_MOST_ROWS} 行。")])
    filled = [(n, cells) for n, cells in enumerate(lines[1:], 2) if any(map(str.strip, cells))]
    faults = [fault for number, cells in filled for fault in _malformed(number, cells)]
    if faults:
        raise LexiconInvalid(faults)
    return tuple(_row(cells) for _, cells in filled)


def _row(cells: Sequence[str]) -> Row:
    phrase, kind, category, suggestion = (cell.strip() for cell in cells)
    return Row(phrase, Kind(kind), category, suggestion)


def _malformed(number: int, cells: Sequence[str]) -> Iterator[Fault]:
    if len(cells) != len(COLUMNS):
        yield Fault(number, "row", "列数不对。", f"每行 {len(COLUMNS)} 列，含逗号的内容请加引号。")
    elif cells[1].strip() not in set(Kind):
        yield Fault(number, "severity", "severity 不认识。", f"可填：{'、'.join(Kind)}。")
    else:
        yield from faults_of(number, _row(cells))


def faults_of(number: int, row: Row) -> Iterator[Fault]:
    """What is wrong with one row by itself."""
    folded = normalise(row.phrase).text
    if not _SHORTEST <= len(folded) <= _LONGEST:
        yield Fault(number, "phrase", "词太短或太长。", f"请写 {_SHORTEST} 至 {_LONGEST} 个字。")
    if BREAKS & set(folded):
        yield Fault(number, "phrase", "词中有标点。", "请去掉标点，或分成两行。")
    if row.kind == Kind.ALLOWED:
        return
    if row.category not in CATEGORIES:
        mend = f"可填：{'、'.join(sorted(CATEGORIES))}。"
        yield Fault(number, "category", "category 不认识。", mend)
    if not row.suggestion or len(row.suggestion) > _LONGEST_WORDING:
        mend = f"请写明可以怎样改写，不超过 {_LONGEST_WORDING} 个字。"
        yield Fault(number, "neutral_wording", "没有改写，或太长。", mend)


def shipped() -> tuple[Row, ...]:
    """lexicon.csv and more.csv, in this order."""
    return tuple(
        _row([line[name] for name in COLUMNS])
        for file in ("lexicon.csv", "more.csv")
        for line in _table(file)
    )


def shipped_terms() -> tuple[Row, ...]:
    """allowed.csv as rows."""
    return tuple(Row(line["term"], Kind.ALLOWED) for line in _table("allowed.csv"))


def shipped_variants() -> Iterator[tuple[str, str]]:
    """(how it is written, phrase it stands for)."""
    return ((line["written"], line["phrase"]) for line in _table("variants.csv"))


def _table(name: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(StringIO((_HERE / name).read_text("utf-8")))
