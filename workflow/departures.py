"""A message left, as hundreds do in a minute: its row and its event in one kept statement."""

from datetime import datetime
from typing import Final

from ledger import events
from ledger.events import PreparedEvent
from parties import round_trips
from workflow.models import Notification

#: Only while nobody else has leased it meanwhile: `tries` counts the leases.
_LEFT: Final = """
WITH left_now AS (
    UPDATE workflow_notification
    SET state = %(state)s::varchar, sent_at = %(sent_at)s::timestamptz, via = %(via)s::varchar
    WHERE id = %(id)s::uuid AND tries = %(tries)s::smallint AND state = 'PENDING'
    RETURNING school_id
), noted AS (
    INSERT INTO ledger_event
        (school_id, kind, actor, subject_type, subject_id, refs, at, body, leaf)
    SELECT school_id, %(kind)s::varchar, NULL, %(about)s::varchar, %(about_id)s::uuid,
        %(refs)s::varchar[], %(at)s::timestamptz, %(body)s::bytea, %(leaf)s::bytea
    FROM left_now RETURNING id, school_id
)
INSERT INTO ledger_eventsalt (event_id, school_id, salt)
SELECT id, school_id, %(salt)s::bytea FROM noted
"""


def mark(row: Notification, *, at: datetime, via: str) -> bool:
    """Mark `row`, read when it was leased, as sent; False if it is not so any more: look again.

    Inside a scope. Raises TransitionNotAllowed for a row that did not wait when it was read.
    """
    row.mark_sent(at=at, via=via)
    event = sent(row, at=at, via=via)
    left = round_trips.execute(
        _LEFT,
        {
            "id": row.pk,
            "tries": row.tries,
            "state": str(row.state),
            "sent_at": row.sent_at,
            "via": row.via,
            "kind": event.kind,
            "about": event.subject_type,
            "about_id": event.subject_id,
            "refs": event.refs,
            "at": event.at,
            "body": event.body,
            "leaf": event.leaf,
            "salt": event.salt,
        },
    )
    return left.rowcount == 1


def sent(row: Notification, *, at: datetime, via: str) -> PreparedEvent:
    """What the ledger says of a message that left."""
    return of(row, "notification.sent", at=at, via=via, template=row.template, tries=row.tries)


def of(row: Notification, kind: str, *, at: datetime, **payload: str | int) -> PreparedEvent:
    """An event about `row`: it names ids and codes only, and the case where there is one."""
    about = ("person", row.recipient_id) if row.case_id is None else ("case", row.case_id)
    return events.prepare(
        school_id=row.school_id,
        kind=kind,
        actor=None,
        subject=about,
        refs=[("notification", row.pk), ("person", row.recipient_id)],
        at=at,
        payload={
            "notification": row.pk,
            "to_role": row.to_role,
            "channel": row.channel,
            **payload,
        },
    )
