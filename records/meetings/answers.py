"""What the family says to the times on offer: one of them, another time, or no.

The first choice counts for the meeting. A second guardian who would rather have another time is
told so kindly and may ask for a change: the family has two, because a date that moves for ever is
no date; then it phones. What the school itself cannot keep it moves with a reason, and these count
for nobody: a date that was not kept is never written down as the family's.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from parties import legible
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from parties.models import Person
from records import language_gate
from records.meetings import invited, replies, rows
from records.models import Meeting, MeetingInvitee, MeetingReply, MeetingSlot

#: The kind of its entries in a student's file.
_KIND: Final = MeetingReply.Kind
_MOVED_ENOUGH: Final = (
    "时间已经改过两次。如果还是不方便，请打电话给安排会谈的老师，学校会和您另外商量。"
)
_NOTHING_ASKED: Final = "现在没有待答复的时间，请联系安排会谈的老师。"
_NOT_WITHOUT: Final = {
    Meeting.State.AGREED: "会谈已经约好。如果您那时来不了，可以申请改期，或打电话给安排会谈的老师。"
}
#: What is missing and how to mend it, by whether the school moves its own date.
_UNSAID: Final = {
    False: ("没有说明什么时间方便。", "请写几个您方便的时间，便于重新安排。"),
    True: ("没有写改期的原因。", "请写明为什么改期、学校什么时间可以。"),
}


def choose(
    *, meeting_id: UUID, slot_id: UUID, by: Person, at: datetime, entered_by: Person | None = None
) -> Meeting:
    """A guardian chooses a time, or somebody of the school enters what they chose by phone.

    Choosing the agreed time again succeeds, whoever does it.

    Raises:
        NotFound: the slot is of another meeting or an earlier round.
        NotAllowed: `by` is no guardian who may be met.
        WrongState: another time was chosen before; or there is nothing to choose now.
    """
    meeting = rows.locked(meeting_id)
    invitee = _asked(meeting, by, at=at, entered_by=entered_by)
    slot = meeting.slots.filter(pk=slot_id, round=meeting.round).first()
    if slot is None:
        raise NotFound("没有找到。")
    if meeting.state == Meeting.State.AGREED:
        _refuse_second_choice(meeting, slot)
        _answer(invitee, MeetingInvitee.Answer.YES, at=at)
        return meeting
    if meeting.state != Meeting.State.OFFERED:
        raise WrongState("现在没有可选的时间，请联系安排会谈的老师。", meeting=str(meeting.pk))
    if slot.starts_at <= at:
        raise WrongState("这个时间已经过去，请选择其他时间。", meeting=str(meeting.pk))
    _agree_on(slot, meeting, by=by, at=at)
    _answer(invitee, MeetingInvitee.Answer.YES, at=at)
    replies.reply(meeting, MeetingReply.Kind.CHOSE, by=by, entered_by=entered_by, at=at, slot=slot)
    rows.record(
        "meeting.agreed", meeting, by=entered_by or by, at=at, refs=[("slot", slot.pk)],
        round=meeting.round,
    )  # fmt: skip
    return meeting


def _agree_on(slot: MeetingSlot, meeting: Meeting, *, by: Person, at: datetime) -> None:
    slot.chosen_by, slot.chosen_at = by, at
    slot.save(update_fields=["chosen_by", "chosen_at"])
    meeting.agree()
    meeting.save(update_fields=["state", "sequence"])


def _refuse_second_choice(meeting: Meeting, slot: MeetingSlot) -> None:
    agreed = rows.agreed(meeting)
    if agreed is None or agreed.pk != slot.pk:
        moment = "" if agreed is None else f"{timezone.localtime(agreed.starts_at):%m月%d日 %H:%M}"
        raise WrongState(
            f"会谈已经约在 {moment}。如果您那时来不了，可以申请改期。", meeting=str(meeting.pk)
        )


def ask_change(
    *, meeting_id: UUID, by: Person, words: str, at: datetime, entered_by: Person | None = None
) -> Meeting:
    """None of the times suits, or the agreed one does no more. Asking twice counts once; other
    words are kept beside the first. The school moves its own date: `by` enters it themselves.

    Of a time that is over the family's words are kept and move nothing: whoever was there says what
    came of it, held, missed or moved.

    Raises:
        WrongState: the family changed it twice already; or nothing is on offer or agreed.
        InvalidInput: no word about which times would suit, or why the school cannot.
    """
    meeting = rows.locked(meeting_id)
    of_school = entered_by is not None and entered_by.pk == by.pk
    if entered_by is None:
        _asked(meeting, by, at=at, entered_by=None)
    _refuse_unsaid(meeting, words, of_school=of_school)
    late = not of_school and rows.is_over(meeting, at=at)
    if late or _asked_before(meeting, by):
        replies.add(meeting, _KIND.CHANGE, by=by, entered_by=entered_by, at=at, words=words)
        return meeting
    _refuse_change(meeting, of_school=of_school)
    was_agreed = meeting.state == Meeting.State.AGREED
    call_off(meeting, at=at)
    meeting.reconsider(by_family=not of_school)
    meeting.save(update_fields=["state", "changes", "sequence"])
    replies.reply(
        meeting, MeetingReply.Kind.CHANGE, by=by, entered_by=entered_by, at=at, words=words
    )
    rows.record(
        "meeting.change_asked", meeting, by=entered_by or by, at=at, number=meeting.changes,
        agreed="yes" if was_agreed else "no", side="school" if of_school else "family",
    )  # fmt: skip
    return meeting


def _refuse_change(meeting: Meeting, *, of_school: bool) -> None:
    if meeting.state not in (Meeting.State.OFFERED, Meeting.State.AGREED):
        raise WrongState("现在不能改期，请联系安排会谈的老师。", meeting=str(meeting.pk))
    if not of_school and meeting.changes >= Meeting.MOST_CHANGES:
        raise WrongState(_MOVED_ENOUGH, meeting=str(meeting.pk))


def may_change(meeting: Meeting) -> bool:
    """Whether the family's wish for another time moves anything now."""
    on_hand = meeting.state in (Meeting.State.OFFERED, Meeting.State.AGREED)
    return on_hand and meeting.changes < Meeting.MOST_CHANGES


def _refuse_unsaid(meeting: Meeting, words: str, *, of_school: bool) -> None:
    if not legible.said(words):
        missing, mend = _UNSAID[of_school]
        raise InvalidInput(missing, field="words", mend=mend)
    if of_school:
        language_gate.refuse_forbidden({"words": words}, student=meeting.student)


def _asked_before(meeting: Meeting, by: Person) -> bool:
    """A phone sends twice when the answer gets lost: new times are being looked for already."""
    last = meeting.replies.filter(round=meeting.round).order_by("-at", "-pk").first()
    return (
        meeting.state == Meeting.State.PREPARING
        and last is not None
        and last.kind == MeetingReply.Kind.CHANGE
        and last.by_id == by.pk
    )


def decline(
    *, meeting_id: UUID, by: Person, words: str, at: datetime, entered_by: Person | None = None
) -> bool:
    """A guardian will not come; True when nobody of the family is left to wait for.

    Declining twice counts once; other words are kept beside the first. Once another guardian has
    agreed on a time it moves nothing. Raises WrongState: nobody waits for an answer, or nobody else
    of the family comes, and they have not said these words.
    """
    meeting = rows.locked(meeting_id)
    invitee = _asked(meeting, by, at=at, entered_by=entered_by)
    said_no = invitee.answer == MeetingInvitee.Answer.NO
    if meeting.state != Meeting.State.OFFERED and not holds_without(meeting, by.pk, at=at):
        if said_no and replies.has_said(meeting, _KIND.DECLINED, by, words):
            return False
        raise WrongState(_NOT_WITHOUT.get(meeting.state, _NOTHING_ASKED), meeting=str(meeting.pk))
    if said_no:
        replies.add(meeting, _KIND.DECLINED, by=by, entered_by=entered_by, at=at, words=words)
    else:
        _answer(invitee, MeetingInvitee.Answer.NO, at=at)
        replies.reply(
            meeting, MeetingReply.Kind.DECLINED, by=by, entered_by=entered_by, at=at, words=words
        )
        rows.record("meeting.declined", meeting, by=entered_by or by, at=at, round=meeting.round)
    own_case = meeting.case_id if entered_by is None else None  # see _asked
    waiting = invited.guardians(meeting, at=at, but_for=own_case)
    return all(one.answer == MeetingInvitee.Answer.NO for one in waiting)


def holds_without(meeting: Meeting, guardian: UUID, *, at: datetime) -> bool:
    """Whether another guardian comes to the agreed time, so that this one may stay away."""
    if meeting.state != Meeting.State.AGREED or rows.is_over(meeting, at=at):
        return False
    coming = meeting.invitees.filter(
        part=MeetingInvitee.Part.MUST,
        capacity=MeetingInvitee.Capacity.GUARDIAN,
        answer=MeetingInvitee.Answer.YES,
    )
    return coming.exclude(person=guardian).exists()


def call_off(meeting: Meeting, *, at: datetime) -> None:
    """The agreed time, if there is one, holds no more."""
    meeting.slots.filter(chosen_at__isnull=False, called_off_at__isnull=True).update(
        called_off_at=at
    )


def _asked(
    meeting: Meeting, by: Person, *, at: datetime, entered_by: Person | None
) -> MeetingInvitee:
    """Whoever answers for themselves goes on answering, whatever this very case ordered since: a
    refusal would tell them of it. Nobody enters an answer for somebody who may not be met.
    """
    own_case = meeting.case_id if entered_by is None else None
    for invitee in invited.guardians(meeting, at=at, but_for=own_case):
        if invitee.person_id == by.pk:
            return invitee
    raise NotAllowed("只有受邀的家长可以答复。", meeting=str(meeting.pk))


def _answer(invitee: MeetingInvitee, answer: str, *, at: datetime) -> None:
    invitee.answer, invitee.answered_at = answer, at
    invitee.save(update_fields=["answer", "answered_at"])
