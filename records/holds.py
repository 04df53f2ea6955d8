"""A hold whose time is over ends by itself; records/communication.py begins and lifts one."""

from datetime import datetime
from uuid import UUID

from ledger import events
from records.models import CommunicationRecord


def end(*, record_id: UUID, at: datetime) -> CommunicationRecord | None:
    """Write down that the hold is over; None where it is not, or somebody else is at it.

    Idempotent. Inside a scope.
    """
    over = CommunicationRecord.objects.filter(held_until__lte=at)
    locked = over.select_for_update(of=("self",), skip_locked=True)
    record = locked.select_related("student__person", "author").filter(pk=record_id).first()
    if record is None:
        return None
    record.held_until = None
    record.edits += 1
    record.save(update_fields=["held_until", "edits"])
    events.append(
        school_id=record.school_id,
        kind="record.hold_ended",
        actor=None,
        subject=("record", record.pk),
        refs=[("student", record.student_id)],
        at=at,
        payload={"version": record.version},
    )
    return record
