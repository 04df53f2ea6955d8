"""Set the processes of cases going and keep them going: new, due, or failed a while ago.

What cannot start or step is logged and looked at again by the next sweep; one fault stops no other.
"""

import logging
import random
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from parties import round_trips, statements, tenancy
from parties.access import Act, Viewer
from parties.models import Person
from workflow import due_rows, human_tasks, steps
from workflow.errors import SanfangError, WrongState
from workflow.models import HumanTask, Incident, ProcessInstance

logger = logging.getLogger(__name__)

_CRISIS: Final = "crisis"
_LAST_ALARM: Final = """
SELECT alarm.case_id, alarm.acknowledged_by_id
FROM workflow_processinstance instance
JOIN workflow_escalation alarm ON alarm.case_id = instance.case_id
WHERE instance.id = %s ORDER BY alarm.raised_at DESC LIMIT 1
"""
#: So much of what is due is looked at, and so much of it taken on at a time: a fourth where less is
#: due, because others look as well, and few at once.
_LOOKED_AT: Final = 500
_PORTION: Final = 25
_FEW: Final = 8


def waiting_acknowledgement(case_id: UUID) -> UUID | None:
    """The task 接报 that still waits; its instance is locked, as in every step before the case."""
    live = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    waiting = HumanTask.objects.filter(case=case_id, name="acknowledge", state__in=live).first()
    if waiting is None:
        return None
    if waiting.instance_id is not None:
        ProcessInstance.objects.select_for_update(no_key=True).get(pk=waiting.instance_id)
    return waiting.pk


def hear_acknowledgement(task_id: UUID, *, by: Person, at: datetime) -> None:
    """Tell the diagram; a fault there leaves the ladder stopped and an open task behind."""
    try:
        with transaction.atomic():
            human_tasks.complete_now(task_id=task_id, by=by, at=at, answer={})
    except SanfangError as refused:
        logger.warning("case.acknowledge_task_left code=%s id=%s", refused.code, task_id)
    except Exception:
        logger.exception("case.acknowledge_task_failed id=%s", task_id)


def start_pending(
    *, via: str, lane: str = _CRISIS, at: datetime | None = None, limit: int = 100
) -> int:
    """Start every process of `lane` that has not started yet; return how many did."""
    started = 0
    due = due_rows.found("SELECT school_id, id FROM due_starts(%s, %s)", [lane, limit])
    for school_id, pk in due:
        started += _start(school_id, pk, at=at, via=via)
    return started


def step_due(*, via: str, lane: str = _CRISIS, at: datetime | None = None, limit: int = 100) -> int:
    """Let every instance of `lane` whose timer has passed run on; return how many did."""
    stepped, tried = 0, set[UUID]()
    while len(tried) < limit and (due := _untried(lane, at, tried)):
        share = _share(due, limit - len(tried))
        for school_id, pk in share:
            tried.add(pk)
            try:
                with tenancy.scope(school_id) as school_now:
                    stepped += steps.take_due(instance_id=pk, at=at or school_now, via=via)
            except Exception:
                logger.exception("instance.step_failed id=%s", pk)
        if len(share) == len(due):
            break
    return stepped


def _untried(lane: str, at: datetime | None, tried: Collection[UUID]) -> list[tuple[int, UUID]]:
    sql = "SELECT school_id, id FROM due_steps(%s, %s, %s)"
    due = due_rows.found(sql, [lane, at, _LOOKED_AT])
    return [one for one in due if one[1] not in tried]


def _share(due: list[tuple[int, UUID]], most: int) -> list[tuple[int, UUID]]:
    """Of a backlog some at random: workers that all begin with its oldest only meet there, and one
    that takes on many finds at the end that others were faster.
    """
    return random.sample(due, min(len(due), most, max(_FEW, min(_PORTION, len(due) // 4))))


def retry_incidents_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Try again what failed and may succeed now; return how many incidents were tried."""
    tried = 0
    due = due_rows.found("SELECT school_id, id FROM due_incidents(%s, %s)", [at, limit])
    for school_id, pk in due:
        try:
            with tenancy.scope(school_id) as school_now:
                tried += _retry(pk, at=at or school_now, via=via)
        except Exception:
            logger.exception("incident.retry_failed id=%s", pk)
    return tried


def retry_incident(*, school_id: int, incident_id: UUID, by: Person, at: datetime) -> Incident:
    """A leader mended the cause and has it tried again now.

    Raises:
        NotFound, NotAllowed: not visible; no leader.
        WrongState: it is resolved already.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        incident = viewer.get(Incident, incident_id)
        viewer.require(Act.RETRY, incident)
        if incident.state != Incident.State.OPEN:
            raise WrongState("该故障已处理。", incident=str(incident_id))
        _retry(incident.pk, at=at, via="web")
        incident.refresh_from_db()
        return incident


def _retry(incident_id: UUID, *, at: datetime, via: str) -> bool:
    """Inside a scope. What could not start when somebody took over hears of it once it can."""
    done = steps.retry(incident_id=incident_id, at=at, via=via)
    instance = Incident.objects.values_list("instance_id", flat=True).filter(pk=incident_id).first()
    if done and instance is not None:
        _hear_earlier_acknowledgement(instance, at=at)
    return done


def start_now(school_id: int, case_id: UUID, *, at: datetime, instance: UUID | None = None) -> None:
    """Start what this case has waiting. After the commit, outside of every scope.

    instance: the only one, where the caller knows it.
    """
    if instance is not None:
        _start(school_id, instance, at=at, via="web")
        return
    with tenancy.scope(school_id):
        found = statements.rows(_pending, case_id)
    for one in found:
        _start(school_id, one.pk, at=at, via="web")


def _pending(case_id: UUID) -> QuerySet[ProcessInstance]:
    waiting = ProcessInstance.objects.filter(case=case_id, status=ProcessInstance.State.PENDING)
    return waiting.only("pk").order_by("pk")


def _start(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    try:
        with tenancy.scope(school_id) as school_now:
            started = steps.start(instance_id=pk, at=at or school_now, via=via)
            if started:
                _hear_earlier_acknowledgement(pk, at=school_now)
    except Exception:
        logger.exception("process.start_failed id=%s", pk)
        return False
    return started


def _hear_earlier_acknowledgement(instance_id: UUID, *, at: datetime) -> None:
    """Somebody may have taken over while the diagram could not start."""
    last = round_trips.execute(_LAST_ALARM, [instance_id]).fetchone()
    if last is None or last[1] is None:
        return
    waiting = waiting_acknowledgement(last[0])
    if waiting is not None:
        hear_acknowledgement(waiting, by=Person.objects.get(pk=last[1]), at=at)
