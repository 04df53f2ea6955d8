"""A family that was kept from a record is asked for its word once it may read it.

set by 德育处          --> links that are out open nothing; who had asked for it beforehand hears so
released by 德育处, or its time is over --> those who may read it now get a link again
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from parties import tenancy
from parties.access import Viewer
from parties.models import Person
from records import holds
from records.models import CommunicationRecord, HoldRequest
from workflow import due_rows, record_news

State = CommunicationRecord.State


def hold(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, reason: str, until: datetime
) -> CommunicationRecord:
    """Keep the family from reading it yet. Raises: as holds.hold."""
    with tenancy.scope(school_id):
        waiting = HoldRequest.objects.filter(
            record__in=_versions_of(record_id), state=HoldRequest.State.ASKED
        )
        asked = list(waiting.values_list("pk", flat=True))
        viewer = Viewer.load(by, at=at)
        record = holds.hold(viewer, record_id=record_id, reason=reason, until=until)
        granted = HoldRequest.objects.filter(pk__in=asked, state=HoldRequest.State.GRANTED)
        for one in granted.select_related("record__student", "record__author"):
            record_news.hold_decided(one, at=at)
        for version in _versions_of(record_id):
            record_news.uninvite(version, at=at)
        return record


def release(*, school_id: int, record_id: UUID, by: Person, at: datetime) -> CommunicationRecord:
    """Lift a hold; again tells nobody. Raises: as holds.release."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        held = list(_versions_of(record_id).exclude(held_until=None).values_list("pk", flat=True))
        record = holds.release(viewer, record_id=record_id)
        for one in _versions_of(record_id).filter(pk__in=held):
            _invite(one, at=at)
        return record


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """End every hold whose time is over; return how many. Each in a transaction of its own."""
    rows = due_rows.found("SELECT school_id, id FROM due_holds(%s, %s)", [at, limit])
    act = partial(_end, at=at)
    return due_rows.each(rows, act, failed="hold.end_failed", via=via)


def _end(school_id: int, pk: UUID, *, at: datetime | None) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        record = holds.end(record_id=pk, at=moment)
        if record is None:
            return False
        _invite(record, at=moment)
        return True


def _invite(record: CommunicationRecord, *, at: datetime) -> None:
    """A draft brings its own invitation later; what is done with asks for nobody's word.

    Of two versions that wait, the newer one asks.
    """
    waiting = _versions_of(record.pk).filter(state=State.PENDING_SIGNATURES)
    if record.state == State.PENDING_SIGNATURES and waiting.order_by("version").last() == record:
        record_news.invite(record, at=at)


def _versions_of(record_id: UUID) -> QuerySet[CommunicationRecord]:
    number = CommunicationRecord.objects.filter(pk=record_id).values("record_no")
    versions = CommunicationRecord.objects.filter(record_no__in=number)
    return versions.select_related("student__person", "author")
