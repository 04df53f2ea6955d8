"""Open crisis cases, take them over, sound the alarm again.

A report commits before the process is touched: a mistake in a diagram must not silence a crisis.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from ledger import together
from parties import inserts, keyring, legible, round_trips, tenancy
from parties.access import Act, Viewer
from parties.models import Person, Student
from parties.roles import Role
from workflow import case_entries, case_events, escalation, processes, reports, rungs, steps
from workflow.errors import InvalidInput, WrongState
from workflow.models import Case, CrisisReport, Escalation, ProcessInstance
from workflow.reports import Receipt, ReportInput, Said
from workflow.rungs import Ladder

logger = logging.getLogger(__name__)

PROCESS: Final = "crisis"
AGAIN: Final = "danger_again"

#: The intern's place of work, and the school's own ladder: what a report needs besides people.
_AROUND: Final = """
SELECT (SELECT id FROM parties_placement WHERE student_id = %(student)s AND state = 'ACTIVE'
        ORDER BY starts_on DESC LIMIT 1),
    (SELECT rungs FROM workflow_laddersetting WHERE school_id = %(school)s AND name = %(ladder)s)
"""
_KNOWN: Final = """
SELECT case_id, receipt_no, reported_at FROM workflow_crisisreport WHERE request_key = %s
"""


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
    said = Said(reporter, role, report, request_key, at, student=None)
    return take_in(school_id=school_id, report=report, identify=lambda _: said.known())


def take_in(
    *, school_id: int, report: ReportInput, identify: Callable[[datetime], Said]
) -> Receipt:
    """`report_crisis`, where who reports as what is found out in the same transaction.

    `identify` is given school time, inside a scope.
    """
    _refuse_incomplete(report)
    receipt, instance = _receive(school_id, identify)
    if instance is not None:
        processes.start_now(school_id, receipt.case_id, at=receipt.reported_at, instance=instance)
    return receipt


def _receive(school_id: int, identify: Callable[[datetime], Said]) -> tuple[Receipt, UUID | None]:
    """The slip, and the process that waits to be started; none behind a slip of before."""
    heard: list[Said] = []
    try:
        with tenancy.scope(school_id) as at:
            heard.append(identify(at))
            return _open(school_id, heard[0])
    except IntegrityError:  # the same request came before, or at this very moment
        known = _known(school_id, heard[0].request_key) if heard else None
        if known is None:
            raise
        return known, None


def _refuse_incomplete(report: ReportInput) -> None:
    for field, value in (("who", report.who), ("observed", report.observed)):
        if not legible.said(value) and not (field == "who" and report.student_id):
            raise InvalidInput("还缺一项必填内容。", field=field, mend="请填写后再提交。")
    if report.safe_now not in CrisisReport.Safe.values:
        raise InvalidInput(
            "没有说明学生现在是否安全。", field="safe_now", mend="请选择 YES、NO 或 UNKNOWN。"
        )


def _known(school_id: int, request_key: str) -> Receipt | None:
    with tenancy.scope(school_id):
        found = round_trips.execute(_KNOWN, [request_key]).fetchone()
    if found is None:
        return None
    case_id, number, reported_at = found
    return Receipt(case_id, number, reported_at, repeated=True)


def _open(school_id: int, said: Said) -> tuple[Receipt, UUID]:
    case, ladder = _case_about(said.student, school_id, at=said.at)
    with together.in_one_statement():
        inserts.insert([case])
        named = reports.name_parties(
            case, student=said.student, reporter=said.reporter, report=said.report, at=said.at
        )
        key = keyring.of_new(school_id, case.pk)
        with keyring.at_hand(school_id, {case.pk: key}):
            stored = reports.keep(case, said)
            instance = _begin(case, stored, ladder, named, at=said.at)
    return Receipt(case.pk, stored.receipt_no, said.at, repeated=False), instance


def _begin(
    case: Case, stored: CrisisReport, ladder: Ladder, named: Collection[UUID], *, at: datetime
) -> UUID:
    """Wake the first rung, and leave the process for whoever starts it."""
    # No actor: who reported is for the head of 德育处 and the leaders alone (CRI-R).
    case_events.record(
        "case.opened", case, at=at, refs=[("report", stored.pk)], channel=str(case.channel)
    )
    waiting = ProcessInstance(
        school_id=case.school_id, case=case, process_key=PROCESS, created_at=at
    )
    inserts.insert([waiting])
    escalation.begin(case=case, reason="report", at=at, ladder=ladder, named=named)
    case_entries.keep(case, new=True)
    return waiting.pk


def _case_about(student: Student | None, school_id: int, *, at: datetime) -> tuple[Case, Ladder]:
    """A case that is not stored yet, and the ladder that it climbs."""
    given = {"student": student and student.pk, "school": school_id, "ladder": escalation.LADDER}
    placement, own = round_trips.execute(_AROUND, given).fetchone() or (None, None)
    case = Case(
        school_id=school_id,
        channel=Case.Channel.CRISIS,
        student=student,
        placement_id=placement,
        opened_at=at,
        crisis_since=at,
        alarm_at=at,
    )
    return case, rungs.chosen(school_id, escalation.LADDER, own=own)


def acknowledge(*, school_id: int, case_id: UUID, by: Person, at: datetime) -> Escalation:
    """Take the case over: the ladder stops and the diagram hears of it, both or neither.

    A fault of the diagram alone keeps no ladder climbing. Raises as escalation.acknowledge.
    """
    with tenancy.scope(school_id):
        waiting = processes.waiting_acknowledgement(case_id)
        taken = escalation.take_over(case_id=case_id, by=by, at=at)
        if waiting is not None:
            processes.hear_acknowledgement(waiting, by=by, at=at)
        return taken


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
        running = sound_again(case, by=by, at=at)
    if running is None:
        processes.start_now(school_id, case_id, at=at)
    return case


def sound_again(case: Case, *, by: Person, at: datetime) -> UUID | None:
    """`danger_again` for a held crisis, in its scope; None: its new process waits to be started."""
    running = _alarm(case, at=at)
    case_events.record("case.danger_again", case, at=at, by=by.pk)
    escalation.raise_(case=case, reason="danger_again", at=at)
    if running is not None:
        _signal_again(running, by=by, at=at)
    return running


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
