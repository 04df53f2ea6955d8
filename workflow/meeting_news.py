"""Who hears of a meeting: times to choose from, an invitation, that it is off, a copy, a delay.

Nobody is told who may not be met: the list is looked through before every telling, and once more
when a message leaves (workflow.deliveries).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from parties import links, relations
from parties.access import Viewer
from parties.models import Person, SignInLink
from parties.roles import Role
from records.meetings import family, invited, outcomes, rows
from records.models import Meeting, MeetingInvitee
from workflow import contacts, exclusions, home_faces, notifications, waking
from workflow.models import Case, CaseParty
from workflow.notifications import Message

CHOOSE: Final = "meeting.choose"
LINK: Final = "link.meeting"
INVITATION: Final = "meeting.invitation"
CALLED_OFF: Final = "meeting.called_off"
LATE: Final = "meeting.late"
COPY: Final = "record.copy"
GUEST_NO: Final = "meeting.guest_no"
BARRED: Final = "meeting.barred"
RELEASED: Final = "meeting.released"

GUESTS: Final = (MeetingInvitee.Capacity.STAFF, MeetingInvitee.Capacity.COMPANY)
#: As long as a family may need to answer, weekend and ladder included. Machine time.
LINK_LIFETIME: Final = timedelta(days=7)
_ROLES: Final = {
    MeetingInvitee.Capacity.GUARDIAN: Role.G,
    MeetingInvitee.Capacity.STUDENT: Role.STU,
    MeetingInvitee.Capacity.COMPANY: Role.CM,
    MeetingInvitee.Capacity.STAFF: Role.HT,
}


def shield(case: Case, meeting: Meeting | None, *, at: datetime) -> frozenset[UUID]:
    """Whoever must not be met does not even see the case; returns everybody who is kept out."""
    if case.student is None:
        return frozenset()
    named = contacts.named(case)
    household = (
        family.of(case.student, at=at, named=named)
        if meeting is None
        else invited.review(meeting, at=at, named=named)
    )
    CaseParty.objects.bulk_create(
        [
            CaseParty(
                school_id=case.school_id, case=case, person_id=person, since=at,
                part=CaseParty.Part.EXCLUDED,
            )
            for person in sorted(household.shut_out)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return frozenset(household.shut_out) | named


def release(case: Case, *, at: datetime) -> int:
    """In danger a guardian is phoned whom nobody was to meet; how many parties that takes off.

    An order that only forbids a meeting has shut them out of the case (shield). It goes on hiding
    the meeting from them (policies); no stronger order and nobody whom the crisis names is let in.
    """
    if case.student is None:
        return 0
    shut_out = family.of(case.student, at=at).shut_out
    unmet = [pk for pk, why in shut_out.items() if why == MeetingInvitee.Reason.NO_MEETING]
    gone, _ = case.parties.filter(part=CaseParty.Part.EXCLUDED, person__in=unmet).delete()
    return gone


def ask_to_choose(case: Case, meeting: Meeting, *, at: datetime) -> int:
    """Each guardian hears of the times, with a link of their own; how many there were."""
    asked = invited.guardians(meeting, at=at)
    people = _people(invitee.person_id for invitee in asked)
    messages = [message for person in people for message in _choices(case, meeting, person)]
    notifications.enqueue_many(school_id=case.school_id, rows=messages, at=at)
    invited.mark_told(meeting, [person.pk for person in people], at=at)
    return len(people)


def _choices(case: Case, meeting: Meeting, person: Person) -> list[Message]:
    key = f"{CHOOSE}:{meeting.pk}:{meeting.round}:{person.pk}:in_app"
    found = [_message(case, person.pk, Role.G, "in_app", CHOOSE, key)]
    outside = waking.channels_of(person, ("sms", "email"))
    if outside:
        link = links.issue(
            person=person,
            purpose=SignInLink.Purpose.MEETING,
            target_id=meeting.pk,
            lifetime=LINK_LIFETIME,
        )
        found += [
            _message(case, person.pk, Role.G, channel, LINK, f"{LINK}:{link.pk}:{channel}")
            for channel in outside
        ]
    return found


def invite(case: Case, meeting: Meeting, *, at: datetime) -> int:
    """Everybody who must be there gets the date, by mail with a calendar entry; nobody who was to
    be there once and stands for the student no more.
    """
    return _to_all(case, meeting, INVITATION, at=at, told=None)


def call_off(case: Case, meeting: Meeting, *, at: datetime) -> int:
    """Whoever was invited hears that the date holds no more; a guest as well who must not be met by
    now, and who would stand before a closed door.
    """
    return _to_all(case, meeting, CALLED_OFF, at=at, told=True)


def withdraw(case: Case, *, at: datetime, reason: str, by: Person | None = None) -> None:
    """Call off what this case still has open, and tell whoever was invited. Inside a scope.

    Never for a crisis: until telling is safe, a family must not see its meeting change.
    """
    meeting = rows.of_case(case.pk)
    if meeting is None or meeting.state not in Meeting.OPEN:
        return
    agreed = meeting.state == Meeting.State.AGREED
    if home_faces.keepers(case, meeting):
        meeting = outcomes.set_aside(meeting_id=meeting.pk, at=at, reason=reason)
    else:
        meeting = outcomes.cancel(meeting_id=meeting.pk, by=by, at=at, reason=reason)
    if agreed:
        call_off(case, meeting, at=at)


def _to_all(case: Case, meeting: Meeting, template: str, *, at: datetime, told: bool | None) -> int:
    invitees = meeting.invitees.filter(part=MeetingInvitee.Part.MUST)
    if told:
        invitees = invitees.filter(told_at__isnull=False)
    keepers = home_faces.keepers(case, meeting)
    hear = hears_off(case, besides=keepers, at=at) if told else _hears(case, keepers, at=at)
    capacities = dict(invitees.filter(hear).values_list("person_id", "capacity"))
    if not told:
        capacities = _still_there(case, capacities, at=at)
    rows = about_date(case, meeting, template, capacities)
    notifications.enqueue_many(school_id=case.school_id, rows=rows, at=at)
    if not told:
        invited.mark_told(meeting, list(capacities), at=at)
    return len(capacities)


def hears_off(case: Case, *, besides: Collection[UUID] = (), at: datetime) -> Q:
    """Who may hear that a date is off: as of any news, but for `besides`, and a guest besides who
    must not be met, as long as they may be written to.
    """
    guest = Q(capacity__in=GUESTS) & ~Q(person__in=contacts.unwritten(case, at=at))
    return _hears(case, besides, at=at) | guest


def _hears(case: Case, besides: Collection[UUID], *, at: datetime) -> Q:
    return ~Q(person__in=contacts.barred(case, at=at) | frozenset(besides))


def _still_there(case: Case, capacities: Mapping[UUID, str], *, at: datetime) -> dict[UUID, str]:
    """Those for whom it holds what they were asked as: a placement or a right may have ended."""
    found = {}
    for person in _people(capacities):
        viewer = Viewer.load(person, at=at)
        holds = {
            MeetingInvitee.Capacity.GUARDIAN: case.student_id in viewer.kin,
            MeetingInvitee.Capacity.STUDENT: case.student_id == viewer.student_id,
            MeetingInvitee.Capacity.COMPANY: case.student_id in viewer.interns,
            MeetingInvitee.Capacity.STAFF: viewer.is_staff,
        }
        if holds[MeetingInvitee.Capacity(capacities[person.pk])]:
            found[person.pk] = capacities[person.pk]
    return found


def about_date(
    case: Case, meeting: Meeting, template: str, capacities: Mapping[UUID, str]
) -> list[Message]:
    """One message for each channel of each of these; the key says which version of the date."""
    made = []
    for person in _people(capacities):
        for channel in waking.channels_of(person, ("in_app", "email")):
            key = f"{template}:{meeting.pk}:{meeting.sequence}:{person.pk}:{channel}"
            role = _ROLES[MeetingInvitee.Capacity(capacities[person.pk])]
            made.append(_message(case, person.pk, role, channel, template, key))
    return made


def tell_late(case: Case, *, clock: str, at: datetime) -> None:
    """年级组长 hears that a clock of this meeting was missed."""
    posts = relations.holders(role=Role.GL, at=at, student=case.student)
    excluded = exclusions.excluded_people(case)
    messages = [
        _message(
            case, person.pk, Role.GL, "in_app", LATE,
            f"{LATE}:{case.pk}:{clock}:{at.isoformat()}:{person.pk}",
        )
        for person in relations.able(posts, at=at, excluded=excluded)
    ]  # fmt: skip
    notifications.enqueue_many(school_id=case.school_id, rows=messages, at=at)


def tell_of_no(case: Case, meeting: Meeting, guest: Person, *, at: datetime) -> None:
    """Whoever prepared the meeting hears that a guest does not come; which one stands there."""
    key = f"{GUEST_NO}:{meeting.pk}:{meeting.sequence}:{guest.pk}:{at.isoformat()}"
    message = _message(case, meeting.prepared_by_id, Role.HT, "in_app", GUEST_NO, key)
    notifications.enqueue_many(school_id=case.school_id, rows=[message], at=at)


def send_copy(case: Case, record: UUID, people: Collection[UUID], *, at: datetime) -> None:
    """These hear that a copy is theirs to read."""
    messages = [
        _message(case, person.pk, Role.G, channel, COPY, f"{COPY}:{record}:{person.pk}:{channel}")
        for person in _people(people)
        for channel in waking.channels_of(person, ("in_app", "sms", "email"))
    ]
    notifications.enqueue_many(school_id=case.school_id, rows=messages, at=at)


def beyond_messages(people: Collection[UUID]) -> list[UUID]:
    """Whom no message from outside reaches: they have neither phone nor mailbox here."""
    found = _people(people)
    return [person.pk for person in found if not waking.channels_of(person, ("sms", "email"))]


def _people(ids: Iterable[UUID]) -> list[Person]:
    return list(Person.objects.filter(pk__in=list(ids)).order_by("pk"))


def _message(case: Case, to: UUID, role: Role, channel: str, template: str, key: str) -> Message:
    return Message(case.pk, to, role.value, channel, template, key, case.lane)
