"""A process that cannot go on: it stands still, and an incident says so until a retry succeeds."""

from datetime import datetime, timedelta
from typing import Final

from ledger import events
from parties import round_trips
from workflow.engine.errors import BudgetExhausted, element_of
from workflow.engine.store import Locked
from workflow.models import Incident, ProcessInstance

State = ProcessInstance.State

#: First retry of an incident; doubled each time, at most a day apart.
_RETRY: Final = timedelta(minutes=1)
_RETRY_LIMIT: Final = timedelta(days=1)
_RESTING: Final = """
SELECT FROM workflow_incident WHERE instance_id = %s AND state = 'OPEN' AND retry_at > %s LIMIT 1
"""


def freeze(instance: Locked, error: Exception, *, code: str, at: datetime) -> None:
    """Stand still and say so. The message of the error may hold a person's words: it is dropped."""
    row = ProcessInstance.objects.get(pk=instance.id)
    if row.status == State.RUNNING:
        row.freeze()
        row.save(update_fields=["status"])
    incident = _note(instance, error, code=code, at=at)
    events.append(
        school_id=instance.school_id,
        kind="process.failed",
        actor=None,
        subject=("case", instance.case_id),
        refs=[("instance", instance.id), ("incident", incident.pk)],
        at=at,
        payload={"code": code, "error": type(error).__name__, "tries": incident.tries},
    )


def _note(instance: Locked, error: Exception, *, code: str, at: datetime) -> Incident:
    """The open incident of this place; one try more if it was open already."""
    incident, new = Incident.objects.get_or_create(
        school_id=instance.school_id,
        case_id=instance.case_id,
        instance_id=instance.id,
        code=code,
        element=element_of(error)[:100],
        state=Incident.State.OPEN,
        defaults={
            "error_type": type(error).__name__,
            "opened_at": at,
            "retry_at": None if isinstance(error, BudgetExhausted) else at + _RETRY,
        },
    )
    if not new:
        incident.tries += 1
        incident.retry_at = at + min(_RETRY * 2 ** min(incident.tries, 20), _RETRY_LIMIT)
        incident.save(update_fields=["tries", "retry_at"])
    return incident


def rests(instance: Locked, at: datetime) -> bool:
    """A start that failed is tried again when its incident says so, not every second."""
    return round_trips.execute(_RESTING, [instance.id, at]).fetchone() is not None
