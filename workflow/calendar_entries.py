"""The date of a meeting as an iCalendar entry (RFC 5545, scheduled as in RFC 5546).

It is made when the mail leaves, from the rows as they are then, and kept nowhere. It says when and
where, and nothing of whom or what about: calendars are shared, and phones read them aloud. The
place is the one that its reader may know (workflow/meeting_places.py).
"""

from datetime import datetime
from email.utils import parseaddr
from typing import Final
from uuid import UUID

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from parties import roles
from records.meetings import rows
from records.models import Meeting, MeetingSlot
from workflow import meeting_places
from workflow.channels import CalendarEntry

SUMMARY: Final = "会谈，请登录查看"
PRODUCT: Final = "-//Sanfang//meetings//ZH"
REQUEST: Final = "REQUEST"
#: A date that is taken along and addressed to nobody (RFC 5546, 3.2.1): a request names whom.
PUBLISH: Final = "PUBLISH"
CANCEL: Final = "CANCEL"
INVITATION: Final = "meeting.invitation"
#: Whoever gets it was asked to a date that goes on without them.
RELEASED: Final = "meeting.released"


def of(
    key: str, template: str, *, address: str, to_role: str, at: datetime, stands: bool = False
) -> CalendarEntry | None:
    """The entry of the message `key` (template:meeting:sequence:...); None when it is outdated.

    Inside a scope. An invitation to a date that was called off meanwhile would lead people to a
    closed door, and a cancellation must not undo a later date. It `stands` for whoever must not
    notice that the meeting was set aside.
    """
    _, meeting_id, sequence, *_ = key.split(":")
    meeting = Meeting.objects.filter(pk=UUID(meeting_id)).first()
    if meeting is None:
        return None
    method = REQUEST if template == INVITATION else CANCEL
    if template == RELEASED or (meeting.set_aside_at is not None and not stands):
        slot = _called_off_for_them(meeting, template)
    elif meeting.sequence == int(sequence):
        slot = rows.agreed(meeting) if method == REQUEST else rows.called_off(meeting)
    else:
        return None
    if slot is None:
        return None
    if to_role in roles.COMPANY:
        slot = meeting_places.for_company(slot)
    return entry(meeting, slot, method, address=address, at=at)


def _called_off_for_them(meeting: Meeting, template: str) -> MeetingSlot | None:
    """The row stands as somebody knows it; for whoever reads this its date is called off."""
    slot = rows.agreed(meeting) or rows.called_off(meeting)
    if template == INVITATION or slot is None:
        return None
    meeting.sequence += 1  # in memory: what cancels has a later version than what it cancels
    return slot


def entry(
    meeting: Meeting, slot: MeetingSlot, method: str, *, address: str = "", at: datetime
) -> CalendarEntry:
    """`address` is the one reader's own mailbox; nobody else is named. `slot`: as they read it."""
    event = Event()
    event.add("uid", uid(meeting.pk))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("summary", SUMMARY)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("organizer", _mailbox(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    event.add("url", f"{settings.PUBLIC_URL}/meetings/{meeting.pk}")
    if place := meeting_places.in_calendar(slot):
        event.add("location", place)
    if address:
        event.add("attendee", _attendee(address), encode=False)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return CalendarEntry(method, calendar.to_ical().decode())


def uid(meeting_id: UUID) -> str:
    """The same for every version of one meeting, so that a calendar replaces the earlier one."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"{meeting_id}@{sender.rpartition('@')[2] or 'localhost'}"


def _mailbox(address: str) -> vCalAddress:
    return vCalAddress(f"mailto:{address}")


def _attendee(address: str) -> vCalAddress:
    found = _mailbox(address)
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["RSVP"] = vText("FALSE")
    return found
