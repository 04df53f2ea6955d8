"""What the importer makes of a file before it looks at the database."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from parties.roster import parse, reading, recognise
from parties.roster.rows import Row, StudentRow
from tests.parties.roster_files import workbook

TODAY = date(2026, 11, 23)


def read_rows(path: Path) -> tuple[list[Row], list[str], list[str]]:
    seen = recognise.recognise(reading.read(path))
    rows, findings = parse.parse(seen.tables, today=TODAY)
    return rows, [str(f) for f in [*seen.findings, *findings]], seen.notes


def student_sheet(folder: Path, headers_: Sequence[object], *rows: Sequence[object]) -> Path:
    return workbook(folder, {"学生": [headers_, *rows]})


def only_student(path: Path) -> StudentRow:
    rows, findings, _ = read_rows(path)
    assert findings == []
    (student,) = [row for row in rows if isinstance(row, StudentRow)]
    return student


def findings_of(path: Path) -> list[str]:
    return read_rows(path)[1]
