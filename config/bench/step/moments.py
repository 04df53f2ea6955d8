"""Where cases stand when somebody moves them on: a crisis as it is shipped, walked by its people.

Measured are the steps that call no handler: a handler does the domain's work, which differs from
step to step and is not what a step costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from config.bench import copies
from config.bench.cast import Cast
from parties import tenancy
from parties.roles import Role
from workflow import cases, human_tasks, shipped
from workflow.models import HumanTask, ProcessInstance
from workflow.reports import ReportInput

_UPWARD: Final = {
    "outcome": "done",
    "authority": "区教育局",
    "receiver": "值班室",
    "reported_at": "2026-10-09T23:00:00+08:00",
    "receipt_no": "K-1",
}
_HELD: Final = {
    "held_at": "2026-10-10T10:00:00+08:00",
    "participants": ["me", "psy"],
    "assessment": "需要陪护",
    "decisions": "安全计划",
}
_PLAN: Final = {
    "watch_person": "班主任",
    "not_alone": "宿舍",
    "means": "收起刀具",
    "contact_hours": "每日两次",
    "teachers_script": "先倾听",
    "student_agreed": "yes",
}
_REPORTED: Final = {
    "outcome": "reported",
    "authority": "police",
    "number": "110",
    "receiver": "值班民警",
    "receipt_no": "J-1",
    "reported_at": "2026-10-09T22:55:00+08:00",
}
_TRIAGED: Final = {
    "type": "domestic_violence",
    "colour": "red",
    "safe_to_tell": "yes",
    "suspect_kind": "none",
    "at_company": "no",
    "serious": "no",
    "reason": "两处新伤",
}

#: Task, who does it, the answer, and whether the step is measured.
_WALK: Final[tuple[tuple[str, str, Mapping[str, Any], bool], ...]] = (
    ("acknowledge", "ME", {}, True),
    ("triage", "ME", _TRIAGED, True),
    ("triage_confirm", "PSY", {"agree": "yes", "safe_to_tell": "yes"}, False),
    ("report_decide", "ME", _REPORTED, True),
    ("report_confirm", "VP", {"agree": "yes"}, False),
    ("oral_report", "VP", _UPWARD, True),
    ("first_report", "VP", _UPWARD, True),
    ("written_report", "VP", _UPWARD, True),
    ("protect", "ME", {"measures": ["escorted"], "companion": "心理教师"}, True),
    ("meeting_urgent", "ME", _HELD, True),
    ("safety_plan", "PSY", _PLAN, True),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A case right before one task of it is completed; `case_id` is the one to copy."""

    name: str
    case_id: UUID
    instance_id: UUID
    state: bytes
    definition_id: UUID
    version: int
    engine_id: str
    by: UUID
    decisions: Mapping[str, Any]


def walk(cast: Cast, owner: psycopg.Connection[Any], *, at: datetime) -> list[Moment]:
    """One crisis from its report to the safety plan. Opens its own scopes."""
    receipt = cases.report_crisis(
        school_id=cast.school.pk,
        reporter=cast.staff["HT"],
        role=Role.HT,
        at=at,
        report=ReportInput(
            student_id=cast.student.pk, who="", observed="手臂有新伤，说不敢回家", safe_now="NO"
        ),
        request_key="bench",
    )
    found = []
    for name, role, answer, measured in _WALK:
        with tenancy.scope(cast.school.pk):
            task = HumanTask.objects.select_related("instance").get(
                case=receipt.case_id, name=name, state=HumanTask.State.OPEN
            )
            decisions = shipped.form_of(task).decisions(answer)
        by = cast.staff[role]
        if measured:
            found.append(_moment(task, by.pk, decisions, owner))
        human_tasks.complete(school_id=cast.school.pk, task_id=task.pk, by=by, at=at, answer=answer)
    return found


def _moment(
    task: HumanTask,
    by: UUID,
    decisions: Mapping[str, Any],
    owner: psycopg.Connection[Any],
) -> Moment:
    instance = task.instance
    if not isinstance(instance, ProcessInstance) or instance.definition_id is None:
        raise TypeError(f"{task.name} belongs to no process")
    ((case_id, instance_id),) = copies.make(owner, task.case_id, 1)
    return Moment(
        name=task.name,
        case_id=case_id,
        instance_id=instance_id,
        state=bytes(instance.state or b""),
        definition_id=instance.definition_id,
        version=instance.version,
        engine_id=task.engine_id,
        by=by,
        decisions=decisions,
    )
