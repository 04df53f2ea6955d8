"""A meeting as its reader may see it, and what a family answers to the times on offer."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, shapes
from api.auth import identity_of
from api.problems import Problem, Refused
from api.schema import describe
from api.shapes import PersonSerializer, StudentSerializer
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties.access import Viewer
from records.models import (
    CommunicationRecord,
    DossierItem,
    Meeting,
    MeetingAttempt,
    MeetingInvitee,
    MeetingReply,
    MeetingSlot,
)
from workflow import meeting_files, meetings
from workflow.meeting_files import MeetingFile


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
    case = serializers.UUIDField()
    student = StudentSerializer()
    kind = serializers.ChoiceField(Meeting.Kind.choices)
    trigger = serializers.ChoiceField(CommunicationRecord.Trigger.choices)
    purpose = serializers.CharField()
    state = serializers.ChoiceField(Meeting.State.choices)
    student_present = serializers.BooleanField()
    held_at = serializers.DateTimeField(allow_null=True)
    slots = SlotSerializer(many=True, help_text="现在可选的时间")
    agreed = SlotSerializer(allow_null=True)
    may_choose = serializers.BooleanField()
    may_change = serializers.BooleanField()
    student_wish = serializers.ChoiceField(Meeting.Wish.choices, required=False)
    student_words = serializers.CharField(required=False)
    changes = serializers.IntegerField(required=False)
    no_shows = serializers.IntegerField(required=False)
    invitees = InviteeSerializer(many=True, required=False)
    papers = PaperSerializer(many=True, required=False)
    attempts = AttemptSerializer(many=True, required=False)
    replies = ReplySerializer(many=True, required=False)


class ChooseInput(Strict):
    slot = Id(help_text="slots 中的 id")


class WordsInput(Strict):
    words = text(longest=500, help_text="什么时间方便")


class DeclineInput(Strict):
    words = text(longest=500, required=False, allow_blank=True, default="")


_PAPER: Final = ("kind", "basis", "note", "basis_note")
_CODES: Final = ["access.not_found", "access.not_allowed", "state.wrong"]


class MeetingView(ApiView):
    open_to_bound_links = True

    @describe(
        "一次会谈",
        description="看不到的会谈与不存在的会谈答复相同（404）。",
        answers={200: MeetingSerializer},
        codes=["access.not_found"],
        tags=["meetings"],
    )
    def get(self, request: Request, meeting_id: UUID) -> Response:
        _refuse_other_errand(request, meeting_id)
        return Response(_read(request, meeting_id))


class ChooseView(ApiView):
    open_to_bound_links = True

    @describe(
        "选定时间",
        description="第一位家长的选择对会谈有效；重复选同一时间视为成功。",
        body=ChooseInput,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )
    def post(self, request: Request, meeting_id: UUID) -> Response:
        given = read_body(request, ChooseInput)

        def act(viewer: Viewer) -> None:
            meetings.choose(
                school_id=viewer.person.school_id,
                meeting_id=meeting_id,
                slot_id=given["slot"],
                by=viewer.person,
                at=viewer.at,
            )

        return _answered(request, meeting_id, given, act)


class ChangeView(ApiView):
    open_to_bound_links = True

    @describe(
        "这些时间都不方便",
        description="写明什么时间方便；一次会谈最多改期两次。",
        body=WordsInput,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )
    def post(self, request: Request, meeting_id: UUID) -> Response:
        given = read_body(request, WordsInput)

        def act(viewer: Viewer) -> None:
            meetings.ask_change(
                school_id=viewer.person.school_id,
                meeting_id=meeting_id,
                words=given["words"],
                by=viewer.person,
                at=viewer.at,
            )

        return _answered(request, meeting_id, given, act)


class DeclineView(ApiView):
    open_to_bound_links = True

    @describe(
        "不参加",
        body=DeclineInput,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )
    def post(self, request: Request, meeting_id: UUID) -> Response:
        given = read_body(request, DeclineInput)

        def act(viewer: Viewer) -> None:
            meetings.decline(
                school_id=viewer.person.school_id,
                meeting_id=meeting_id,
                words=given["words"],
                by=viewer.person,
                at=viewer.at,
            )

        return _answered(request, meeting_id, given, act)


def _answered(
    request: Request, meeting_id: UUID, given: dict[str, Any], act: Callable[[Viewer], None]
) -> Response:
    """Whoever asks must see the meeting before anything is done or answered again."""
    _refuse_other_errand(request, meeting_id)
    with viewing(request) as viewer:
        viewer.get(Meeting, meeting_id)

    def once() -> Response:
        act(viewer)
        return Response(_read(request, meeting_id))

    return idempotency.once(request, given, once)


def _refuse_other_errand(request: Request, meeting_id: UUID) -> None:
    """A link for one meeting opens this one."""
    identity = identity_of(request)
    if identity.is_bound and identity.target_id != meeting_id:
        raise Refused(Problem("link.bound"))


def _read(request: Request, meeting_id: UUID) -> dict[str, Any]:
    with viewing(request) as viewer:
        return shown(meeting_files.read(viewer=viewer, meeting_id=meeting_id))


def shown(file: MeetingFile) -> dict[str, Any]:
    meeting = file.meeting
    body: dict[str, Any] = {
        "id": str(meeting.pk),
        "case": str(meeting.case_id),
        "student": shapes.student(meeting.student),
        "kind": meeting.kind,
        "trigger": meeting.trigger,
        "purpose": meeting.purpose,
        "state": meeting.state,
        "student_present": meeting.student_present,
        "held_at": _moment(meeting.held_at),
        "slots": [_slot(slot) for slot in file.slots],
        "agreed": None if file.agreed is None else _slot(file.agreed),
        "may_choose": file.may_choose,
        "may_change": file.may_change,
    }
    if "changes" in file.fields:
        body |= _for_the_team(file)
    return body


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
                "at": _moment(reply.at),
            }
            for reply in file.replies
        ],
    }


def _slot(slot: MeetingSlot) -> dict[str, Any]:
    return {
        "id": str(slot.pk),
        "starts_at": _moment(slot.starts_at),
        "ends_at": _moment(slot.ends_at),
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
        "told_at": _moment(invitee.told_at),
    }


def _attempt(attempt: MeetingAttempt) -> dict[str, Any]:
    return {
        "id": str(attempt.pk),
        "person": shapes.person(attempt.person),
        "channel": attempt.channel,
        "outcome": attempt.outcome,
        "tried_at": _moment(attempt.tried_at),
        "place": attempt.place,
        "note": attempt.note,
        "by": shapes.person(attempt.by),
    }


def _moment(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
