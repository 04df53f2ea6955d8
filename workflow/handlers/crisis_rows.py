"""What every service task of a crisis needs: its case, and who answered."""

from uuid import UUID

from workflow.engine import StepContext
from workflow.models import Case, HumanTask


def case(context: StepContext) -> Case:
    """The case, locked: a handler changes it inside the step's transaction."""
    return Case.objects.select_for_update(of=("self",)).get(pk=context.case_id)


def both_names(case: Case, *tasks: str) -> list[UUID | None]:
    done = HumanTask.objects.filter(case=case, state=HumanTask.State.COMPLETED)
    return [
        done.filter(name=name).order_by("-ended_at").values_list("completed_by", flat=True).first()
        for name in tasks
    ]
