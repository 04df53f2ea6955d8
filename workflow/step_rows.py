"""What one step writes: turns facts of the engine into tasks, events and messages of the case."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from ledger import events
from ledger.events import PreparedEvent
from parties.errors import WrongState
from workflow import assignment, nudge
from workflow.assignment import Assigned, Wanted
from workflow.engine import store
from workflow.engine.errors import BudgetExhausted
from workflow.engine.loop import MAX_BUDGETS
from workflow.engine.outcomes import OpenTask, Outcome
from workflow.engine.store import Locked, NewMessage, NewTask, Write
from workflow.models import Case, Incident, ProcessInstance
from workflow.step_facts import CaseContext

State = ProcessInstance.State


def save(
    instance: Locked,
    context: CaseContext,
    outcome: Outcome,
    definition_id: UUID | None,
    *,
    reason: str = "",
) -> None:
    """Write an outcome with everything that follows from it, in one statement.

    Raises:
        BudgetExhausted: the diagram has run in circles for MAX_BUDGETS transactions.
    """
    if definition_id is None:
        raise WrongState("流程还没有启动。", instance=str(instance.id))
    change = _change(instance, context, outcome, definition_id, reason)
    lane = lane_of(instance)
    if not (change.messages or outcome.spent or outcome.handled):
        store.write(change)  # nobody waits for what this left: no worker need look
        return
    store.write(replace(change, channel=nudge.channel_of(lane)))
    nudge.soon(lane, notified=True)


def lane_of(instance: Locked) -> str:
    """Whose workers carry what follows from this step: a crisis has its own."""
    return "crisis" if instance.process_key == "crisis" else "routine"


def _change(
    instance: Locked, context: CaseContext, outcome: Outcome, definition_id: UUID, reason: str
) -> Write:
    tasks = _tasks(context, outcome)
    return Write(
        instance=instance,
        at=context.at,
        status=str(State.COMPLETED if outcome.finished else State.RUNNING),
        state=outcome.state,
        definition_id=definition_id,
        next_due_at=None if outcome.finished else outcome.next_due_at,
        budgets_spent=_budgets(instance, outcome),
        cancelled=sorted(outcome.closed),
        cancel_reason=reason,
        tasks=tasks,
        events=_events(instance, context, outcome, tasks, reason),
        messages=[message for task in tasks for message in _messages(task, lane_of(instance))],
    )


def _budgets(instance: Locked, outcome: Outcome) -> int:
    """Transactions in a row without coming to rest, this one included."""
    budgets = instance.budgets_spent + 1 if outcome.spent else 0
    if budgets > MAX_BUDGETS:
        raise BudgetExhausted("流程在原地打转。", instance=str(instance.id))
    return budgets


def _tasks(context: CaseContext, outcome: Outcome) -> list[NewTask]:
    if not outcome.opened:
        return []
    wanted = [_wanted(opened) for opened in outcome.opened]
    circle = context.facts.circle(wanted)
    return [
        _task(
            opened,
            assignment.among(circle, each, case=partial(_case, context), at=context.at),
            context,
        )
        for opened, each in zip(outcome.opened, wanted, strict=True)
    ]


def _case(context: CaseContext) -> Case:
    cases = Case.objects.select_related("student__school_class", "placement")
    return cases.get(pk=context.case_id)


def _wanted(opened: OpenTask) -> Wanted:
    return Wanted(
        name=opened.bpmn_id,
        roles=_words(opened.properties.get("roles", "")) or [opened.role],
        instead=_words(opened.properties.get("instead", "")),
        four_eyes=_words(opened.properties.get("four_eyes", "")),
    )


def _task(opened: OpenTask, assigned: Assigned, context: CaseContext) -> NewTask:
    if not assigned.candidates:
        _nobody(opened.bpmn_id, context)
    return NewTask(
        id=uuid4(),
        engine_id=opened.engine_id,
        name=opened.bpmn_id,
        title=opened.name,
        form=opened.form,
        roles=[role.value for role in assigned.roles],
        candidates=assigned.candidates,
        about=assigned.about,
        four_eyes_of=",".join(_words(opened.properties.get("four_eyes", ""))),
        clock=opened.clock,
        due_at=opened.due_at,
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _nobody(task: str, context: CaseContext) -> None:
    Incident.objects.get_or_create(
        school_id=context.school_id,
        case_id=context.case_id,
        instance_id=context.instance_id,
        code="task.nobody",
        element=task,
        state=Incident.State.OPEN,
        defaults={"opened_at": context.at},
    )


def _messages(task: NewTask, lane: str) -> list[NewMessage]:
    return [
        NewMessage(
            id=uuid4(),
            recipient=person,
            to_role=task.roles[0],
            channel="in_app",
            template="task.new",
            lane=lane,
            key=f"task.new:{task.id}:{person}",
        )
        for person in task.candidates
    ]


def _events(
    instance: Locked,
    context: CaseContext,
    outcome: Outcome,
    tasks: list[NewTask],
    reason: str,
) -> list[PreparedEvent]:
    def event(kind: str, payload: Mapping[str, Any], *refs: events.Subject) -> PreparedEvent:
        return events.prepare(
            school_id=instance.school_id,
            kind=kind,
            actor=context.by,
            subject=("case", instance.case_id),
            refs=[("instance", instance.id), *refs],
            at=context.at,
            payload={**payload, "via": context.via},
        )

    found = [event(each.kind, each.payload) for each in outcome.events]
    if outcome.closed:
        found.append(event("tasks.closed", {"count": len(outcome.closed), "reason": reason}))
    found += [event("task.opened", {"task": task.name}, ("task", task.id)) for task in tasks]
    if outcome.finished:
        found.append(event("process.finished", {"process": instance.process_key}))
    return found
