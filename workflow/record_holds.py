"""A family that was kept from a record is asked for its word once it may read it.

released by 德育处, or its time is over --> those who may read it now get a link again
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import connection

from parties import tenancy
from parties.access import Viewer
from parties.models import Person
from records import communication, holds
from records.models import CommunicationRecord
from workflow import record_news

logger = logging.getLogger(__name__)

State = CommunicationRecord.State


def release(*, school_id: int, record_id: UUID, by: Person, at: datetime) -> CommunicationRecord:
    """Lift a hold; again tells nobody. Raises: as communication.release."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        held = CommunicationRecord.objects.filter(pk=record_id, held_until__isnull=False).exists()
        record = communication.release(viewer, record_id=record_id)
        if held:
            _invite(record, at=at)
        return record


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """End every hold whose time is over; return how many. Each in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id FROM due_holds(%s, %s)", [at, limit])
        due = cursor.fetchall()
    ended = 0
    for school_id, pk in due:
        try:
            ended += _end(school_id, pk, at=at)
        except Exception:
            logger.exception("hold.end_failed id=%s via=%s", pk, via)
    return ended


def _end(school_id: int, pk: UUID, *, at: datetime | None) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        record = holds.end(record_id=pk, at=moment)
        if record is None:
            return False
        _invite(record, at=moment)
        return True


def _invite(record: CommunicationRecord, *, at: datetime) -> None:
    """A draft brings its own invitation later; what is done with asks for nobody's word."""
    if record.state == State.PENDING_SIGNATURES:
        record_news.invite(record, at=at)
