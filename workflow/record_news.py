"""Who hears what about a communication record. No message says what is in it, or about whom.

A guardian, or a student of age, hears of a record only if they may read it: whoever is barred, or
kept out by a hold, is not even told that there is one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parties import links, relations
from parties.access import Act, Viewer
from parties.models import GuardianLink, Person, SignInLink
from parties.roles import Role
from records import policies, signers
from records.models import CommunicationRecord, HoldRequest, Objection
from workflow import notifications, waking
from workflow.models import Case

#: How long a link to read and sign stays good; every reminder brings a new one.
LINK_LIFETIME: Final = timedelta(days=14)
LINK_TEMPLATE: Final = "link.record"
#: Who judges an objection, in this order; by whether 德育处 wrote the record itself.
_JUDGES: Final = {
    False: ((Role.ME, True), (Role.ME, False)),
    True: ((Role.VP, False),),
}


def invite(record: CommunicationRecord, *, at: datetime) -> None:
    """A link to read and sign, to each of them, over every channel that reaches them."""
    for reader in signers.readers_at_home(record, at=at):
        role = _at_home_as(record, reader)
        link = links.issue(
            person=reader,
            purpose=SignInLink.Purpose.RECORD,
            target_id=record.pk,
            lifetime=LINK_LIFETIME,
        )
        for channel in waking.channels_of(reader, ("sms", "email")):
            key = f"record:{link.pk}:{channel}"
            _tell(record, reader, role, LINK_TEMPLATE, key, channel=channel, at=at)
        key = f"record.offered:{record.pk}:{record.edits}:{reader.pk}"
        _tell(record, reader, role, "record.offered", key, at=at)


def uninvite(record: CommunicationRecord, *, at: datetime) -> None:
    """Whoever may not read it any more has no link to it; a message with it that has not left stays
    here (deliveries). To whom it stands still, it stands there, and so does their link.
    """
    purpose = SignInLink.Purpose.RECORD
    holders = links.holders(purpose=purpose, target_id=record.pk)
    people = Person.objects.filter(pk__in=holders).order_by("pk")
    gone = [one.pk for one in people if not _reads(one, record, at=at)]
    links.revoke(purpose=purpose, target_id=record.pk, people=gone)


def _reads(person: Person, record: CommunicationRecord, *, at: datetime) -> bool:
    return Viewer.load(person, at=at).find(CommunicationRecord, record.pk) is not None


def effective(record: CommunicationRecord, *, at: datetime) -> None:
    """Both sides have given their word; the copy can be read and kept."""
    for reader in [*signers.readers_at_home(record, at=at), record.author]:
        wrote = reader.pk == record.author_id
        role = Role(record.author_role) if wrote else _at_home_as(record, reader)
        key = f"record.effective:{record.pk}:{reader.pk}"
        _tell(record, reader, role, "record.effective", key, at=at)


def _at_home_as(record: CommunicationRecord, reader: Person) -> Role:
    return Role.STU if reader.pk == record.student.person_id else Role.G


def tell_author(record: CommunicationRecord, template: str, *, at: datetime) -> None:
    key = f"{template}:{record.pk}:{record.edits}:{record.author_id}"
    _tell(record, record.author, Role(record.author_role), template, key, at=at)


def objection_filed(objection: Objection, *, at: datetime) -> None:
    """Whoever answers hears of it; what is routed, the office that judges hears of as well."""
    record = objection.record
    for person in _writers(record, at=at):
        key = f"objection.filed:{objection.pk}:{person.pk}"
        _tell(record, person, Role(record.author_role), "objection.filed", key, at=at)
    if objection.state == Objection.State.ROUTED:
        objection_routed(objection, at=at)


def objection_routed(objection: Objection, *, at: datetime) -> None:
    """The head of 德育处, or who stands in; of what that office wrote itself, 分管校领导."""
    record = objection.record
    for role, head in _JUDGES[record.author_role == Role.ME]:
        posts = relations.holders(role=role, at=at, head=head)
        shut_out = {record.author_id, *_at_home(record)}
        found = relations.able(posts, at=at, excluded=shut_out)
        people = [one for one in found if _sees(one, objection, at=at)]
        for person in people:
            key = f"objection.routed:{objection.pk}:{person.pk}"
            _tell(record, person, role, "objection.routed", key, at=at)
        if people:
            return


def _sees(person: Person, objection: Objection, *, at: datetime) -> bool:
    """Nobody whom its matter keeps out: else only they would have heard."""
    return Viewer.load(person, at=at).find(Objection, objection.pk) is not None


def objection_unanswered(objection: Objection, *, at: datetime) -> None:
    """Nobody answered: the filer knows that they need not ask, whoever was asked that it is gone.

    A filer who may not read the record any more hears nothing of it.
    """
    record, filer = objection.record, objection.filed_by
    if Viewer.load(filer, at=at).find(CommunicationRecord, record.pk) is not None:
        key = f"objection.passed_on:{objection.pk}"
        _tell(record, filer, Role(objection.capacity), "objection.passed_on", key, at=at)
    for person in _writers(record, at=at):
        key = f"objection.overdue:{objection.pk}:{person.pk}"
        _tell(record, person, Role(record.author_role), "objection.overdue", key, at=at)


def hold_asked(request: HoldRequest, *, at: datetime) -> None:
    """Whoever decides at 德育处 hears of it once: its head, or who else may."""
    record = request.record
    for head in (True, False):
        posts = relations.holders(role=Role.ME, at=at, head=head)
        shut_out = {record.author_id, request.asked_by_id, *_at_home(record)}
        found = relations.able(posts, at=at, excluded=shut_out)
        people = [one for one in found if _may_hold(Viewer.load(one, at=at), request)]
        for person in people:
            key = f"record.hold_asked:{request.pk}:{person.pk}"
            _tell(record, person, Role.ME, "record.hold_asked", key, at=at)
        if people:
            return


def _may_hold(viewer: Viewer, request: HoldRequest) -> bool:
    known = viewer.find(HoldRequest, request.pk)
    return known is not None and viewer.may(Act.HOLD, known)


def hold_decided(request: HoldRequest, *, at: datetime) -> None:
    """Whoever writes the record may go on: a hold was set, refused, or nobody decided in time."""
    lapsed = request.state == HoldRequest.State.LAPSED
    template = "record.hold_lapsed" if lapsed else "record.hold_decided"
    record = request.record
    for person in _writers(record, at=at):
        key = f"{template}:{request.pk}:{person.pk}"
        _tell(record, person, Role(record.author_role), template, key, at=at)


def _at_home(record: CommunicationRecord) -> Iterable[UUID]:
    links = GuardianLink.objects.filter(student=record.student_id)
    return links.values_list("guardian_id", flat=True)


def _writers(record: CommunicationRecord, *, at: datetime) -> Sequence[Person]:
    """The author, and after a handover who has the class now; nobody who may not write it."""
    people = {record.author_id: record.author}
    if record.author_role == Role.HT:
        posts = relations.holders(role=Role.HT, at=at, student=record.student)
        people |= {post.person.pk: post.person for post in posts}
    return [
        person for person in people.values() if policies.writes(Viewer.load(person, at=at), record)
    ]


def objection_answered(objection: Objection, *, at: datetime) -> None:
    key = f"objection.answered:{objection.pk}:{objection.filed_by_id}"
    role = Role(objection.capacity)
    _tell(objection.record, objection.filed_by, role, "objection.answered", key, at=at)


def _tell(  # noqa: PLR0913 - one argument per column
    record: CommunicationRecord,
    to: Person,
    role: Role,
    template: str,
    key: str,
    *,
    at: datetime,
    channel: str = "in_app",
) -> None:
    known = record.case_id is not None and Case.objects.filter(pk=record.case_id).exists()
    notifications.enqueue(
        school_id=record.school_id,
        case_id=record.case_id if known else None,
        to_id=to.pk,
        to_role=role.value,
        channel=channel,
        template=template,
        key=key,
        lane="routine",
        at=at,
    )
