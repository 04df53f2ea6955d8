"""Keeping a case from the people it names: no task, no message, no trace in their account."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ledger import events
from parties.models import GuardianLink, Restriction
from workflow import assignment, exclusions, notifications, reports
from workflow.assignment import Wanted
from workflow.models import Case, CaseParty, HumanTask, Incident


def name_suspects(case: Case, people: Iterable[UUID], *, at: datetime) -> None:
    """Add suspects that came up after the report, and take the case out of their hands."""
    reports.name(case, {(pk, str(CaseParty.Part.SUSPECT)): None for pk in people}, at=at)
    withdraw_tasks(case, at=at)


def shield(case: Case, *, at: datetime, by: UUID | None = None) -> None:
    """Not safe to tell: suspected guardians may not be told. Nobody named: all of them are.

    Repeating it changes nothing; once somebody was named, the others may be told again. An order
    that is made anew begins anew: what they read meanwhile stays with them. Each change is an
    event, with whom it is about.
    """
    if case.student_id is None:
        return
    barred = _barred(case)
    orders = Restriction.objects.filter(
        student=case.student_id, kind=Restriction.Kind.DO_NOT_TELL, case_id=case.pk
    )
    stood = set(orders.filter(ends_at=None).values_list("person_id", flat=True))
    orders.filter(ends_at=None).exclude(person__in=barred).update(ends_at=at)
    _order(case, case.student_id, barred - stood, at=at)
    for kind, people in (("order.ended", stood - barred), ("order.made", barred - stood)):
        _note(kind, case, people, by=by, at=at)
    withdraw_tasks(case, at=at)


def _order(case: Case, student: UUID, people: set[UUID], *, at: datetime) -> None:
    """One that ended runs again from now on; the others are made."""
    for person in sorted(people):
        Restriction.objects.update_or_create(
            school_id=case.school_id,
            student_id=student,
            person_id=person,
            kind=Restriction.Kind.DO_NOT_TELL,
            case_id=case.pk,
            defaults={"starts_at": at, "ends_at": None},
        )


def _note(kind: str, case: Case, people: set[UUID], *, by: UUID | None, at: datetime) -> None:
    if people:
        events.append(
            school_id=case.school_id,
            kind=kind,
            actor=by,
            subject=("case", case.pk),
            refs=[("person", pk) for pk in sorted(people)],
            at=at,
            payload={"count": len(people)},
        )


def _barred(case: Case) -> set[UUID]:
    family = GuardianLink.objects.filter(student=case.student_id, state=GuardianLink.State.LIVE)
    suspects = set(
        case.parties.filter(part=CaseParty.Part.SUSPECT).values_list("person_id", flat=True)
    )
    everybody = set(family.values_list("guardian_id", flat=True))
    return (everybody & suspects) or (everybody if not suspects else set())


def withdraw_tasks(case: Case, *, at: datetime) -> None:
    """Take open tasks of this case away from everybody it now names."""
    named = set(case.parties.filter(part__in=CaseParty.AGAINST).values_list("person_id", flat=True))
    live = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    for task in case.tasks.select_for_update().filter(state__in=live).order_by("pk"):
        _take_away(task, named, at=at)


def _take_away(task: HumanTask, named: set[UUID], *, at: datetime) -> None:
    held = task.assignee_id in named
    remaining = [pk for pk in task.candidates if pk not in named]
    if not held and remaining == task.candidates:
        return
    if held:
        task.unclaim()
    task.candidates = remaining
    if not remaining and task.assignee_id is None:
        task.candidates = _somebody_else(task, at=at)
    task.save(update_fields=["candidates", "assignee", "state"])
    events.append(
        school_id=task.school_id,
        kind="task.withdrawn",
        actor=None,
        subject=("case", task.case_id),
        refs=[("task", task.pk)],
        at=at,
        payload={"task": task.name, "left": len(task.candidates)},
    )


def _somebody_else(task: HumanTask, *, at: datetime) -> list[UUID]:
    """Whom the task would go to if it opened now; nobody at all is an incident."""
    four_eyes = [name for name in task.four_eyes_of.split(",") if name]
    wanted = Wanted(name=task.name, roles=task.roles, four_eyes=four_eyes)
    shut_out = exclusions.shut_out_of(task)
    found = list(assignment.assign(wanted, case=task.case, at=at, besides=shut_out).candidates)
    if not found:
        _open_incident(task, at=at)
    for person in found:
        _tell(task, person, at=at)
    return found


def _open_incident(task: HumanTask, *, at: datetime) -> None:
    Incident.objects.get_or_create(
        school_id=task.school_id,
        case_id=task.case_id,
        instance_id=task.instance_id,
        code="task.nobody",
        element=task.name,
        state=Incident.State.OPEN,
        defaults={"opened_at": at},
    )


def _tell(task: HumanTask, person: UUID, *, at: datetime) -> None:
    notifications.enqueue(
        school_id=task.school_id,
        case_id=task.case_id,
        to_id=person,
        to_role=task.roles[0],
        channel="in_app",
        template="task.new",
        lane="crisis",
        key=f"task.new:{task.pk}:{person}",
        at=at,
    )
