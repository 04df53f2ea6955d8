"""How it came out: every try to reach the family, and whether the meeting was held.

Three things make a try count (三有): when, where or how, and what came of it. Nobody is blamed for
not answering; a meeting that never was ends with the list of what the school tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parties.errors import InvalidInput, WrongState
from parties.models import Membership, Person
from parties.relations import in_force
from records import file_entries, language_gate
from records.language import Field
from records.meetings import answers, family, rows, words
from records.models import FileEntry, Meeting, MeetingAttempt, MeetingInvitee, MeetingSlot
from records.models.meeting_file import TRIED_CHANNELS, TRIED_OUTCOMES

Outcome = MeetingAttempt.Outcome


@dataclass(frozen=True, slots=True)
class Try:
    """One try to reach `person` (None: whoever opened the door). `slot_id` is what was agreed."""

    person: UUID | None
    channel: str
    outcome: str
    tried_at: datetime
    place: str = ""
    note: str = ""
    companion: UUID | None = None
    slot_id: UUID | None = None


def attempt(*, meeting_id: UUID, tried: Try, by: Person, at: datetime) -> MeetingAttempt:
    """Put one try on file, and what follows from it: a time agreed, a change, a refusal, a talk.
    What can move nothing now is on file all the same, and what was agreed stands: another time that
    is asked for after the last change or while nothing is on offer, a talk before its date.

    Raises:
        InvalidInput: names field and mend; forbidden words of staff as well.
        WrongState: the meeting is over, or what was agreed on the phone cannot be had any more.
    """
    meeting = rows.locked(meeting_id)
    if meeting.state not in Meeting.OPEN:
        raise WrongState("会谈已经结束。", meeting=str(meeting.pk))
    _refuse_unfit(meeting, tried, by=by, at=at)
    # What stands in “ ” was said by whoever was reached; the rest is told by staff.
    words.refuse({"place": tried.place}, student=meeting.student, field=Field.QUOTE)
    language_gate.refuse_forbidden({"note": tried.note}, student=meeting.student, field=Field.QUOTE)
    made = _keep(meeting, tried, by=by, at=at)
    _follow(meeting, tried, by=by, at=at)
    return made


def _keep(meeting: Meeting, tried: Try, *, by: Person, at: datetime) -> MeetingAttempt:
    made = MeetingAttempt.objects.create(
        school_id=meeting.school_id,
        student=meeting.student,
        meeting=meeting,
        round=meeting.round,
        person_id=tried.person,
        channel=tried.channel,
        outcome=tried.outcome,
        tried_at=tried.tried_at,
        place=tried.place.strip(),
        note=tried.note.strip(),
        by=by,
        companion_id=tried.companion,
        recorded_at=at,
    )
    _enter(meeting, made, by=by, at=at)
    return made


def _refuse_unfit(meeting: Meeting, tried: Try, *, by: Person, at: datetime) -> None:
    if tried.channel not in dict(TRIED_CHANNELS):
        raise InvalidInput("没有这种方式。", field="channel", mend="请从列表中选择。")
    if tried.outcome not in dict(TRIED_OUTCOMES):
        raise InvalidInput("没有这种结果。", field="outcome", mend="请从列表中选择。")
    rows.refuse_other_time(meeting, tried.tried_at, at=at)
    if tried.channel == MeetingAttempt.Channel.HOME_VISIT:
        _refuse_alone(meeting, tried.companion, by=by, at=at)
    elif tried.outcome == Outcome.MET:
        raise InvalidInput("只有家访才能当场会谈。", field="outcome", mend="请选择其他结果。")
    if (tried.outcome == Outcome.AGREED) != (tried.slot_id is not None):
        raise InvalidInput(
            "约定时间与结果不一致。", field="slot", mend="已约定时请选择约好的时间，否则不要选。"
        )
    _refuse_nobody(meeting, tried)


def _refuse_nobody(meeting: Meeting, tried: Try) -> None:
    if tried.person is not None:
        asked = meeting.invitees.filter(person=tried.person, part="MUST", capacity="GUARDIAN")
        if not asked.exists():
            raise InvalidInput("这个人不在邀请名单里。", field="person", mend="请选择受邀的家长。")
    elif tried.outcome in (Outcome.AGREED, Outcome.OTHER_TIME, Outcome.REFUSED):
        raise InvalidInput("没有说明是哪位家长。", field="person", mend="请选择受邀的家长。")


def _refuse_alone(meeting: Meeting, companion: UUID | None, *, by: Person, at: datetime) -> None:
    staff = in_force(Membership.objects.filter(person=companion), at)
    if companion is None or companion == by.pk or not staff.exists():
        raise InvalidInput(
            "家访须有两名教职工。", field="companion", mend="请填写同行的另一位教职工。"
        )
    must_not = meeting.invitees.filter(person=companion, part=MeetingInvitee.Part.MUST_NOT)
    if must_not.exists() or companion in family.under_order(meeting.student, at=at):
        raise InvalidInput(
            "这位同事不能与该学生的家庭会面。", field="companion", mend="请填写另一位教职工。"
        )


def _follow(meeting: Meeting, tried: Try, *, by: Person, at: datetime) -> None:
    if tried.outcome == Outcome.MET:
        if meeting.state == Meeting.State.OFFERED or rows.is_over(meeting, at=at):
            held(meeting_id=meeting.pk, by=by, at=at, began_at=tried.tried_at)
        return
    if tried.person is None:
        return
    guardian = Person.objects.get(pk=tried.person)
    if tried.outcome == Outcome.AGREED and tried.slot_id is not None:
        answers.choose(
            meeting_id=meeting.pk, slot_id=tried.slot_id, by=guardian, at=at, entered_by=by
        )
    elif tried.outcome == Outcome.OTHER_TIME and answers.may_change(meeting):
        words = tried.note or "电话中希望另约时间"
        answers.ask_change(meeting_id=meeting.pk, by=guardian, words=words, at=at, entered_by=by)
    elif tried.outcome == Outcome.REFUSED and meeting.state == Meeting.State.OFFERED:
        answers.decline(meeting_id=meeting.pk, by=guardian, words=tried.note, at=at, entered_by=by)


def _enter(meeting: Meeting, made: MeetingAttempt, *, by: Person, at: datetime) -> None:
    file_entries.enter(
        student=meeting.student,
        kind="contact_attempt",
        object_id=made.pk,
        party=FileEntry.Party.SCHOOL,
        at=made.tried_at,
        readers=file_entries.SCHOOL,
        by=by,
        case_id=meeting.case_id,
    )
    rows.record(
        "meeting.attempted", meeting, by=by, at=at, refs=[("attempt", made.pk)],
        channel=made.channel, outcome=made.outcome,
    )  # fmt: skip


def held(
    *, meeting_id: UUID, by: Person, at: datetime, began_at: datetime | None = None
) -> Meeting:
    """It took place; saying so twice counts once.

    Raises WrongState: no time was agreed, or it lies ahead.
    """
    meeting = rows.locked(meeting_id)
    if meeting.state == Meeting.State.HELD:
        return meeting
    slot = rows.agreed(meeting)
    visited = began_at is not None and meeting.state == Meeting.State.OFFERED
    if not visited and (meeting.state != Meeting.State.AGREED or slot is None):
        raise WrongState("还没有约定时间。", meeting=str(meeting.pk))
    if not visited and slot is not None and slot.starts_at > at:
        raise WrongState("约定的时间还没有到。", meeting=str(meeting.pk))
    meeting.hold(at=at)
    meeting.save(update_fields=["state", "held_at", "ended_at"])
    rows.record("meeting.held", meeting, by=by, at=at, round=meeting.round)
    return meeting


def missed(*, meeting_id: UUID, by: Person, at: datetime) -> Meeting:
    """The family did not come: one more try. Twice counts once. Raises WrongState as held()."""
    meeting = rows.locked(meeting_id)
    if meeting.state == Meeting.State.NO_SHOW:
        return meeting
    slot = rows.agreed(meeting)
    if meeting.state != Meeting.State.AGREED or slot is None:
        raise WrongState("还没有约定时间。", meeting=str(meeting.pk))
    if slot.starts_at > at:
        raise WrongState("约定的时间还没有到。", meeting=str(meeting.pk))
    answers.call_off(meeting, at=at)
    meeting.miss()
    meeting.save(update_fields=["state", "no_shows", "sequence"])
    rows.record("meeting.missed", meeting, by=by, at=at, number=meeting.no_shows)
    _keep(meeting, _waited(slot), by=by, at=at)
    return meeting


def _waited(slot: MeetingSlot) -> Try:
    """That the school was there at the agreed time, as a try to reach the family as a whole."""
    return Try(
        person=None,
        channel=MeetingAttempt.Channel.MEETING,
        outcome=Outcome.NO_SHOW,
        tried_at=slot.starts_at,
        place=slot.place or str(slot.get_place_kind_display()),
    )


def may_be_offered_again(meeting: Meeting) -> bool:
    return meeting.no_shows < Meeting.MOST_NO_SHOWS


def give_up(*, meeting_id: UUID, by: Person | None, at: datetime) -> Sequence[MeetingAttempt]:
    """未能会面: ends with the list of attempts, which is returned. Ending twice counts once."""
    meeting = rows.locked(meeting_id)
    tried = list(meeting.attempts.order_by("tried_at", "pk"))
    if meeting.state == Meeting.State.NOT_MET:
        return tried
    if meeting.state not in (
        Meeting.State.PREPARING, Meeting.State.OFFERED, Meeting.State.NO_SHOW,
    ):  # fmt: skip
        raise WrongState("会谈已经约定或结束。", meeting=str(meeting.pk))
    meeting.give_up(at=at)
    meeting.save(update_fields=["state", "ended_at"])
    rows.record(
        "meeting.not_met", meeting, by=by, at=at, refs=[("attempt", one.pk) for one in tried],
        attempts=len(tried),
    )  # fmt: skip
    return tried


def set_aside(*, meeting_id: UUID, at: datetime, reason: str) -> Meeting:
    """Call it off without a trace for whoever may not notice; twice counts once."""
    meeting = rows.locked(meeting_id)
    if meeting.set_aside_at is None:
        meeting.set_aside(at=at)
        meeting.save(update_fields=["set_aside_at"])
        rows.record("meeting.set_aside", meeting, by=None, at=at, reason=reason)
    return meeting


def cancel(*, meeting_id: UUID, by: Person | None, at: datetime, reason: str) -> Meeting:
    """The school calls the meeting off; `reason` is a code. Calling off twice counts once."""
    meeting = rows.locked(meeting_id)
    if meeting.state == Meeting.State.CANCELLED:
        return meeting
    if meeting.state not in Meeting.OPEN:
        raise WrongState("会谈已经结束。", meeting=str(meeting.pk))
    answers.call_off(meeting, at=at)
    meeting.cancel(at=at)
    meeting.save(update_fields=["state", "sequence", "ended_at"])
    rows.record("meeting.cancelled", meeting, by=by, at=at, reason=reason)
    return meeting
