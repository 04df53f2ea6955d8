"""Words that were noted while a guardian was shut out, looked at again: some of them count by now.

How a wall ends is nobody's business here: a case is closed, an order is over, a text is offered
again. So they are looked for, and not told of; whoever is concerned hears what a signature brings.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection

from parties import tenancy
from records import counted_words
from records.models import CommunicationRecord
from workflow import communication, due_rows

#: Of several drivers one gets the hour; a crash in the middle waits for the next one.
_CLAIM_THE_HOUR = """
INSERT INTO workflow_heartbeat AS h (lane, driver, beat_at)
VALUES ('words', 'sweep', clock_timestamp())
ON CONFLICT (lane, driver) DO UPDATE SET beat_at = excluded.beat_at
    WHERE h.beat_at < clock_timestamp() - interval '1 hour'
RETURNING h.id
"""


def look_hourly(*, via: str) -> int:
    """As look_due, by whichever driver comes first in the hour."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_THE_HOUR)
        mine = cursor.fetchone() is not None
    return look_due(via=via) if mine else 0


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
