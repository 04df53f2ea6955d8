"""Keeping a case from the people it names: no task, no message, no trace in their account."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from parties.models import GuardianLink, Restriction
from workflow import reports
from workflow.models import Case, CaseParty, HumanTask


def name_suspects(case: Case, people: Iterable[UUID], *, at: datetime) -> None:
    """Add suspects that came up after the report, and take the case out of their hands."""
    reports.name(case, {(pk, str(CaseParty.Part.SUSPECT)): None for pk in people}, at=at)
    withdraw_tasks(case)


def shield(case: Case, *, at: datetime) -> None:
    """Not safe to tell: suspected guardians may not be told. Nobody named: all of them are.

    Repeating it changes nothing.
    """
    if case.student_id is None:
        return
    family = GuardianLink.objects.filter(student=case.student_id, state=GuardianLink.State.LIVE)
    suspects = set(
        case.parties.filter(part=CaseParty.Part.SUSPECT).values_list("person_id", flat=True)
    )
    everybody = set(family.values_list("guardian_id", flat=True))
    barred = (everybody & suspects) or (everybody if not suspects else set())
    for guardian in barred:
        Restriction.objects.get_or_create(
            school_id=case.school_id,
            student_id=case.student_id,
            person_id=guardian,
            kind=Restriction.Kind.DO_NOT_TELL,
            case_id=case.pk,
            defaults={"starts_at": at},
        )
    withdraw_tasks(case)


def withdraw_tasks(case: Case) -> None:
    """Take open tasks of this case away from everybody it now names."""
    named = set(case.parties.filter(part__in=CaseParty.AGAINST).values_list("person_id", flat=True))
    live = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    for task in case.tasks.select_for_update().filter(state__in=live):
        _take_away(task, named)


def _take_away(task: HumanTask, named: set[UUID]) -> None:
    if task.assignee_id in named:
        task.unclaim()
    remaining = [pk for pk in task.candidates if pk not in named]
    if remaining != task.candidates or task.assignee_id is None:
        task.candidates = remaining
        task.save(update_fields=["candidates", "assignee", "state"])
