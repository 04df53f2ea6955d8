"""Guests of a meeting answer, and find it from the message that asked them."""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from parties import tenancy
from parties.access import Act, Viewer
from parties.models import Person
from records.meetings import guests
from records.models import Meeting
from workflow import contacts, family_words, meeting_news, refused_words
from workflow.models import Case, Notification

_ABOUT_A_DATE: Final = (meeting_news.INVITATION, meeting_news.CALLED_OFF)


def meeting_of(viewer: Viewer, message: Notification) -> UUID | None:
    """The meeting that an invitation in one's inbox is about, if it is one's own to see."""
    if message.template not in _ABOUT_A_DATE:
        return None
    found = viewer.rows(Meeting).filter(pk=UUID(message.key.split(":")[1]))
    return found.values_list("pk", flat=True).first()


def answer(
    *, school_id: int, meeting_id: UUID, by: Person, comes: bool, at: datetime, words: str = ""
) -> None:
    """A guest says whether they come; whoever prepared the meeting hears of a no.

    Raises: NotFound, NotAllowed; as records.meetings.guests.answer.
    """
    heard = refused_words.heard(
        Meeting, meeting_id, Act.ATTEND, school_id=school_id, by=by, at=at,
        hear=partial(_listen, words),
    )  # fmt: skip
    with heard, tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        meeting = viewer.get(Meeting, meeting_id)
        viewer.require(Act.ATTEND, meeting)
        news = guests.answer(meeting_id=meeting.pk, by=by, comes=comes, at=at, words=words)
        _listen(words, meeting, viewer)
        if news and not comes and meeting.prepared_by_id != by.pk:
            case = Case.objects.get(pk=meeting.case_id)
            if meeting.prepared_by_id not in contacts.barred(case, at=at):
                meeting_news.tell_of_no(case, meeting, by, at=at)


def _listen(words: str, meeting: Meeting, viewer: Viewer) -> None:
    """To a company; what a colleague sees they report themselves."""
    if not viewer.is_staff:
        family_words.listen(
            words, case_id=meeting.case_id, at=viewer.at, source="guest", by=viewer.person
        )
