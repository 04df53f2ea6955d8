"""What a spreadsheet made of what a person typed: days as numbers, the end of long numbers cut."""

from datetime import date, datetime, time, timedelta
from typing import Final

from parties.roster.reading import Cell

#: Excel keeps 15 significant digits of a number; longer ones have already lost their end.
_EXACT_DIGITS: Final = 15
_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
_EXCEL_SERIALS: Final = range(10_000, 80_000)  # 1927 to 2119


def of_day(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def as_date(cell: Cell) -> date | None:
    """The day of an Excel date or of its serial number."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell in _EXCEL_SERIALS:
        return _EXCEL_DAY_ZERO + timedelta(days=int(cell))
    return None


def as_text(cell: Cell) -> str | None:
    """A cell as typed; None where Excel has already cut its digits."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        if not cell.is_integer():
            return repr(cell)
        cell = int(cell)
    if isinstance(cell, int):
        return str(cell) if len(str(abs(cell))) <= _EXACT_DIGITS else None
    return str(cell)
