"""One step of a process: lock, run, and write state, inbox, events and outbox in one transaction.

Everything here is called inside the caller's scope. A fault of a handler or a diagram never takes
the caller's own change with it: the step alone is rolled back, the instance freezes, and an
incident stays visible until a retry succeeds. What people completed meanwhile is applied then.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parties import round_trips
from parties.errors import NotFound, WrongState
from workflow import shipped, step_faults, step_rows
from workflow.engine import definitions, runtime, sending_back, store
from workflow.engine.definitions import Definition
from workflow.engine.errors import NobodyListens, TaskGone
from workflow.engine.outcomes import Outcome
from workflow.engine.registry import StepContext
from workflow.engine.store import Locked
from workflow.models import HumanTask, Incident, ProcessInstance
from workflow.step_facts import CaseContext, StepFacts

logger = logging.getLogger(__name__)

State = ProcessInstance.State
Run = Callable[[Definition, StepContext], Outcome]
Act = Callable[[Locked, CaseContext], None]

#: Refusals that concern the caller's own request; the instance itself is in order.
_REFUSALS: Final = (TaskGone, NobodyListens)


def start(*, instance_id: UUID, at: datetime, via: str) -> bool:
    """Begin a pending instance on the definition shipped now; False if there is nothing to do."""
    instance = store.lock(instance_id, skip_locked=True)
    if instance is None or instance.status != State.PENDING or step_faults.rests(instance, at):
        return False
    return _guarded(instance, _start, at=at, via=via, by=None, code="process.start_failed")


def _start(instance: Locked, context: CaseContext) -> None:
    bundle = shipped.bundle(instance.process_key)
    published = store.publish(bundle, school_id=instance.school_id, at=context.at)
    definition = definitions.of(bundle)
    context.facts.expect(definition)
    step_rows.save(instance, context, runtime.start(definition, context), published)


def take(  # noqa: PLR0913 -- one keyword per thing that can move a process
    *,
    instance_id: UUID,
    at: datetime,
    via: str,
    by: UUID | None = None,
    complete: str | None = None,
    decisions: Mapping[str, Any] | None = None,
    signal: str | None = None,
) -> bool:
    """Let the instance run on because a person, a signal or time moved it; False if it froze.

    Raises:
        WrongState (TaskGone, NobodyListens): nothing waits for this any more.
        NotFound: there is no such instance.
    """
    instance = store.lock(instance_id)
    if instance is None:
        raise NotFound("没有找到。")
    if instance.status == State.FROZEN and signal is None:
        return False  # the answer is stored; the retry applies it
    if instance.status not in (State.RUNNING, State.FROZEN):
        raise WrongState("流程已经结束。", instance=str(instance_id))

    move = _settle(instance, complete=complete, decisions=decisions, signal=signal)
    reason = signal or "process_moved_on"
    return _guarded(instance, _mover(move, reason), at=at, via=via, by=by)


def take_due(*, instance_id: UUID, at: datetime, via: str) -> bool:
    """Run an instance whose timer has passed; False if another worker has it or was faster."""
    instance = store.lock(instance_id, skip_locked=True)
    if instance is None or instance.status != State.RUNNING:
        return False
    if instance.next_due_at is None or instance.next_due_at > at:
        return False
    return _guarded(instance, _mover(_settle(instance), "deadline"), at=at, via=via, by=None)


def send_back(
    *, instance_id: UUID, at: datetime, by: UUID, engine_id: str, to: str
) -> ProcessInstance:
    """退回: put the process back to the earlier task `to`.

    Raises: as workflow.engine.sending_back.send_back.
    """
    instance = store.lock(instance_id)
    if instance is None or instance.status != State.RUNNING:
        raise WrongState("流程此刻不能退回。", instance=str(instance_id))
    context = _context(instance, at=at, via="web", by=by)
    outcome = sending_back.send_back(
        store.definition_of(instance),
        bytes(instance.state or b""),
        context,
        engine_id=engine_id,
        to=to,
    )
    step_rows.save(instance, context, outcome, instance.definition_id, reason="returned")
    return ProcessInstance.objects.get(pk=instance_id)


def retry(*, incident_id: UUID, at: datetime, via: str) -> bool:
    """Try again what an incident stopped; True and RESOLVED on success, else one try more."""
    incident = Incident.objects.filter(pk=incident_id, state=Incident.State.OPEN).first()
    if incident is None or incident.instance_id is None:
        return False
    instance = store.lock(incident.instance_id, skip_locked=True)
    if instance is None:
        return False
    if instance.status == State.PENDING:
        done = _guarded(instance, _start, at=at, via=via, by=None, code="process.start_failed")
    elif instance.status == State.FROZEN:
        done = _guarded(instance, _mover(_settle(instance), "retry"), at=at, via=via, by=None)
    else:
        done = True
    if done and instance.status in (State.FROZEN, State.RUNNING):
        done = _apply_waiting_answers(instance, at=at, via=via)
    if done:
        incident.refresh_from_db()
        if incident.state == Incident.State.OPEN:
            incident.resolve(at=at)
            incident.save(update_fields=["state", "resolved_at"])
    return done


def _settle(instance: Locked, **act: Any) -> Run:
    """Let time pass, and then do what `act` says: complete a task, or deliver a signal."""

    def move(definition: Definition, context: StepContext) -> Outcome:
        return runtime.advance(definition, bytes(instance.state or b""), context, **act)

    return move


def _apply_waiting_answers(instance: Locked, *, at: datetime, via: str) -> bool:
    """Tasks that people completed while the instance was frozen move it on now, oldest first."""
    definition = store.definition_of(instance)
    context = _context(instance, at=at, via=via, by=None)
    waiting = runtime.waiting(definition, _state_of(instance.id), context)
    answered = HumanTask.objects.filter(
        instance=instance.id, state=HumanTask.State.COMPLETED, engine_id__in=waiting
    )
    answers = list(answered.order_by("ended_at", "pk"))
    return all(_apply(task, definition, at=at, via=via) for task in answers)


def _apply(task: HumanTask, definition: Definition, *, at: datetime, via: str) -> bool:
    """Move the process on by an answer given while it stood still; False if it froze again."""
    if task.instance_id is None:
        return True
    form = definition.forms.get(task.form)
    try:
        return take(
            instance_id=task.instance_id,
            at=at,
            via=via,
            by=task.completed_by_id,
            complete=task.engine_id,
            decisions={} if form is None else form.decisions(task.answer or {}),
        )
    except WrongState:  # an earlier answer, or a deadline, has led the process past it
        logger.warning("process.answer_too_late id=%s task=%s", task.instance_id, task.pk)
        return True


def _state_of(instance_id: UUID) -> bytes:
    state = ProcessInstance.objects.values_list("state", flat=True).get(pk=instance_id)
    return bytes(state or b"")


def _mover(move: Run, reason: str) -> Act:
    def act(instance: Locked, context: CaseContext) -> None:
        definition = store.definition_of(instance)
        context.facts.expect(definition)
        outcome = move(definition, context)
        step_rows.save(instance, context, outcome, instance.definition_id, reason=reason)

    return act


def _guarded(
    instance: Locked,
    act: Act,
    *,
    at: datetime,
    via: str,
    by: UUID | None,
    code: str = "process.step_failed",
) -> bool:
    """Run `act` in a savepoint; a fault becomes a frozen instance and an incident."""
    context = _context(instance, at=at, via=via, by=by)
    try:
        with round_trips.tentatively():
            act(instance, context)
    except _REFUSALS:
        raise
    except Exception as error:
        logger.exception("process.fault id=%s code=%s", instance.id, code)
        step_faults.freeze(instance, error, code=code, at=at)
        return False
    return True


def _context(instance: Locked, *, at: datetime, via: str, by: UUID | None) -> CaseContext:
    facts = StepFacts(school_id=instance.school_id, case_id=instance.case_id, at=at)
    return CaseContext(
        school_id=instance.school_id,
        case_id=instance.case_id,
        instance_id=instance.id,
        at=at,
        by=by,
        via=via,
        clocks=facts.due,
        changed=facts.forget,
        facts=facts,
    )
