"""Words that were noted while a guardian was shut out, looked at again: some of them count by now.

How a wall ends is nobody's business here: a case is closed, an order is over, a text is offered
again. So they are looked for, and not told of; whoever is concerned hears what a signature brings.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from parties import tenancy
from records import counted_words
from records.models import CommunicationRecord
from workflow import communication, due_rows


def look_hourly(*, via: str) -> int:
    """As look_due, by whichever driver comes first in the hour."""
    return look_due(via=via) if due_rows.is_hour_mine("words") else 0


def look_due(*, via: str, at: datetime | None = None, limit: int = 1000) -> int:
    """Let every word count that can; return how many. Each in a transaction of its own."""
    rows = due_rows.found("SELECT school_id, id FROM due_noted_words(%s)", [limit])
    return due_rows.each(rows, partial(_count, at=at), failed="word.count_failed", via=via)


def _count(school_id: int, pk: UUID, *, at: datetime | None) -> bool:
    with tenancy.scope(school_id) as school_now:
        known = CommunicationRecord.objects.filter(taken_back__words=pk)
        before = str(known.values_list("state", flat=True).first())
        found = counted_words.count(word_id=pk, at=at or school_now)
        if found is None:
            return False
        viewer, record = found
        communication.after(viewer, record, before)
        return True
