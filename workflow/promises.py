"""What was promised to a family before a crisis arrives as in a calm week: a hole would tell.

A text that waits for the morning, or is tried again, speaks of what its reader has in the app
already. Only what came of the crisis itself is left aside here, and only what came later: whom the
case names since, and the order not to tell that a crisis brought since. A court's order, or one
that was there before, keeps the message back.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from parties.models import Restriction
from parties.relations import in_force
from parties.roles import Role
from workflow import contacts
from workflow.models import Case, CaseParty, Notification

_KINDS: Final = (
    Restriction.Kind.NO_CONTACT,
    Restriction.Kind.DO_NOT_TELL,
    Restriction.Kind.NO_MEETING,
)
#: What a guest hears of a date that is theirs no more.
_OFF: Final = frozenset({"meeting.called_off", "meeting.released"})
_HOME: Final = (Role.G.value, Role.STU.value)


def stands(row: Notification, *, at: datetime) -> bool:
    """Whether a message reaches somebody although they are barred by now: at home what was
    promised, a guest that a date is off. In a scope.
    """
    case, promised = row.case, row.created_at
    if case is not None and row.template in _OFF and row.to_role not in _HOME:
        return row.recipient_id not in contacts.unwritten(case, at=at)
    if case is None or row.lane != Notification.Lane.ROUTINE or row.to_role not in _HOME:
        return False
    orders = Restriction.objects.filter(
        student=case.student_id, person=row.recipient_id, kind__in=_KINDS
    )
    later = Q(case_id__isnull=False, starts_at__gt=promised)
    if in_force(orders, at).exclude(later).exists():
        return False
    named = case.parties.filter(person=row.recipient_id, part__in=CaseParty.AGAINST)
    if not named.exists():
        return True
    return not named.filter(since__lte=promised).exists() and _knew(
        case, row.recipient_id, promised
    )


def _knew(case: Case, person: UUID, promised: datetime) -> bool:
    """Whether what this person sees of the case stood still only after that."""
    if case.shown_until is not None and case.shown_until > promised:
        return True
    return case.faces.filter(person=person, until__gt=promised).exists()
