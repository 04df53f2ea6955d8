"""What people do: claim 认领, complete 办理, delegate 转办, return 退回, remind 催办.

Every verb locks the process instance first and the task second, checks the right, changes,
records, and lets the process run on: all in one transaction. An answer that may move the case to
another channel holds the case before the task, as every such move does (routing).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q

from parties import legible, tenancy
from parties.access import Act, Viewer
from parties.models import Person
from workflow import (
    assignment,
    completions,
    due_rows,
    exclusions,
    forms,
    routing,
    shipped,
    steps,
    task_files,
    task_rows,
)
from workflow.completions import Completion
from workflow.errors import ConflictOfInterest, InvalidInput, SamePerson, WrongState
from workflow.models import HumanTask, ProcessInstance

#: A person may be reminded of one task once in this time (催办).
REMINDER_GAP: Final = timedelta(minutes=10)


def claim(*, school_id: int, task_id: UUID, by: Person, at: datetime) -> HumanTask:
    """Take a task; claiming one's own again succeeds.

    Raises:
        NotFound, NotAllowed: not visible; not a candidate.
        WrongState: somebody else holds it, or it is over.
    """
    with tenancy.scope(school_id):
        task = task_rows.held(task_id, by=by, at=at, act=Act.CLAIM)
        _refuse_same_person(task, by)
        if task.assignee_id == by.pk:
            return task
        _refuse_held_by_another(task, by)
        task.claim(by=by)
        task.save(update_fields=["state", "assignee"])
        task_rows.record("task.claimed", task, by=by, at=at)
        return task


def complete(
    *,
    school_id: int,
    task_id: UUID,
    by: Person,
    at: datetime,
    answer: Mapping[str, Any],
    as_read: str = "",
) -> HumanTask:
    """Store the answer and run the process on; `as_read` marks the text that it is about, if any.

    Raises:
        NotFound, NotAllowed: not visible; not a candidate, the same person twice.
        WrongState: somebody else holds or did it, or the process went another way; LostRace:
            the text says something else than what was read.
        InvalidInput: the form refuses the answer; names the field and the mend.
    """
    with tenancy.scope(school_id):
        return complete_now(task_id=task_id, by=by, at=at, answer=answer, as_read=as_read)


def complete_now(
    *, task_id: UUID, by: Person, at: datetime, answer: Mapping[str, Any], as_read: str = ""
) -> HumanTask:
    """`complete` inside the caller's scope, with the same refusals."""
    task = task_rows.held(task_id, by=by, at=at, act=Act.COMPLETE, first=_hold_moving)
    _refuse_held_by_another(task, by)
    _refuse_same_person(task, by)
    form = shipped.form_of(task)
    forms.check(form.schema, answer)
    task.complete(by=by, at=at)
    task.answer = dict(answer)
    task.save(update_fields=["state", "completed_by", "ended_at", "answer"])
    task_rows.record("task.completed", task, by=by, at=at)
    completions.run(Completion(task, by, at, answer, as_read))
    if task.instance_id is not None:
        steps.take(
            instance_id=task.instance_id,
            at=at,
            via="web",
            by=by.pk,
            complete=task.engine_id,
            decisions=form.decisions(answer),
        )
    return task


def delegate(*, school_id: int, task_id: UUID, by: Person, to: UUID, at: datetime) -> HumanTask:
    """转办: hand the task to somebody who may do it, who is told at once.

    Raises:
        InvalidInput: `to` is unknown or holds no role that may do the task.
        ConflictOfInterest: the case names `to`.
    """
    with tenancy.scope(school_id):
        task = task_rows.held(task_id, by=by, at=at, act=Act.DELEGATE)
        receiver = Person.objects.filter(pk=to).first()
        _refuse_receiver(task, receiver, at=at)
        assert receiver is not None  # noqa: S101 -- refused above; for the type checker
        task.claim(by=receiver)
        task.candidates = list(dict.fromkeys([*task.candidates, receiver.pk]))
        task.save(update_fields=["state", "assignee", "candidates"])
        task_rows.record("task.delegated", task, by=by, at=at, refs=[("person", receiver.pk)])
        task_rows.tell(task, receiver.pk, "task.new", turn=at.isoformat(), at=at)
        return task


def return_(
    *, school_id: int, task_id: UUID, by: Person, to: str, reason: str, at: datetime
) -> ProcessInstance:
    """退回: send the process back to the earlier task `to` (its id in the diagram).

    The reason is kept with the returned task, encrypted; what was done in between stays on file.

    Raises:
        InvalidInput: `to` was not done earlier on this path or ends the climb; no reason is given.
    """
    with tenancy.scope(school_id):
        task = task_rows.held(task_id, by=by, at=at, act=Act.RETURN)
        _refuse_held_by_another(task, by)
        if not legible.said(reason):
            raise InvalidInput("没有填写退回原因。", field="reason", mend="请说明为什么退回。")
        if task.instance_id is None:
            raise InvalidInput("该任务不能退回。", field="to", mend="请直接办理。")
        if to in task_files.NO_WAY_BACK:
            raise InvalidInput("接报不能退回。", field="to", mend="情况有变时请报告再次出现危险。")
        task.answer = {"return_reason": reason}
        task.cancel(at=at, reason="returned")
        task.save(update_fields=["state", "ended_at", "cancel_reason", "answer"])
        moved = steps.send_back(
            instance_id=task.instance_id, at=at, by=by.pk, engine_id=task.engine_id, to=to
        )
        # Only now is `to` known to be a name of the diagram, and no word of a person.
        task_rows.record("task.returned", task, by=by, at=at, to=to)
        return moved


def remind(*, school_id: int, task_id: UUID, by: Person, at: datetime) -> HumanTask:
    """催办: tell whoever may do the task again, at most once in REMINDER_GAP.

    Raises:
        WrongState: it was reminded of a moment ago, or is over.
    """
    with tenancy.scope(school_id):
        task = task_rows.held(task_id, by=by, at=at, act=Act.REMIND)
        if task.reminded_at is not None and at - task.reminded_at < REMINDER_GAP:
            raise WrongState("刚刚催办过，请稍后再试。", task=str(task.pk))
        _remind(task, at=at)
        task_rows.record("task.reminded", task, by=by, at=at)
        return task


def remind_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Remind once of every task whose deadline has passed; return how many."""
    rows = due_rows.found("SELECT school_id, id FROM due_tasks(%s, %s)", [at, limit])
    act = partial(_remind_late, at=at, via=via)
    return due_rows.each(rows, act, failed="task.remind_failed", via=via)


def _remind_late(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    """Once per deadline: an earlier 催办 does not count.

    Whether it is late is asked again under the lock: a clock that was set back since it was found
    would have it said now, before the deadline, and once more after.
    """
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        unsaid = Q(reminded_at=None) | Q(reminded_at__lt=F("due_at"))
        late = HumanTask.objects.filter(unsaid, pk=pk, state__in=task_rows.LIVE, due_at__lte=moment)
        task = late.select_for_update(of=("self",), skip_locked=True).first()
        if task is None:
            return False
        _remind(task, at=moment)
        task_rows.record("task.overdue", task, by=None, at=moment, via=via)
        return True


def _hold_moving(seen: HumanTask) -> None:
    if completions.moves_case(seen.name):
        routing.hold(seen.case_id)


def _refuse_held_by_another(task: HumanTask, by: Person) -> None:
    if task.assignee_id not in (None, by.pk):
        raise WrongState("该任务已由他人认领。", task=str(task.pk))


def _refuse_same_person(task: HumanTask, by: Person) -> None:
    earlier = [name for name in task.four_eyes_of.split(",") if name]
    if by.pk in assignment.earlier_eyes(task.case, earlier):
        raise SamePerson("须由两人分别作出决定，您已作出前一项决定。", task=str(task.pk))


def _refuse_receiver(task: HumanTask, receiver: Person | None, *, at: datetime) -> None:
    mend = "请选择有权办理该任务的人。"
    if receiver is None:
        raise InvalidInput("没有找到接收人。", field="to", mend=mend)
    if receiver.pk in exclusions.shut_out_of(task):
        raise ConflictOfInterest("接收人与该事项有关联，应当回避。", task=str(task.pk))
    held = Viewer.load(receiver, at=at).roles_towards(task.case.student)
    if receiver.pk not in task.candidates and not held & set(task.roles):
        raise InvalidInput("接收人没有办理该任务的角色。", field="to", mend=mend)
    _refuse_same_person(task, receiver)


def _remind(task: HumanTask, *, at: datetime) -> None:
    task.reminded_at, task.reminders = at, task.reminders + 1
    task.save(update_fields=["reminded_at", "reminders"])
    words = task.name == exclusions.WORDS  # of any other task whoever is named loses it at once
    named = exclusions.shut_out_of(task) if words else frozenset()
    for person in [task.assignee_id] if task.assignee_id else task.candidates:
        if person is not None and person not in named:
            task_rows.tell(task, person, "task.reminder", turn=str(task.reminders), at=at)
