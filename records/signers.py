"""Who is asked for their word about a record, and who may write down somebody else's.

Whoever is asked is whoever may read it at home now and speaks for the family: a guardian, and a
student who is of age. The link to sign goes to them, and a word on paper or on the phone can be
theirs alone. It is written down by two members of staff who read what the record says. Inside a
scope.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.models import GuardianLink, Membership, Person, Student
from parties.relations import in_force
from parties.roles import Role
from records import walls
from records.models import CommunicationRecord

#: Whose post lets them read what a record says.
_BESIDE: Final = (Role.HT, Role.ME)
ADULT: Final = 18  # years


def is_grown(student: Student, *, today: date) -> bool:
    """Whether the student's own word is the family's; without a date of birth it is not."""
    born = student.birth_date
    if born is None:
        return False
    birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not birthday) >= ADULT


def readers_at_home(record: CommunicationRecord, *, at: datetime) -> Sequence[Person]:
    """Those who speak for the family and may read this record now: guardians in the order to
    contact them, then the student if they are of age.

    Whoever only keeps it as it once stood is asked and told nothing more about it.
    """
    family = GuardianLink.objects.filter(
        student=record.student_id, state=GuardianLink.State.LIVE
    ).select_related("guardian")
    found = [link.guardian for link in family.order_by("contact_priority", "pk")]
    if is_grown(record.student, today=timezone.localdate(at)):
        found.append(record.student.person)
    return [person for person in found if _is_open(Viewer.load(person, at=at), record)]


def asked(record: CommunicationRecord, person_id: UUID, *, at: datetime) -> Person:
    """This person, if they are asked to sign; why somebody is not, is told to nobody.

    Raises InvalidInput.
    """
    for person in readers_at_home(record, at=at):
        if person.pk == person_id:
            return person
    raise InvalidInput(
        "不是这份记录的签字人。",
        field="signer",
        mend="请从受邀签字的人中选择：监护人；学生已满十八周岁的，也可以是学生本人。",
    )


def witnesses(viewer: Viewer, record: CommunicationRecord) -> Sequence[Person]:
    """Colleagues who may stand beside the viewer: the office, who has the class, who was there."""
    posts = in_force(Membership.objects.filter(role__in=_BESIDE), viewer.at)
    ours = posts.filter(Q(school_class=None) | Q(school_class=record.student.school_class_id))
    there = record.participants.exclude(person=None).values("person")
    near = Q(pk__in=ours.values("person")) | Q(pk__in=there)
    people = Person.objects.filter(near).exclude(pk=viewer.person.pk).order_by("name", "pk")
    return [one for one in people if _may_vouch(one, record, at=viewer.at)]


def refuse_witness(viewer: Viewer, record: CommunicationRecord, witness: UUID) -> None:
    """Raises InvalidInput: not a second member of staff who reads what the record says."""
    other = Person.objects.filter(pk=witness).exclude(pk=viewer.person.pk).first()
    if other is not None and _may_vouch(other, record, at=viewer.at):
        return
    raise InvalidInput(
        "见证人须是能看这份记录内容的另一位教职工。",
        field="witness",
        mend="请选择参加了这次沟通的教职工，或德育处的教师。",
    )


def _may_vouch(person: Person, record: CommunicationRecord, *, at: datetime) -> bool:
    seen = Viewer.load(person, at=at)
    return _sees(seen, record) and seen.may(Act.WITNESS, record)


def _sees(viewer: Viewer, record: CommunicationRecord) -> bool:
    return viewer.find(CommunicationRecord, record.pk) is not None


def _is_open(viewer: Viewer, record: CommunicationRecord) -> bool:
    found = viewer.find(CommunicationRecord, record.pk)
    return found is not None and walls.shut_since(found) is None
