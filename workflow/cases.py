"""Open crisis cases, take them over, sound the alarm again, and set their processes going.

A report commits before the process is touched: a mistake in a diagram must not silence a crisis.
"""

import logging
import random
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from ledger import events
from parties import tenancy
from parties.access import Act, Viewer
from parties.models import Person, Placement, Student
from parties.roles import Role
from workflow import case_entries, escalation, human_tasks, reports, steps
from workflow.errors import InvalidInput, SanfangError, WrongState
from workflow.models import Case, CrisisReport, Escalation, HumanTask, Incident, ProcessInstance
from workflow.reports import Receipt, ReportInput

logger = logging.getLogger(__name__)

PROCESS: Final = "crisis"
AGAIN: Final = "danger_again"
#: So many times what one sweep steps is looked at, where so much is due.
_BACKLOG: Final = 10


def report_crisis(
    *,
    school_id: int,
    reporter: Person | None,
    role: Role,
    at: datetime,
    report: ReportInput,
    request_key: str,
) -> Receipt:
    """Store the report, wake the first rung, then start the process.

    Nothing but a broken database can make this fail once the input is valid: a fault in the
    diagram, the broker or a channel comes after the commit. Repeating `request_key` returns the
    same receipt; a *new* report is never folded into an older case.

    Raises:
        InvalidInput: one of the three mandatory answers is missing.
    """
    _refuse_incomplete(report)
    receipt = _receive(school_id, reporter, role, report, request_key, at=at)
    if not receipt.repeated:
        start_now(school_id, receipt.case_id, at=at)
    return receipt


def _receive(
    school_id: int,
    reporter: Person | None,
    role: Role,
    report: ReportInput,
    request_key: str,
    *,
    at: datetime,
) -> Receipt:
    try:
        with tenancy.scope(school_id):
            return _known(request_key) or _open(
                school_id, reporter, role, report, request_key, at=at
            )
    except IntegrityError:  # the same request arrived twice at the same moment
        with tenancy.scope(school_id):
            known = _known(request_key)
        if known is None:
            raise
        return known


def _refuse_incomplete(report: ReportInput) -> None:
    for field, value in (("who", report.who), ("observed", report.observed)):
        if not value.strip() and not (field == "who" and report.student_id):
            raise InvalidInput("还缺一项必填内容。", field=field, mend="请填写后再提交。")
    if report.safe_now not in CrisisReport.Safe.values:
        raise InvalidInput(
            "没有说明学生现在是否安全。", field="safe_now", mend="请选择 YES、NO 或 UNKNOWN。"
        )


def _known(request_key: str) -> Receipt | None:
    found = CrisisReport.objects.filter(request_key=request_key).first()
    if found is None:
        return None
    return Receipt(found.case_id, found.receipt_no, found.reported_at, repeated=True)


def _open(
    school_id: int,
    reporter: Person | None,
    role: Role,
    report: ReportInput,
    request_key: str,
    *,
    at: datetime,
) -> Receipt:
    student = Student.objects.filter(pk=report.student_id).first() if report.student_id else None
    case = _case_about(student, school_id, at=at)
    reports.name_parties(case, student=student, reporter=reporter, report=report, at=at)
    stored = reports.keep(
        case, reporter=reporter, role=role, report=report, request_key=request_key, at=at
    )
    # No actor: who reported is for the head of 德育处 and the leaders alone (CRI-R).
    _record("case.opened", case, at=at, refs=[("report", stored.pk)], channel=str(case.channel))
    ProcessInstance.objects.create(
        school_id=school_id, case=case, process_key=PROCESS, created_at=at
    )
    escalation.raise_(case=case, reason="report", at=at)
    case_entries.keep(case)
    return Receipt(case.pk, stored.receipt_no, at, repeated=False)


def _case_about(student: Student | None, school_id: int, *, at: datetime) -> Case:
    return Case.objects.create(
        school_id=school_id,
        channel=Case.Channel.CRISIS,
        student=student,
        placement=_placement(student),
        opened_at=at,
        alarm_at=at,
    )


def _placement(student: Student | None) -> Placement | None:
    if student is None:
        return None
    return student.placements.filter(state=Placement.State.ACTIVE).order_by("-starts_on").first()


def acknowledge(*, school_id: int, case_id: UUID, by: Person, at: datetime) -> Escalation:
    """Take the case over: the ladder stops and the diagram hears of it, both or neither.

    A fault of the diagram alone does not keep the ladder climbing.

    Raises: as escalation.acknowledge.
    """
    with tenancy.scope(school_id):
        waiting = _acknowledge_task(case_id)
        taken = escalation.take_over(case_id=case_id, by=by, at=at)
        if waiting is not None:
            _complete_acknowledge(waiting, by=by, at=at)
        return taken


def _acknowledge_task(case_id: UUID) -> UUID | None:
    """The task 接报 that still waits; its instance is locked, as in every step before the case."""
    live = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    waiting = HumanTask.objects.filter(case=case_id, name="acknowledge", state__in=live).first()
    if waiting is None:
        return None
    if waiting.instance_id is not None:
        ProcessInstance.objects.select_for_update(no_key=True).get(pk=waiting.instance_id)
    return waiting.pk


def _complete_acknowledge(task_id: UUID, *, by: Person, at: datetime) -> None:
    """Tell the diagram; a fault there leaves the ladder stopped and an open task behind."""
    try:
        with transaction.atomic():
            human_tasks.complete_now(task_id=task_id, by=by, at=at, answer={})
    except SanfangError as refused:
        logger.warning("case.acknowledge_task_left code=%s id=%s", refused.code, task_id)
    except Exception:
        logger.exception("case.acknowledge_task_failed id=%s", task_id)


def danger_again(*, school_id: int, case_id: UUID, by: Person, at: datetime) -> Case:
    """再次出现危险: from any state the ladder starts over and the process goes back to triage.

    Raises:
        NotFound, NotAllowed: the case is not visible; the viewer is not on its team.
        WrongState: two people have made a meeting of it a moment ago.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        seen = viewer.get(Case, case_id)
        viewer.require(Act.ENDANGER, seen)
        _lock_instances(case_id)
        case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
        if case.channel != Case.Channel.CRISIS:
            raise WrongState("该事项刚刚降级，请改用“升级为危机”。", case=str(case_id))
        running = _alarm(case, at=at)
        _record("case.danger_again", case, at=at, actor=by.pk)
        escalation.raise_(case=case, reason="danger_again", at=at)
        if running is not None:
            _signal_again(running, by=by, at=at)
    if running is None:
        start_now(school_id, case_id, at=at)
    return case


def _lock_instances(case_id: UUID) -> None:
    """Before the case, as every step does; in one order."""
    live = [ProcessInstance.State.RUNNING, ProcessInstance.State.FROZEN]
    found = ProcessInstance.objects.filter(case=case_id, status__in=live)
    list(found.select_for_update(no_key=True).order_by("pk"))


def _alarm(case: Case, *, at: datetime) -> UUID | None:
    """Put the case back to triage; the instance to signal, or None when a new one starts."""
    ended = case.closed_at is not None
    if ended:
        case.reopen(at=at)
    else:
        case.endanger(at=at)
    case.save()
    live = [ProcessInstance.State.RUNNING, ProcessInstance.State.FROZEN]
    instances = case.instances.filter(status__in=[*live, ProcessInstance.State.PENDING])
    found = instances.order_by("-created_at").first()
    if found is None:
        ProcessInstance.objects.create(
            school_id=case.school_id, case=case, process_key=PROCESS, created_at=at
        )
        return None
    return None if found.status == ProcessInstance.State.PENDING else found.pk


def _signal_again(instance_id: UUID, *, by: Person, at: datetime) -> None:
    """In the alarm's own transaction: a process that never hears of it would work on as before."""
    try:
        with transaction.atomic():
            steps.take(instance_id=instance_id, at=at, via="web", by=by.pk, signal=AGAIN)
    except Exception:
        # The ladder climbs already; the frozen instance is an incident that a leader sees.
        logger.exception("case.signal_failed id=%s", instance_id)


def start_pending(
    *, via: str, lane: str = PROCESS, at: datetime | None = None, limit: int = 100
) -> int:
    """Start every process of `lane` that has not started yet; return how many did."""
    started = 0
    for school_id, pk in _due("SELECT school_id, id FROM due_starts(%s, %s)", [lane, limit]):
        started += _start(school_id, pk, at=at, via=via)
    return started


def step_due(*, via: str, lane: str = PROCESS, at: datetime | None = None, limit: int = 100) -> int:
    """Let every instance of `lane` whose timer has passed run on; return how many did."""
    stepped = 0
    due = _due("SELECT school_id, id FROM due_steps(%s, %s, %s)", [lane, at, _BACKLOG * limit])
    for school_id, pk in _share(due, limit):
        try:
            with tenancy.scope(school_id) as school_now:
                stepped += steps.take_due(instance_id=pk, at=at or school_now, via=via)
        except Exception:
            logger.exception("instance.step_failed id=%s", pk)
    return stepped


def _share(due: list[tuple[int, UUID]], limit: int) -> list[tuple[int, UUID]]:
    """Of a backlog some at random: workers that all begin with its oldest only meet there."""
    if len(due) <= limit:
        return due
    return random.sample(due, limit)


def retry_incidents_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Try again what failed and may succeed now; return how many incidents were tried."""
    tried = 0
    for school_id, pk in _due("SELECT school_id, id FROM due_incidents(%s, %s)", [at, limit]):
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


def _due(sql: str, params: list[Any]) -> list[tuple[int, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [(row[0], row[1]) for row in cursor.fetchall()]


def start_now(school_id: int, case_id: UUID, *, at: datetime) -> None:
    """Start what this case has waiting. After the commit, outside of every scope."""
    with tenancy.scope(school_id):
        pending = ProcessInstance.objects.filter(case=case_id, status=ProcessInstance.State.PENDING)
        found = list(pending.values_list("pk", flat=True))
    for pk in found:
        _start(school_id, pk, at=at, via="web")


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
    case_id = ProcessInstance.objects.values_list("case_id", flat=True).get(pk=instance_id)
    last = Escalation.objects.filter(case=case_id).order_by("-raised_at").first()
    by = None if last is None else last.acknowledged_by
    waiting = None if by is None else _acknowledge_task(case_id)
    if by is not None and waiting is not None:
        _complete_acknowledge(waiting, by=by, at=at)


def _record(
    kind: str,
    case: Case,
    *,
    at: datetime,
    actor: UUID | None = None,
    refs: list[events.Subject] | None = None,
    **codes: str,
) -> None:
    events.append(
        school_id=case.school_id,
        kind=kind,
        actor=actor,
        subject=("case", case.pk),
        refs=refs or [],
        at=at,
        payload=codes,
    )
