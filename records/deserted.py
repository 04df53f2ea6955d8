"""Records whose author has left and that nobody follows: for the school nobody would sign them.

Of what a homeroom teacher wrote, whoever has the class goes on; of another post there is no next
one. Inside a scope.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from parties.models import Membership
from parties.relations import in_force
from parties.roles import Role
from records.models import CommunicationRecord

#: Where a record that was read together with others keeps the answer.
_KNOWN: Final = "_deserted"


def learn(records: Sequence[CommunicationRecord], *, at: datetime) -> None:
    """Find it out for many records that wait for signatures, in one query at most."""
    waiting = [one for one in records if _waits(one)]
    alone = _alone(waiting, at=at) if waiting else frozenset()
    for record in records:
        record.__dict__[_KNOWN] = record.pk in alone


def is_deserted(record: CommunicationRecord, *, at: datetime) -> bool:
    if _KNOWN not in record.__dict__:
        learn([record], at=at)
    return bool(record.__dict__[_KNOWN])


def _waits(record: CommunicationRecord) -> bool:
    return str(record.state) == CommunicationRecord.State.PENDING_SIGNATURES


def _alone(records: Sequence[CommunicationRecord], *, at: datetime) -> frozenset[UUID]:
    authors = {one.author_id for one in records}
    classes = {one.student.school_class_id for one in records} - {None}
    asked = Q(person__in=authors) | Q(role=Role.HT, school_class__in=classes)
    posts = in_force(Membership.objects.filter(asked), at)
    rows = list(posts.values_list("person_id", "role", "school_class_id"))
    at_work = {person for person, _, _ in rows}
    led = {school_class for _, role, school_class in rows if role == Role.HT}
    return frozenset(
        one.pk
        for one in records
        if one.author_id not in at_work
        and not (one.author_role == Role.HT and one.student.school_class_id in led)
    )
