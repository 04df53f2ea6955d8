"""Where a meeting is, as those who come may know it.

A place may say why somebody is met: 心理辅导中心, a ward, a home. School and family read it on
their pages, for they have to find the door. A company is met at the gate, whichever room it is; of
its own house and of a meeting on a screen it reads what tells nothing. A calendar is shared, and
phones read it aloud: no place that tells something goes into one, whoever it belongs to.
"""

from copy import copy
from typing import Final

from records import sensitivity
from records.models import MeetingSlot

#: All that a company reads of a room of the school: one text, so that it tells no two rooms apart.
FOR_COMPANY: Final = "学校正门接待，由老师带领"
_Place = MeetingSlot.Place
_READ_BY_COMPANY: Final = frozenset({_Place.COMPANY, _Place.ONLINE})


def for_company(slot: MeetingSlot) -> MeetingSlot:
    """The time with the place that a company may read; a row that nobody saves."""
    shown = copy(slot)
    if slot.place_kind not in _READ_BY_COMPANY:
        shown.place_kind, shown.place = _Place.OFFICE, FOR_COMPANY
    elif sensitivity.withheld(slot.place):
        shown.place = ""
    return shown


def in_words(slot: MeetingSlot) -> str:
    """Kind and place, as a page says it."""
    if slot.place == FOR_COMPANY:
        return FOR_COMPANY
    return " ".join(part for part in (slot.get_place_kind_display(), slot.place) if part)


def in_calendar(slot: MeetingSlot) -> str:
    """As in_words(); nothing of a home, nor of a place that tells something."""
    if slot.place_kind == _Place.HOME or sensitivity.withheld(slot.place):
        return ""
    return in_words(slot)
