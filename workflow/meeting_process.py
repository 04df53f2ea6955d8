"""The process of a meeting as those find it who answer: held, and moved on by a bare message."""

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from parties.models import Person
from workflow import steps
from workflow.engine.errors import NobodyListens
from workflow.models import ProcessInstance

logger = logging.getLogger(__name__)

PROCESS: Final = "meeting"
CHOSEN: Final = "meeting_slot_chosen"
CHANGED: Final = "meeting_change_asked"
DECLINED: Final = "meeting_declined"
EFFECTIVE: Final = "record_effective"

_LIVE: Final = (ProcessInstance.State.RUNNING, ProcessInstance.State.FROZEN)


def locked(case_id: UUID) -> UUID | None:
    """Locked before any other row, as every step does; None when no meeting is under way."""
    live = ProcessInstance.objects.filter(case=case_id, process_key=PROCESS, status__in=_LIVE)
    found = live.select_for_update(of=("self",), no_key=True).order_by("-created_at").first()
    return None if found is None else found.pk


def move(instance: UUID | None, signal: str, *, by: Person | None, at: datetime) -> None:
    """Tell a locked process; where it does not wait for this, the rows say it alone."""
    if instance is None:
        return
    try:
        steps.take(
            instance_id=instance, at=at, via="web", by=None if by is None else by.pk, signal=signal
        )
    except NobodyListens:
        logger.info("meeting.nobody_listens id=%s signal=%s", instance, signal)
