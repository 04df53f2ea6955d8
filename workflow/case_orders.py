"""Orders not to tell somebody that a case brought, as long as they are in force."""

from typing import Final

from django.db.models import QuerySet

from parties.models import Restriction
from workflow.models import Case

#: The question whether they still stand, and the second look at an answer that ends one.
REVIEW: Final = "order_review"
CONFIRM: Final = "order_confirm"


def of(case: Case) -> QuerySet[Restriction]:
    return Restriction.objects.filter(
        case_id=case.pk, kind=Restriction.Kind.DO_NOT_TELL, ends_at=None
    )
