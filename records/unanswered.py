"""An objection that its author leaves unanswered goes to 德育处 by itself (D3, D5).

    FILED --two working days, five for an author who is away--> ROUTED

The days are those of the school: 调休 counts, and a calendar that changes meanwhile is asked again.
Inside a scope.
"""

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from ledger import events
from parties import calendar
from parties.models import Absence
from records.models import CommunicationRecord, Objection

State = Objection.State

#: Working days that the author has for an answer, at their desk and away from it.
ANSWER_DAYS: Final = 2
AWAY_DAYS: Final = 5


def days_end(objection: Objection) -> datetime:
    """The midnight after the last day that the author has."""
    return _end(objection, days_for(objection))


def days_for(objection: Objection) -> int:
    """Five where the author is away for some of the two, by the roster of absences."""
    away = Absence.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=objection.filed_at),
        person=objection.record.author_id,
        starts_at__lt=_end(objection, ANSWER_DAYS),
    )
    return AWAY_DAYS if away.exists() else ANSWER_DAYS


def route(*, objection_id: UUID, at: datetime) -> Objection | None:
    """Hand it to 德育处 if its days are over; None if not, or if somebody else is at it.

    Idempotent. The record is locked first, as by every act on an objection.
    """
    found = Objection.objects.filter(pk=objection_id, state=State.FILED)
    record = CommunicationRecord.objects.filter(pk__in=found.values("record"))
    if record.select_for_update(of=("self",), skip_locked=True).first() is None:
        return None
    locked = found.select_for_update(of=("self",), skip_locked=True)
    objection = locked.select_related("record__student", "record__author", "filed_by").first()
    if objection is None:
        return None
    end = days_end(objection)
    if at < end:
        objection.next_look_at = end
        objection.save(update_fields=["next_look_at"])
        return None
    objection.route(at=at)
    objection.save(update_fields=["state", "routed_at", "next_look_at"])
    _note(objection, at=at)
    return objection


def _end(objection: Objection, days: int) -> datetime:
    filed = timezone.localdate(objection.filed_at)
    try:
        last = calendar.load(objection.school_id).add_working_days(filed, days)
    except calendar.NoWorkingDay:  # rather too early than never
        last = filed + timedelta(days=days)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))


def _note(objection: Objection, *, at: datetime) -> None:
    events.append(
        school_id=objection.school_id,
        kind="objection.routed",
        actor=None,
        subject=("record", objection.record_id),
        refs=[("objection", objection.pk), ("student", objection.student_id)],
        at=at,
        payload={"why": "silence"},
    )
