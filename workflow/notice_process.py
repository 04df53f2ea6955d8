"""The running process of one notice: what it can hear, and its place in the order of locks."""

from datetime import datetime
from typing import Final
from uuid import UUID

from parties.models import Person
from records.models import Notice
from workflow import steps
from workflow.models import ProcessInstance

PROCESS: Final = "notice"
ANSWERED: Final = "notice_answered"
WITHDRAWN: Final = "notice_withdrawn"
_LIVE: Final = (ProcessInstance.State.RUNNING, ProcessInstance.State.FROZEN)


def tell(case_id: UUID, signal: str, *, by: Person | None, at: datetime) -> None:
    running = ProcessInstance.objects.filter(case=case_id, process_key=PROCESS, status__in=_LIVE)
    pk = running.values_list("pk", flat=True).first()
    if pk is not None:
        steps.take(
            instance_id=pk, at=at, via="web", by=None if by is None else by.pk, signal=signal
        )


def lock(notice_id: UUID) -> None:
    """The instance before the notice, in the order of every step."""
    case_id = Notice.objects.filter(pk=notice_id).values_list("case_id", flat=True).first()
    if case_id is not None:
        rows = ProcessInstance.objects.select_for_update(no_key=True).filter(case=case_id)
        list(rows.order_by("pk"))
