"""An objection that its author left unanswered: 德育处 has it by itself, and the filer knows.

its days are over --> ROUTED --> the office's list and inbox; filer and author hear of it

Never between 21:00 and 07:00: two working days end at midnight, and nobody is told then.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import connection

from parties import tenancy
from records import unanswered
from workflow import quiet_hours, record_news

logger = logging.getLogger(__name__)


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Hand on every objection whose days are over; return how many. Each in its own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id FROM due_objections(%s, %s)", [at, limit])
        due = cursor.fetchall()
    routed = 0
    for school_id, pk in due:
        try:
            routed += _look(school_id, pk, at=at)
        except Exception:
            logger.exception("objection.look_failed id=%s via=%s", pk, via)
    return routed


def _look(school_id: int, pk: UUID, *, at: datetime | None) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        if quiet_hours.is_quiet(moment):
            return False
        objection = unanswered.route(objection_id=pk, at=moment)
        if objection is None:
            return False
        record_news.objection_routed(objection, at=moment)
        record_news.objection_unanswered(objection, at=moment)
        return True
