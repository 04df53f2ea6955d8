"""The years that a school can mean: a date beyond them is a slip of the hand.

Refused where it comes in, because further in some cannot be counted with at all: midnight of
0001-01-01 at school lies before the first moment that there is in UTC.
"""

from datetime import date
from typing import Final

FIRST: Final = 2000
LAST: Final = 2099


def is_believable(day: date) -> bool:
    """Whether somebody can have meant this day, or this moment."""
    return FIRST <= day.year <= LAST
