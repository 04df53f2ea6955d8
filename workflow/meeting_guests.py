"""Guests of a meeting: colleagues and a company's mentor, from the moment they were told of a date.

They know when and where it is (a company: workflow/meeting_places.py), what for, and what they
answered. Nothing of the case, of the family or of what was said before is theirs. A company reads a
purpose that is the same for every student.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from parties import statements
from parties.access import Viewer
from records.models import Meeting, MeetingInvitee, MeetingSlot
from workflow import exclusions

Capacity = MeetingInvitee.Capacity

FOR_STAFF: Final = frozenset({"id", "student", "kind", "purpose", "state", "held_at"})
FOR_COMPANY: Final = frozenset({"id", "student", "kind", "state"})
OWN_ANSWER: Final = frozenset({"id", "meeting", "answer", "answered_at"})
#: All that a company learns of why. What the family reads may be about the family.
PURPOSE_FOR_COMPANY: Final = "商量学生实习期间的安排"

_FIELDS: Final = {Capacity.STAFF: FOR_STAFF, Capacity.COMPANY: FOR_COMPANY}


def told(viewer: Viewer) -> Q:
    """Meetings that this person was told of as a guest. A case that names them takes it away; one's
    own family's meetings are seen as family or not at all.
    """
    company = Q(_asked(viewer, Capacity.COMPANY), student__in=viewer.mentees)
    staff = Q(_asked(viewer, Capacity.STAFF)) if viewer.is_staff else Q(pk__in=[])
    named = exclusions.against(viewer, "case_id")
    return (company | staff) & ~Q(student__in=viewer.kin) & ~Q(named)


def standing() -> Q:
    """Of the slots of a meeting, the one time that holds: guests see no other."""
    return Q(
        round=F("meeting__round"), chosen_at__isnull=False, called_off_at=None,
        meeting__set_aside_at=None,
    )  # fmt: skip


def part(viewer: Viewer, meeting: Meeting) -> MeetingInvitee | None:
    """One's own invitation as a guest, once one was told."""
    if meeting.student_id in viewer.kin:
        return None
    return _mine(viewer, *_FIELDS).filter(meeting=meeting.pk).first()


def fields(viewer: Viewer, meeting: Meeting) -> frozenset[str]:
    """What a guest reads of the meeting; for whoever is none, nothing."""
    mine = part(viewer, meeting)
    return frozenset() if mine is None else _FIELDS[Capacity(mine.capacity)]


def dates(viewer: Viewer) -> Sequence[MeetingSlot]:
    """Agreed times ahead that one was told of as a guest, or as a colleague on the team."""
    return statements.rows(_ahead, viewer)


def _ahead(viewer: Viewer) -> QuerySet[MeetingSlot]:
    mine = Meeting.objects.filter(
        _asked(viewer, *_FIELDS), state=Meeting.State.AGREED, set_aside_at=None
    )
    ahead = viewer.rows(MeetingSlot).filter(standing(), meeting__in=mine, starts_at__gt=viewer.at)
    return ahead.select_related("meeting__student__person").order_by("starts_at", "pk")


def _mine(viewer: Viewer, *capacities: str) -> QuerySet[MeetingInvitee]:
    return MeetingInvitee.objects.filter(
        person=viewer.person,
        part=MeetingInvitee.Part.MUST,
        capacity__in=capacities,
        told_at__isnull=False,
    )


def _asked(viewer: Viewer, *capacities: str) -> Exists:
    return Exists(_mine(viewer, *capacities).filter(meeting=OuterRef("pk")))
