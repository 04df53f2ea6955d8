"""暂缓 on the page of a record: the hold that is on, what was asked for, and what may be done.

For whoever may know of it: the school's readers of the record know the hold, its writer and 德育处
the requests. At home there is nothing here, whatever was asked, decided or held.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from parties import calendar, statements
from parties.access import Act, Viewer
from records import hold_waits, holds, known_records, policies
from records.models import CommunicationRecord, HoldRequest
from records.reading import RecordFile

_HOLD: Final = frozenset({"hold_reason", "held_by", "held_until"})


def shown(viewer: Viewer, found: RecordFile) -> Mapping[str, Any]:
    """Empty for who has nothing to know and nothing to do. Inside a scope."""
    record = found.record
    if not viewer.is_staff or policies.is_at_home(viewer, record):
        return {}
    asked, hold = _asked(viewer, record), _hold(viewer, found)
    waiting = next((one for one in asked if one["waits"]), None)
    decides = Act.HOLD in found.may
    unfinished = Act.EDIT in found.may and record.state in known_records.UNFINISHED
    content = {
        "hold": hold,
        "asked": asked,
        "pending": waiting is not None and viewer.at < waiting["ends_at"],
        "may_release": decides and hold is not None,
        "may_hold": decides and waiting is None and holds.can_begin(record),
        "may_ask": unfinished and waiting is None and hold is None,
    }
    return {**content, "longest": holds.LONGEST.days} if any(content.values()) else {}


def places(content: Mapping[str, Any]) -> Mapping[str, bool]:
    """Which of its buttons stand on the page, by the act: `content` is what shown() answered."""
    decides = any(one["may_decide"] for one in content.get("asked", ()))
    return {
        "ask_hold": bool(content.get("may_ask")),
        "hold": bool(content.get("may_hold")) or decides,
        "refuse_hold": decides,
    }


def _hold(viewer: Viewer, found: RecordFile) -> Mapping[str, Any] | None:
    """Who keeps the family from it, why, until when; None also for who may not know."""
    record = found.record
    if record.held_by is None or not found.fields >= _HOLD or not holds.is_on(record, at=viewer.at):
        return None
    return {"by": record.held_by.name, "reason": record.hold_reason, "until": record.held_until}


def _asked(viewer: Viewer, record: CommunicationRecord) -> list[dict[str, Any]]:
    found = statements.rows(_requests, viewer, record.pk)
    days = calendar.load(record.school_id) if found else calendar.CalendarView()
    return [_line(viewer, one, days) for one in found]


def _requests(viewer: Viewer, record_id: UUID) -> QuerySet[HoldRequest]:
    rows = viewer.rows(HoldRequest).filter(record=record_id).select_related("decided_by")
    return rows.order_by("asked_at", "pk")


def _line(viewer: Viewer, one: HoldRequest, days: calendar.CalendarView) -> dict[str, Any]:
    waits = one.state == HoldRequest.State.ASKED
    return {
        "pk": one.pk,
        "by": one.asked_by.name,
        "at": one.asked_at,
        "reason": one.reason,
        "until": one.until,
        "state": one.get_state_display(),
        "waits": waits,
        "ends_at": hold_waits.end_of(one.asked_at, days),
        "decided_by": "" if one.decided_by is None else one.decided_by.name,
        "decided_at": one.decided_at,
        "decision": one.decision,
        "may_decide": waits and viewer.may(Act.HOLD, one),
        "may_withdraw": waits and viewer.may(Act.WITHDRAW, one),
    }
