"""下次沟通 of a record that belongs to no case: the homeroom teacher is reminded the day before.

There is no case that could hold a task, so nobody ticks it off: the next talk about this student
that somebody writes down is the proof. None by the day after, and 年级组长 hears of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from parties import relations
from parties.models import GuardianLink
from parties.roles import Role
from records.models import CommunicationRecord
from workflow import notifications
from workflow.models import ScheduledContact
from workflow.notifications import Message

#: Who hears in their place when nobody holds the post.
_INSTEAD: Final = {Role.HT: (Role.GL, Role.ME), Role.GL: (Role.ME, Role.VP)}


def tell(contact: ScheduledContact, role: Role, *, template: str, key: str, at: datetime) -> int:
    """Tell whoever holds `role` for the student, in the inbox; how many there are."""
    heard, people = _holders(contact, role, at=at)
    rows = [
        Message(None, person, heard.value, "in_app", template, f"{key}:{person}", "routine")
        for person in people
    ]
    notifications.enqueue_many(school_id=contact.school_id, rows=rows, at=at)
    return len(rows)


def was_held(contact: ScheduledContact) -> bool:
    """Whether somebody has talked with the family since the reminder, and written it down."""
    later = CommunicationRecord.objects.filter(
        student=contact.student_id, started_at__gte=contact.asked_at
    ).exclude(state=CommunicationRecord.State.DISCARDED)
    versions = CommunicationRecord.objects.filter(pk__in=[contact.record_id]).values("record_no")
    return later.exclude(record_no__in=versions).exists()


def outdated(record: CommunicationRecord) -> QuerySet[ScheduledContact]:
    """Talks planned by earlier versions of this record, which plans anew. Of a case, the same day
    is the same talk.
    """
    earlier = CommunicationRecord.objects.filter(
        record_no=record.record_no, version__lt=record.version
    )
    waiting = ScheduledContact.objects.filter(
        record_id__in=earlier.values("pk"),
        state__in=[ScheduledContact.State.PLANNED, ScheduledContact.State.MISSED],
    )
    if record.next_contact_at is None:
        return waiting
    return waiting.exclude(case__isnull=False, due_at=record.next_contact_at)


def _holders(contact: ScheduledContact, role: Role, *, at: datetime) -> tuple[Role, Sequence[UUID]]:
    """Nobody who is the student's own guardian; else whoever is asked in their place."""
    family = GuardianLink.objects.filter(student=contact.student_id)
    shut_out = frozenset(family.values_list("guardian_id", flat=True))
    for one in (role, *_INSTEAD[role]):
        posts = relations.holders(role=one, at=at, student=contact.student)
        if found := relations.able(posts, at=at, excluded=shut_out):
            return one, [person.pk for person in found]
    return role, []
