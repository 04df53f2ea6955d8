"""The one door through which API and pages hand in what somebody did.

接报 is a task like any other in the diagram, but giving it means taking the case over: the ladder
stops and its own rights count. A phone sends twice when the answer gets lost: the same person with
the same words succeeds again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from parties.models import Person
from workflow import cases, human_tasks
from workflow.models import HumanTask

#: The task of the diagram that stands for taking a case over.
ACKNOWLEDGE: Final = "acknowledge"


def give(
    *,
    school_id: int,
    task_id: UUID,
    by: Person,
    at: datetime,
    answer: Mapping[str, Any],
    as_read: str = "",
) -> None:
    """Complete a task, or take its case over.

    Raises: as human_tasks.complete, or for 接报 as cases.acknowledge.
    """
    with tenancy.scope(school_id):
        task = Viewer.load(by, at=at).get(HumanTask, task_id)
        given = task.completed_by_id == by.pk and (task.answer or {}) == dict(answer)
    if given:
        return
    if task.name == ACKNOWLEDGE and task.state != HumanTask.State.CANCELLED:
        cases.acknowledge(school_id=school_id, case_id=task.case_id, by=by, at=at)
        return
    human_tasks.complete(
        school_id=school_id, task_id=task_id, by=by, at=at, answer=answer, as_read=as_read
    )
