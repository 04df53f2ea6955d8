"""已连续 n 天: how a row of due days went. Plain arithmetic, so that pages and sweeps agree.

A day that was done stays done and counts, in every number, also where the rule was changed since
and does not name it any more: nobody loses a day that they did. What was missed or excused on such
a day counts no more.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from records.models import ItemCheckIn

_DONE: Final = ItemCheckIn.State.DONE
_EXCUSED: Final = ItemCheckIn.State.EXCUSED
_MISSED: Final = ItemCheckIn.State.MISSED

#: State of the check-in by its day.
Marks = Mapping[date, str]


def counted(due: Sequence[date], marks: Marks) -> Sequence[date]:
    """Days that count: what the rule names now, and what was done, in order."""
    return sorted({*due, *(day for day, mark in marks.items() if mark == _DONE)})


def streak(due: Sequence[date], marks: Marks, *, today: date) -> int:
    """Due days done in a row up to `today`; an excused day neither breaks nor counts.

    Today itself may still be done, so it breaks nothing while it is open.
    """
    length = 0
    for day in reversed([day for day in due if day <= today]):
        mark = marks.get(day)
        if mark == _DONE:
            length += 1
        elif mark != _EXCUSED and (day != today or mark is not None):
            break
    return length


def missed_in_a_row(due: Sequence[date], marks: Marks, *, upto: date) -> int:
    """Due days missed in a row, `upto` the last of them; excused days do not count, nor days that
    nobody put down as missed: they became due when they were over.
    """
    length = 0
    for day in reversed([day for day in due if day <= upto]):
        mark = marks.get(day)
        if mark == _DONE:
            break
        length += mark == _MISSED
    return length
