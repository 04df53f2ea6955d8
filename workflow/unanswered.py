"""An objection that its author left unanswered: 德育处 has it by itself, and the filer knows.

its days are over --> ROUTED --> the office's list and inbox; filer and author hear of it

Never between 21:00 and 07:00: two working days end at midnight, and nobody is told then.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from parties import tenancy
from records import unanswered
from workflow import due_rows, quiet_hours, record_news


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Hand on every objection whose days are over; return how many. Each in its own transaction."""
    rows = due_rows.found("SELECT school_id, id FROM due_objections(%s, %s)", [at, limit])
    act = partial(_look, at=at)
    return due_rows.each(rows, act, failed="objection.look_failed", via=via)


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
