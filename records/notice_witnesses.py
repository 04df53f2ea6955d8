"""Who may stand beside a colleague when a family's answer to a notice is written down on paper.

Another member of staff, nobody of the family, not even one who also works here, and no auditor: who
looks at the books later has no part in them. Inside a scope.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from parties.errors import InvalidInput
from parties.models import GuardianLink, Membership, Person
from parties.relations import in_force
from parties.roles import Role


def colleagues(student: UUID, *, by: Person, at: datetime) -> Sequence[Person]:
    """Whom `by` can choose, by name."""
    return list(_able(student, by=by, at=at).order_by("name", "pk"))


def refuse(witness: UUID | None, student: UUID, *, by: Person, at: datetime) -> None:
    """Raises InvalidInput: not another member of staff, an auditor, or of this family. None is
    nobody.
    """
    if witness is None or _able(student, by=by, at=at).filter(pk=witness).exists():
        return
    raise InvalidInput(
        "在场的第二人须是另一位教职工，不能是审计员或这个家庭的人。",
        field="witness",
        mend="请填写另一位同事。",
    )


def _able(student: UUID, *, by: Person, at: datetime) -> QuerySet[Person]:
    posts = in_force(Membership.objects.all(), at)
    staff, auditors = posts.values("person"), posts.filter(role=Role.AUD).values("person")
    kin = GuardianLink.objects.filter(student=student).values("guardian")
    people = Person.objects.filter(pk__in=staff).exclude(pk__in=auditors)
    return people.exclude(pk__in=kin).exclude(pk=by.pk)
