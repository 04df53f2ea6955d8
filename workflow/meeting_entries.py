"""Meetings and the tries to reach a family, as entries of a student's file."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.utils import timezone

from parties.access import Viewer
from records import file
from records.file import Line, Source
from records.models import Meeting, MeetingAttempt
from workflow import meeting_policies

MEETING: Final = "meeting"
ATTEMPT: Final = "contact_attempt"


def describe(_viewer: Viewer, found: Sequence[Meeting]) -> Mapping[UUID, Line]:
    return {meeting.pk: _line(meeting) for meeting in found}


def _line(meeting: Meeting) -> Line:
    held = (
        "" if meeting.held_at is None else f"{timezone.localtime(meeting.held_at):%Y-%m-%d %H:%M}"
    )
    state = meeting_policies.shown_state(meeting)
    return Line(
        title=str(meeting.get_kind_display()),
        summary=held,
        state=str(Meeting.State(state).label),
        extra={"kind": meeting.kind, "trigger": meeting.trigger, "state": state},
    )


def describe_attempts(_viewer: Viewer, found: Sequence[MeetingAttempt]) -> Mapping[UUID, Line]:
    return {
        attempt.pk: Line(
            title=f"联系家长：{attempt.get_channel_display()}",
            summary=str(attempt.get_outcome_display()),
            extra={"channel": attempt.channel, "outcome": attempt.outcome},
        )
        for attempt in found
    }


def register() -> None:
    file.register(MEETING, Source("会谈", Meeting, describe))
    file.register(ATTEMPT, Source("联系记录", MeetingAttempt, describe_attempts))
