"""The list of a meeting as it stands: who may be asked now, who was told, and who comes off it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from records import file_entries
from records.meetings import family, rows
from records.meetings.family import Family
from records.models import Meeting, MeetingInvitee

Capacity = MeetingInvitee.Capacity
Reason = MeetingInvitee.Reason


def review(meeting: Meeting, *, at: datetime, named: Collection[UUID] = ()) -> Family:
    """Before anybody is told anything: whoever may not be met any more comes off the list, guests
    like family.

    A restriction may be younger than the preparation. That somebody had been told before stays in
    the event.
    """
    now = family.of(meeting.student, at=at, named=named)
    asked = meeting.invitees.filter(part=MeetingInvitee.Part.MUST)
    for invitee in asked.filter(person__in=now.shut_out.keys()):
        _take_off(meeting, invitee, now.shut_out[invitee.person_id], at=at)
    away = {**dict.fromkeys(named, Reason.NAMED), **family.under_order(meeting.student, at=at)}
    guests = asked.filter(capacity__in=[Capacity.STAFF, Capacity.COMPANY], person__in=away.keys())
    for invitee in guests:
        _take_off(meeting, invitee, away[invitee.person_id], at=at)
    return now


def _take_off(meeting: Meeting, invitee: MeetingInvitee, reason: str, *, at: datetime) -> None:
    told = invitee.told_at is not None
    invitee.part, invitee.reason = MeetingInvitee.Part.MUST_NOT, reason
    invitee.told_at, invitee.answered_at, invitee.answer = None, None, ""
    invitee.save(update_fields=["part", "reason", "told_at", "answered_at", "answer"])
    rows.record(
        "meeting.uninvited", meeting, by=None, at=at, refs=[("person", invitee.person_id)],
        reason=invitee.reason, told="yes" if told else "no",
    )  # fmt: skip


def guardians(
    meeting: Meeting, *, at: datetime, but_for: UUID | None = None
) -> list[MeetingInvitee]:
    """Guardians who may be asked now, in the order of contact; orders of the case `but_for` do not
    count.
    """
    allowed = family.of(meeting.student, at=at, but_for=but_for).invited
    asked = meeting.invitees.filter(
        part=MeetingInvitee.Part.MUST, capacity=Capacity.GUARDIAN, person__in=allowed
    )
    return list(asked.order_by("turn", "pk"))


def mark_told(meeting: Meeting, people: Collection[UUID], *, at: datetime) -> None:
    """These were told; being told again changes nothing."""
    meeting.invitees.filter(
        person__in=people, part=MeetingInvitee.Part.MUST, told_at__isnull=True
    ).update(told_at=at)
    if people:
        guardians_told = meeting.invitees.filter(person__in=people, capacity=Capacity.GUARDIAN)
        file_entries.open_to(
            kind="meeting",
            object_id=meeting.pk,
            people=list(guardians_told.values_list("person_id", flat=True)),
        )
