"""One task under its locks, told to somebody, written down: the frame of every verb on a task."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties.access import Act, Viewer
from parties.models import Person
from workflow import exclusions, notifications
from workflow.errors import ConflictOfInterest, WrongState
from workflow.models import HumanTask, ProcessInstance

LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


def held(
    task_id: UUID,
    *,
    by: Person,
    at: datetime,
    act: Act,
    first: Callable[[HumanTask], object] = lambda _: None,
) -> HumanTask:
    """The task, visible to `by`, locked after its instance, still live, and allowed.

    `first` locks what must be locked before any task.
    """
    viewer = Viewer.load(by, at=at)
    seen = viewer.get(HumanTask, task_id)
    first(seen)
    if seen.instance_id is not None:
        ProcessInstance.objects.select_for_update(no_key=True).get(pk=seen.instance_id)
    locked = HumanTask.objects.select_for_update(of=("self",)).select_related("case__student")
    task = locked.get(pk=task_id)
    viewer.require(act, task)
    if by.pk in exclusions.excluded_people(task.case):
        raise ConflictOfInterest("您与该事项有关联，应当回避。", task=str(task.pk))
    if task.state not in LIVE:
        raise WrongState("该任务已办结或已取消。", task=str(task.pk), state=str(task.state))
    return task


def tell(task: HumanTask, person: UUID, template: str, *, turn: str, at: datetime) -> None:
    """`turn` tells one telling from the next: a task may come back to the same person."""
    notifications.enqueue(
        school_id=task.school_id,
        case_id=task.case_id,
        to_id=person,
        to_role=task.roles[0],
        channel="in_app",
        template=template,
        key=f"{template}:{task.pk}:{turn}:{person}",
        lane=task.case.lane,
        at=at,
    )


def record(
    kind: str,
    task: HumanTask,
    *,
    by: Person | None,
    at: datetime,
    refs: list[events.Subject] | None = None,
    **codes: str,
) -> None:
    events.append(
        school_id=task.school_id,
        kind=kind,
        actor=None if by is None else by.pk,
        subject=("case", task.case_id),
        refs=[("task", task.pk), *(refs or [])],
        at=at,
        payload={"task": task.name, **codes},
    )
