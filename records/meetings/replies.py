"""What was answered to a meeting, kept in the order in which it came, and in the file."""

from datetime import datetime
from typing import Any, Final

from django.db.models import Max

from parties.models import Person
from records import file_entries
from records.models import FileEntry, Meeting, MeetingReply, MeetingSlot

ENTRY: Final = "meeting_reply"


def has_said(meeting: Meeting, kind: str, by: Person, words: str) -> bool:
    """These words, or none: nothing that is not there."""
    said = meeting.replies.filter(round=meeting.round, kind=kind, by=by)
    return words.strip() in {"", *(one.words for one in said)}


def add(meeting: Meeting, kind: str, *, by: Person, words: str, **how: Any) -> None:
    """What was said already is said differently: both are to be read."""
    if not has_said(meeting, kind, by, words):
        reply(meeting, kind, by=by, words=words, **how)


def reply(  # noqa: PLR0913 -- one argument per column
    meeting: Meeting,
    kind: str,
    *,
    by: Person,
    entered_by: Person | None,
    at: datetime,
    slot: MeetingSlot | None = None,
    words: str = "",
) -> None:
    last = meeting.replies.aggregate(last=Max("at"))["last"]
    made = MeetingReply.objects.create(
        school_id=meeting.school_id,
        student=meeting.student,
        meeting=meeting,
        round=meeting.round,
        kind=kind,
        slot=slot,
        words=words.strip(),
        by=by,
        entered_by=entered_by or by,
        at=at if last is None else max(at, last),
    )
    if entered_by != by:  # else it is the school's own word
        _enter(meeting, made)


def _enter(meeting: Meeting, reply: MeetingReply) -> None:
    """Under the family, at the moment of the answer: for the school, and for whoever answered."""
    file_entries.enter(
        student=meeting.student,
        kind=ENTRY,
        object_id=reply.pk,
        party=FileEntry.Party.FAMILY,
        at=reply.at,
        readers=file_entries.SCHOOL,
        by=reply.by,
        case_id=meeting.case_id,
        people=[reply.by_id],
    )
