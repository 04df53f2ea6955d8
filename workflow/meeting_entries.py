"""Meetings, the tries to reach a family, and what it answered, as entries of a student's file.

An answer is told by its code: why and when another time suits stands with the meeting. At home each
guardian finds their own answers alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from parties.access import Viewer
from records import file
from records.file import Line, Source
from records.meetings import replies
from records.models import Meeting, MeetingAttempt, MeetingReply
from workflow import meeting_policies

MEETING: Final = "meeting"
ATTEMPT: Final = "contact_attempt"
REPLY: Final = replies.ENTRY


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
            within=(MEETING, attempt.meeting_id),
        )
        for attempt in found
    }


def describe_replies(_viewer: Viewer, found: Sequence[MeetingReply]) -> Mapping[UUID, Line]:
    return {
        reply.pk: Line(
            title="答复会谈邀请",
            summary=str(reply.get_kind_display()),
            state="" if reply.by_id == reply.entered_by_id else "由学校代为登记",
            extra={"meeting": str(reply.meeting_id), "answer": reply.kind},
            within=(MEETING, reply.meeting_id),
        )
        for reply in found
    }


def _codes(replies: QuerySet[Any]) -> QuerySet[Any]:
    """Never the words."""
    return replies.only("kind", "by_id", "entered_by_id", "meeting_id")


def _few(meetings: QuerySet[Any]) -> QuerySet[Any]:
    return meetings.select_related(None).only("kind", "trigger", "state", "held_at", "set_aside_at")


def register() -> None:
    file.register(MEETING, Source("会谈", Meeting, describe, _few))
    file.register(ATTEMPT, Source("联系记录", MeetingAttempt, describe_attempts))
    file.register(REPLY, Source("答复会谈邀请", MeetingReply, describe_replies, _codes))
