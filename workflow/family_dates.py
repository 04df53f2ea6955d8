"""Meetings that a family finds without a message: a time to choose, or one agreed and ahead.

What somebody at home sees of a meeting, meeting_policies says; here it is only looked through.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet

from parties import statements
from parties.access import Act, Viewer
from parties.likeness import Ids
from records.models import Meeting, MeetingSlot
from workflow import meeting_policies

_OFFERED: Final = Meeting.State.OFFERED
_STATES: Final = (_OFFERED, Meeting.State.AGREED)
_FEW: Final = 10


def waiting(viewer: Viewer) -> list[tuple[Meeting, MeetingSlot | None]]:
    """Each with its agreed time, or None while one is to be chosen. Inside a scope."""
    if not viewer.wards and not viewer.student_id:
        return []
    found = statements.rows(_seen, viewer, limit=_FEW)
    seen = {one.pk: (one, meeting_policies.shown_state(one)) for one in found}
    agreed = {slot.meeting_id: slot for slot in _agreed(viewer, Ids(seen))}
    return [
        (one, agreed.get(pk))
        for pk, (one, state) in seen.items()
        if pk in agreed or (state == _OFFERED and viewer.may(Act.CHOOSE_TIME, one))
    ]


def _agreed(viewer: Viewer, meetings: Ids) -> Sequence[MeetingSlot]:
    return statements.rows(_ahead, viewer, meetings)


def _seen(viewer: Viewer) -> QuerySet[Meeting]:
    mine = viewer.wards | ({viewer.student_id} if viewer.student_id else frozenset())
    rows = viewer.rows(Meeting).filter(student__in=mine, state__in=_STATES)
    return rows.order_by("-prepared_at", "pk")


def _ahead(viewer: Viewer, meetings: Ids) -> QuerySet[MeetingSlot]:
    agreed = viewer.rows(MeetingSlot).filter(
        statements.among("meeting", meetings),
        chosen_at__isnull=False, called_off_at=None, starts_at__gt=viewer.at,
    )  # fmt: skip
    return agreed.order_by("starts_at", "pk")
