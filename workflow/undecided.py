"""A matter that nobody has put into a channel yet.

Until a person has, it is a question: nobody takes it down past the two names that words of danger
ask for, and no plan shows a family that there is something.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from parties import statements
from parties.likeness import Ids
from workflow.errors import WrongState
from workflow.models import Case, ProcessInstance
from workflow.routing import INTAKE

_ENDED = (ProcessInstance.State.COMPLETED, ProcessInstance.State.CANCELLED)


def refuse(case: Case) -> None:
    """Raises WrongState while the case waits to be routed. Inside a scope."""
    if waits(case):
        raise WrongState(
            "该事项还没有人决定走哪个渠道。请先完成分流的待办（决定渠道，或第二人复核）。",
            case=str(case.pk),
        )


def waits(case: Case) -> bool:
    """Whether nobody has decided yet which channel it takes. Inside a scope."""
    asked = case.instances.filter(process_key=INTAKE).exclude(status__in=_ENDED)
    return bool(asked.exists())


def among(cases: Iterable[UUID]) -> frozenset[UUID]:
    """Those of `cases` about which nobody has decided yet, in one query. Inside a scope."""
    return frozenset(case.pk for case in statements.rows(_waiting, Ids(cases)))


def _waiting(cases: Ids) -> QuerySet[Case]:
    asked = ProcessInstance.objects.filter(case=OuterRef("pk"), process_key=INTAKE)
    return Case.objects.filter(
        statements.among("pk", cases), Exists(asked.exclude(status__in=_ENDED))
    )
