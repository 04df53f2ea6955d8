"""A hold that its author asks for before a record is offered: who hears of it, and of a silence.

asked --> whoever decides at 德育处; decided, or nobody decided in a working day --> its author

Never between 21:00 and 07:00: the day ends at midnight, and nobody is told then.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from parties.models import Person
from records import hold_requests
from records.models import HoldRequest
from workflow import due_rows, quiet_hours, record_news


def ask(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, reason: str, until: datetime
) -> HoldRequest:
    """Ask, and the office hears of it once. Raises: as hold_requests.ask."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        asked = hold_requests.ask(viewer, record_id=record_id, reason=reason, until=until)
        record_news.hold_asked(asked, at=at)
        return asked


def refuse(
    *, school_id: int, request_id: UUID, by: Person, at: datetime, reason: str
) -> HoldRequest:
    """Hold nothing; its author hears why. Raises: as hold_requests.refuse."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        refused = hold_requests.refuse(viewer, request_id=request_id, reason=reason)
        record_news.hold_decided(refused, at=at)
        return refused


def withdraw(*, school_id: int, request_id: UUID, by: Person, at: datetime) -> HoldRequest:
    """No hold is needed any more. Raises: as hold_requests.withdraw."""
    with tenancy.scope(school_id):
        return hold_requests.withdraw(Viewer.load(by, at=at), request_id=request_id)


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Let go every request whose day is over; return how many. Each in its own transaction."""
    due = due_rows.found("SELECT school_id, id FROM due_hold_requests(%s, %s)", [at, limit])
    return due_rows.each(due, partial(_look, at=at), failed="hold_request.look_failed", via=via)


def _look(school_id: int, pk: UUID, *, at: datetime | None) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        if quiet_hours.is_quiet(moment):
            return False
        request = hold_requests.lapse(request_id=pk, at=moment)
        if request is None:
            return False
        record_news.hold_decided(request, at=moment)
        return True
