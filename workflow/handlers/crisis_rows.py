"""What every service task of a crisis needs: its case, who answered, and a line in the ledger."""

from typing import Any
from uuid import UUID

from ledger import events
from workflow.engine import StepContext
from workflow.models import Case, HumanTask


def case(context: StepContext) -> Case:
    """The case, locked: a handler changes it inside the step's transaction."""
    return Case.objects.select_for_update(of=("self",)).get(pk=context.case_id)


def record(
    context: StepContext,
    kind: str,
    *,
    refs: list[events.Subject] | None = None,
    **codes: Any,
) -> None:
    events.append(
        school_id=context.school_id,
        kind=kind,
        actor=context.by,
        subject=("case", context.case_id),
        refs=refs or [],
        at=context.at,
        payload={**codes, "via": context.via},
    )


def both_names(case: Case, *tasks: str) -> list[UUID | None]:
    done = HumanTask.objects.filter(case=case, state=HumanTask.State.COMPLETED)
    return [
        done.filter(name=name).order_by("-ended_at").values_list("completed_by", flat=True).first()
        for name in tasks
    ]
