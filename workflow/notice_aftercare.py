"""Families of a notice whose turn comes when its own steps are over.

    out, called    a child changes class     --> whoever calls the family now is asked to
    ended          a guardian may be told    --> finds it to read, nothing is asked
    ended          told late, answer owed    --> a meeting, after five working days of their own

Who is in which class, and who may be told, changes without any case knowing: it is looked for.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from parties import tenancy
from records.models import Notice
from workflow import due_rows, notice_calls, notice_process, notice_sending, quiet_hours
from workflow.models import Case


def look_hourly(*, via: str) -> int:
    """As look_due, by whichever driver comes first in the hour."""
    return look_due(via=via) if due_rows.is_hour_mine("notices") else 0


def look_due(*, via: str, at: datetime | None = None, limit: int = 1000) -> int:
    """Look after every such notice, each in a transaction of its own; return of how many."""
    rows = due_rows.found("SELECT school_id, id FROM due_notices(%s, %s)", [at, limit])
    return due_rows.each(rows, partial(_look, at=at), failed="notice.look_failed", via=via)


def _look(school_id: int, pk: UUID, *, at: datetime | None) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        if quiet_hours.is_quiet(moment):
            return False
        notice_process.lock(pk)
        rows = Notice.objects.select_for_update(of=("self",)).select_related("author")
        notice = rows.get(pk=pk)
        if notice.state == Notice.State.SENT and notice.case_id is not None:
            case = Case.objects.select_for_update(of=("self",)).get(pk=notice.case_id)
            notice_calls.ask_again(case, notice, at=moment)
        elif notice.state == Notice.State.CLOSED:
            notice_sending.let_read(notice, at=moment)
            if notice.needs_answer:  # some at a time; the next hour goes on
                notice_calls.open_meetings(notice, by=notice.author, at=moment)
        return True
