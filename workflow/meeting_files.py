"""What one reader gets to see of a meeting, and that they opened it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from ledger import events
from parties import crypto, statements
from parties.access import Act, Viewer
from parties.errors import NotFound
from records import free_words
from records.meetings import answers, dossier, rows
from records.models import (
    DossierItem,
    Meeting,
    MeetingAttempt,
    MeetingInvitee,
    MeetingReply,
    MeetingSlot,
)
from workflow import meeting_guests, meeting_places, meeting_policies
from workflow.calendar_entries import PUBLISH, entry
from workflow.channels import CalendarEntry
from workflow.models import Case

M = TypeVar("M", bound=Model)

#: A family that has changed twice is asked to phone instead of being offered a third change.
MOST_CHANGES: Final = Meeting.MOST_CHANGES
_OF_A_PAPER: Final = "student,consent__giver,consent__student"
_OF_A_REPLY: Final = "by,meeting,student__school_class"
_OF_AN_ATTEMPT: Final = "person,by,student__school_class"


@dataclass(frozen=True, slots=True)
class MeetingFile:
    """One meeting with the eyes of one reader; lists of what they may not see are empty.

    `own` is the reader's own invitation as a guest; `moved_enough`: they may change nothing more.
    """

    meeting: Meeting
    fields: frozenset[str]
    state: str
    purpose: str
    slots: Sequence[MeetingSlot]
    agreed: MeetingSlot | None
    may_choose: bool
    may_change: bool
    may_decline: bool
    moved_enough: bool = False
    own: MeetingInvitee | None = None
    may_attend: bool = False
    invitees: Sequence[MeetingInvitee] = ()
    dossier: Sequence[tuple[DossierItem, frozenset[str]]] = ()
    attempts: Sequence[MeetingAttempt] = ()
    replies: Sequence[MeetingReply] = ()


def read(*, viewer: Viewer, meeting_id: UUID) -> MeetingFile:
    """Open a meeting and record it. Inside a scope. Raises NotFound."""
    return _file(viewer, viewer.get(Meeting, meeting_id))


def read_of_case(*, viewer: Viewer, case_id: UUID) -> MeetingFile:
    """The meeting of a visible case that counts now. Raises NotFound."""
    viewer.get(Case, case_id)
    for newest in statements.rows(_newest_of, viewer, case_id, limit=1):
        return _file(viewer, newest)
    raise NotFound("没有找到。")


def calendar_of(file: MeetingFile, *, viewer: Viewer) -> CalendarEntry:
    """The agreed date as a calendar entry. Raises NotFound while there is none."""
    if file.agreed is None:
        raise NotFound("没有找到。")
    return entry(file.meeting, file.agreed, PUBLISH, at=viewer.at)


def _file(viewer: Viewer, meeting: Meeting) -> MeetingFile:
    _record(viewer, meeting)
    slots = statements.rows(_slots, viewer, meeting.pk, meeting.round)
    crypto.warm([meeting, *slots])
    state, fields = meeting_policies.shown_state(meeting), viewer.fields(meeting)
    agreed = None if state == Meeting.State.CANCELLED else rows.agreed(meeting)
    if "purpose" not in fields:  # a company
        slots = [meeting_places.for_company(slot) for slot in slots]
        agreed = None if agreed is None else meeting_places.for_company(agreed)
    return MeetingFile(
        meeting=free_words.cut(viewer, meeting) if "changes" in fields else meeting,
        fields=fields,
        state=state,
        purpose=meeting.purpose if "purpose" in fields else meeting_guests.PURPOSE_FOR_COMPANY,
        slots=sorted(slots, key=lambda slot: (slot.starts_at, str(slot.pk))),
        agreed=agreed,
        **_answers(viewer, meeting, state, agreed),
        invitees=_parts(viewer, MeetingInvitee, meeting, "person", "part", "capacity", "turn"),
        dossier=_papers(viewer, meeting),
        **_told(viewer, meeting),
    )


def _papers(viewer: Viewer, meeting: Meeting) -> list[tuple[DossierItem, frozenset[str]]]:
    return [
        (item, viewer.fields(item))
        for item in _parts(viewer, DossierItem, meeting, _OF_A_PAPER, "kind")
        if dossier.is_listed(item, meeting, at=viewer.at)
    ]


def _told(viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    """What was tried, and what families said, without the words that are not for this reader."""
    attempts = _parts(viewer, MeetingAttempt, meeting, _OF_AN_ATTEMPT, "tried_at")
    replies = _parts(viewer, MeetingReply, meeting, _OF_A_REPLY, "at")
    return {
        "attempts": [free_words.cut(viewer, attempt) for attempt in attempts],
        "replies": [free_words.cut(viewer, reply) for reply in replies],
    }


def _answers(
    viewer: Viewer, meeting: Meeting, state: str, agreed: MeetingSlot | None
) -> dict[str, Any]:
    """What this reader answered as a guest, and what they may answer now."""
    may, own = viewer.may(Act.CHOOSE_TIME, meeting), meeting_guests.part(viewer, meeting)
    ahead = state == Meeting.State.AGREED and agreed is not None and agreed.starts_at > viewer.at
    changeable = state in (Meeting.State.OFFERED, Meeting.State.AGREED)
    return {
        "may_choose": may and state == Meeting.State.OFFERED,
        "may_change": may and changeable and meeting.changes < MOST_CHANGES,
        "may_decline": may
        and (
            state == Meeting.State.OFFERED
            or (ahead and answers.holds_without(meeting, viewer.person.pk, at=viewer.at))
        ),
        "moved_enough": may and changeable and meeting.changes >= MOST_CHANGES,
        "own": own,
        "may_attend": own is not None and ahead,
    }


def _parts(viewer: Viewer, model: type[M], meeting: Meeting, joined: str, *by: str) -> Sequence[M]:
    """What the viewer sees of one kind of thing that belongs to the meeting, in order."""
    found: Sequence[M] = statements.rows(_parts_of, viewer, model, meeting.pk, joined, by)
    crypto.warm(found)
    return found


def _parts_of(
    viewer: Viewer, model: type[Model], meeting_id: UUID, joined: str, by: tuple[str, ...]
) -> QuerySet[Any]:
    found = viewer.rows(model).filter(meeting=meeting_id).select_related(*joined.split(","))
    return found.order_by(*by, "pk")


def _newest_of(viewer: Viewer, case_id: UUID) -> QuerySet[Meeting]:
    return viewer.rows(Meeting).filter(case_id=case_id).order_by("-prepared_at", "-pk")


def _slots(viewer: Viewer, meeting_id: UUID, number: int) -> QuerySet[MeetingSlot]:
    return viewer.rows(MeetingSlot).filter(meeting=meeting_id, round=number)


def _record(viewer: Viewer, meeting: Meeting) -> None:
    events.append(
        school_id=meeting.school_id,
        kind="meeting.read",
        actor=viewer.person.pk,
        subject=("access", meeting.case_id),
        refs=[("meeting", meeting.pk)],
        at=viewer.at,
        payload={},
    )
