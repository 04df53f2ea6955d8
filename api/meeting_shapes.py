"""A meeting as JSON, cut to what its reader may see."""

from typing import Any, Final

from rest_framework import serializers

from api import shapes
from api.shapes import PersonSerializer, StudentSerializer
from records.models import (
    CommunicationRecord,
    DossierItem,
    Meeting,
    MeetingAttempt,
    MeetingInvitee,
    MeetingReply,
    MeetingSlot,
)
from workflow.meeting_files import MeetingFile

_PAPER: Final = ("kind", "basis", "note", "basis_note", "duty")


class SlotSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    place_kind = serializers.ChoiceField(MeetingSlot.Place.choices)
    place = serializers.CharField()
    is_evening = serializers.BooleanField()
    is_remote = serializers.BooleanField()


class InviteeSerializer(serializers.Serializer[Any]):
    person = PersonSerializer()
    capacity = serializers.ChoiceField(MeetingInvitee.Capacity.choices)
    part = serializers.ChoiceField(MeetingInvitee.Part.choices)
    reason = serializers.ChoiceField(MeetingInvitee.Reason.choices, allow_blank=True)
    answer = serializers.ChoiceField(MeetingInvitee.Answer.choices, allow_blank=True)
    told_at = serializers.DateTimeField(allow_null=True)


class PaperSerializer(serializers.Serializer[Any]):
    """A paper whose class is closed to this reader is named without what it says."""

    kind = serializers.ChoiceField(DossierItem.Kind.choices)
    basis = serializers.ChoiceField(DossierItem.Basis.choices, allow_blank=True)
    note = serializers.CharField(required=False)
    basis_note = serializers.CharField(required=False)
    duty = serializers.ChoiceField(DossierItem.Duty.choices, allow_blank=True, required=False)


class AttemptSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    person = PersonSerializer(allow_null=True)
    channel = serializers.ChoiceField(MeetingAttempt.Channel.choices)
    outcome = serializers.ChoiceField(MeetingAttempt.Outcome.choices)
    tried_at = serializers.DateTimeField()
    place = serializers.CharField()
    note = serializers.CharField()
    by = PersonSerializer()


class ReplySerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(MeetingReply.Kind.choices)
    by = PersonSerializer()
    words = serializers.CharField()
    at = serializers.DateTimeField()


class MeetingSerializer(serializers.Serializer[Any]):
    """A member that this reader may not see is absent, not null."""

    id = serializers.UUIDField()
    case = serializers.UUIDField(required=False)
    student = StudentSerializer()
    kind = serializers.ChoiceField(Meeting.Kind.choices)
    trigger = serializers.ChoiceField(CommunicationRecord.Trigger.choices, required=False)
    purpose = serializers.CharField(help_text="对企业只说：商量学生实习期间的安排")
    state = serializers.ChoiceField(Meeting.State.choices)
    student_present = serializers.BooleanField(required=False)
    held_at = serializers.DateTimeField(required=False, allow_null=True)
    slots = SlotSerializer(many=True, help_text="现在可选的时间")
    agreed = SlotSerializer(allow_null=True)
    may_choose = serializers.BooleanField()
    may_change = serializers.BooleanField()
    may_decline = serializers.BooleanField(help_text="现在可否答复不参加")
    own_answer = serializers.ChoiceField(
        MeetingInvitee.Answer.choices, allow_blank=True, required=False, help_text="受邀人员本人"
    )
    may_attend = serializers.BooleanField(required=False, help_text="受邀人员现在可否答复")
    student_wish = serializers.ChoiceField(Meeting.Wish.choices, required=False)
    student_words = serializers.CharField(required=False)
    changes = serializers.IntegerField(required=False)
    no_shows = serializers.IntegerField(required=False)
    invitees = InviteeSerializer(many=True, required=False)
    papers = PaperSerializer(many=True, required=False)
    attempts = AttemptSerializer(many=True, required=False)
    replies = ReplySerializer(many=True, required=False)


def shown(file: MeetingFile) -> dict[str, Any]:
    meeting = file.meeting
    body: dict[str, Any] = {
        "id": str(meeting.pk),
        "student": shapes.student(meeting.student),
        "kind": meeting.kind,
        "purpose": file.purpose,
        "state": file.state,
        "slots": [_slot(slot) for slot in file.slots],
        "agreed": None if file.agreed is None else _slot(file.agreed),
        "may_choose": file.may_choose,
        "may_change": file.may_change,
        "may_decline": file.may_decline,
    }
    said = {
        "case_id": ("case", str(meeting.case_id)),
        "trigger": ("trigger", meeting.trigger),
        "student_present": ("student_present", meeting.student_present),
        "held_at": ("held_at", shapes.moment(meeting.held_at)),
    }
    body |= dict(told for name, told in said.items() if name in file.fields)
    if file.own is not None:
        body |= {"own_answer": file.own.answer, "may_attend": file.may_attend}
    return body | (_for_the_team(file) if "changes" in file.fields else {})


def _for_the_team(file: MeetingFile) -> dict[str, Any]:
    meeting = file.meeting
    return {
        "student_wish": meeting.student_wish,
        "student_words": meeting.student_words,
        "changes": meeting.changes,
        "no_shows": meeting.no_shows,
        "invitees": [_invitee(invitee) for invitee in file.invitees],
        "papers": [
            {name: getattr(item, name) for name in _PAPER if name in fields}
            for item, fields in file.dossier
        ],
        "attempts": [_attempt(attempt) for attempt in file.attempts],
        "replies": [
            {
                "kind": reply.kind,
                "by": shapes.person(reply.by),
                "words": reply.words,
                "at": shapes.moment(reply.at),
            }
            for reply in file.replies
        ],
    }


def _slot(slot: MeetingSlot) -> dict[str, Any]:
    return {
        "id": str(slot.pk),
        "starts_at": shapes.moment(slot.starts_at),
        "ends_at": shapes.moment(slot.ends_at),
        "place_kind": slot.place_kind,
        "place": slot.place,
        "is_evening": slot.is_evening,
        "is_remote": slot.is_remote,
    }


def _invitee(invitee: MeetingInvitee) -> dict[str, Any]:
    return {
        "person": shapes.person(invitee.person),
        "capacity": invitee.capacity,
        "part": invitee.part,
        "reason": invitee.reason,
        "answer": invitee.answer,
        "told_at": shapes.moment(invitee.told_at),
    }


def _attempt(attempt: MeetingAttempt) -> dict[str, Any]:
    return {
        "id": str(attempt.pk),
        "person": shapes.person(attempt.person),
        "channel": attempt.channel,
        "outcome": attempt.outcome,
        "tried_at": shapes.moment(attempt.tried_at),
        "place": attempt.place,
        "note": attempt.note,
        "by": shapes.person(attempt.by),
    }
