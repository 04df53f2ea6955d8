"""Who of a family may be met about a student, and who must not be: read anew each time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from parties.models import GuardianLink, Restriction, Student
from parties.relations import in_force
from records.models import MeetingInvitee

Reason = MeetingInvitee.Reason

#: The strongest reason is the one on file.
_REASONS: Final = (Reason.NO_CONTACT, Reason.DO_NOT_TELL, Reason.NO_MEETING)


@dataclass(frozen=True, slots=True)
class Family:
    """Guardians in the order of contact, and who of them must not be met, with the reason."""

    invited: Sequence[UUID]
    shut_out: Mapping[UUID, str]


def of(
    student: Student,
    *,
    at: datetime,
    named: Collection[UUID] = (),
    but_for: UUID | None = None,
) -> Family:
    """Who stands for the student at home, by whether they may be met at `at`.

    `named` are people whom the case shuts out; orders that the case `but_for` gave do not count.
    """
    links = GuardianLink.objects.filter(student=student, state=GuardianLink.State.LIVE)
    ordered = under_order(student, at=at, but_for=but_for)
    shut_out: dict[UUID, str] = {}
    invited: list[UUID] = []
    for link in links.order_by("contact_priority", "pk"):
        reason = ordered.get(link.guardian_id, "") or _reason(link, named)
        if reason:
            shut_out[link.guardian_id] = reason
        elif not link.delegate_carer:
            invited.append(link.guardian_id)
    return Family(invited, shut_out)


def under_order(
    student: Student, *, at: datetime, but_for: UUID | None = None
) -> Mapping[UUID, str]:
    """Everybody who must not be met about the student by an order, family or not: the reason."""
    orders = in_force(Restriction.objects.filter(student=student), at)
    if but_for is not None:
        orders = orders.filter(Q(case_id=None) | ~Q(case_id=but_for))
    kinds: dict[UUID, set[str]] = {}
    for person, kind in orders.values_list("person_id", "kind"):
        kinds.setdefault(person, set()).add(kind)
    return {
        person: next(reason.value for reason in _REASONS if reason.value in found)
        for person, found in kinds.items()
    }


def _reason(link: GuardianLink, named: Collection[UUID]) -> str:
    if link.guardian_id in named:
        return Reason.NAMED.value
    return "" if link.child_data_access else Reason.NO_ACCESS.value
