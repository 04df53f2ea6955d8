"""Who may stand beside a colleague when a family's answer to a notice is written down on paper.

Another member of staff, and nobody of the family: not even one who also works here. Inside a scope.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from parties.errors import InvalidInput
from parties.models import GuardianLink, Membership, Person
from parties.relations import in_force


def colleagues(student: UUID, *, by: Person, at: datetime) -> Sequence[Person]:
    """Whom `by` can choose, by name."""
    return list(_able(student, by=by, at=at).order_by("name", "pk"))


def refuse(witness: UUID | None, student: UUID, *, by: Person, at: datetime) -> None:
    """Raises InvalidInput: not another member of staff, or of this family. None is nobody."""
    if witness is None or _able(student, by=by, at=at).filter(pk=witness).exists():
        return
    raise InvalidInput(
        "在场的第二人须是另一位教职工，并且不是这个家庭的人。",
        field="witness",
        mend="请填写另一位同事。",
    )


def _able(student: UUID, *, by: Person, at: datetime) -> QuerySet[Person]:
    staff = in_force(Membership.objects.all(), at).values("person")
    kin = GuardianLink.objects.filter(student=student).values("guardian")
    return Person.objects.filter(pk__in=staff).exclude(pk__in=kin).exclude(pk=by.pk)
