"""Which families still owe something for a notice: by child, never as a list for parents.

A child counts as answered as soon as one guardian has done all that the notice asks.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from parties import crypto
from parties.access import Viewer
from parties.models import GuardianLink, Person, Student
from records import notice_followers, notice_policies, notices
from records.models import Notice, NoticeContact, NoticeReceipt


@dataclass(frozen=True, slots=True)
class Numbers:
    """Receipts by how far they came; `owing` and `children` count children."""

    children: int
    owing: int
    receipts: int
    opened: int
    settled: int


@dataclass(frozen=True, slots=True)
class Reachable:
    """A guardian to call: in the family's own order; `attempts` are the newest first."""

    guardian: Person
    receipt: NoticeReceipt
    attempts: Sequence[NoticeContact]


@dataclass(frozen=True, slots=True)
class Owing:
    """A child whose family still needs contact, and whom to try next."""

    student: Student
    guardians: Sequence[Reachable]
    next_guardian: UUID


def receipts(notice: Notice) -> QuerySet[NoticeReceipt]:
    """Receipts of children for whom nobody has done what is asked yet."""
    done = NoticeReceipt.objects.filter(
        notice=notice, student=OuterRef("student"), settled_at__isnull=False
    )
    owed = NoticeReceipt.objects.filter(notice=notice, settled_at=None)
    return owed.filter(~Exists(done))


def is_anybody(notice: Notice, *, classes: Collection[UUID] | None = None) -> bool:
    """Whether any family (of these classes) still owes something."""
    owed = receipts(notice)
    if classes is not None:
        owed = owed.filter(student__school_class__in=classes)
    return owed.exists()


def class_ids(found: QuerySet[NoticeReceipt]) -> list[UUID]:
    """Classes, as of today, of the children whom these receipts are about."""
    return sorted(set(found.values_list("student__school_class", flat=True)), key=str)


def moved(
    notice: Notice, *, asked: QuerySet[Any], rungs: Collection[int]
) -> QuerySet[NoticeReceipt]:
    """Receipts still owed on these rungs of children who left the class of the call (`asked`, each
    `about` a class) that was to be made to their family.
    """
    theirs = asked.filter(pk=OuterRef("asked_task"))
    elsewhere = theirs.exclude(about=OuterRef("student__school_class"))
    found = receipts(notice).filter(Exists(elsewhere), rung__in=rungs)
    return NoticeReceipt.objects.filter(pk__in=list(found.values_list("pk", flat=True)))


def numbers(notice: Notice, *, viewer: Viewer | None = None) -> Numbers:
    """Of all families; for a viewer who does not follow the whole notice, of those they call."""
    made, owed = NoticeReceipt.objects.filter(notice=notice), receipts(notice)
    if viewer is not None and not notice_followers.follows(viewer, notice):
        mine = viewer.rows(NoticeReceipt).exclude(student__in=viewer.kin).values("pk")
        made, owed = made.filter(pk__in=mine), owed.filter(pk__in=mine)
    counted = made.aggregate(
        children=Count("student", distinct=True),
        receipts=Count("pk"),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        settled=Count("pk", filter=Q(settled_at__isnull=False)),
    )
    return Numbers(owing=owed.values("student").distinct().count(), **counted)


def elsewhere(notice: Notice, *, viewer: Viewer) -> int:
    """How many families more somebody else calls, for who follows the whole notice; never one's
    own family.
    """
    if not viewer.is_staff or not notice_followers.follows(viewer, notice):
        return 0
    others = receipts(notice).exclude(student__in=viewer.kin)
    others = others.exclude(student__school_class__in=notice_policies.classes(viewer))
    return others.values("student").distinct().count()


def people(*, viewer: Viewer, notice: Notice) -> list[Owing]:
    """Who still needs contact, among the families that `viewer` calls. Six queries.

    Not those whose words alone a leader may read: somebody else calls them, and is counted so.
    """
    mine = viewer.rows(NoticeReceipt).filter(
        pk__in=receipts(notice).values("pk"),
        student__school_class__in=notice_policies.classes(viewer),
    )
    rows = list(mine.exclude(guardian=viewer.person).order_by("student__student_no", "pk"))
    crypto.warm([row.guardian for row in rows])
    children = {row.student_id: row.student for row in rows}
    order = _order(children)
    tried = _tried(notice, viewer, children)
    found = []
    for student in children.values():
        own = sorted(
            (row for row in rows if row.student_id == student.pk),
            key=lambda row: order.get((row.student_id, row.guardian_id), 0),
        )
        found.append(_owing(student, own, tried))
    return found


def disclosed(*, viewer: Viewer, notice: Notice) -> list[Owing]:
    """people(), with an event: whoever opens the list sees whom to reach and by which number."""
    found = people(viewer=viewer, notice=notice)
    if found:
        notices.record(
            "families.disclosed", notice, by=viewer.person.pk, at=viewer.at, count=len(found)
        )
    return found


def _owing(student: Student, own: Sequence[NoticeReceipt], tried: Sequence[NoticeContact]) -> Owing:
    guardians = [
        Reachable(
            row.guardian,
            row,
            [
                one
                for one in tried
                if (one.student_id, one.guardian_id) == (student.pk, row.guardian_id)
            ],
        )
        for row in own
    ]
    untried = [one.guardian.pk for one in guardians if not one.attempts]
    return Owing(student, guardians, (untried or [guardians[0].guardian.pk])[0])


def _is_about(contact: NoticeContact, receipt: NoticeReceipt) -> bool:
    return (contact.student_id, contact.guardian_id) == (receipt.student_id, receipt.guardian_id)


def _order(children: Collection[UUID]) -> dict[tuple[UUID, UUID], int]:
    links = GuardianLink.objects.filter(student__in=list(children))
    return {
        (student, guardian): priority
        for student, guardian, priority in links.values_list(
            "student_id", "guardian_id", "contact_priority"
        )
    }


def _tried(notice: Notice, viewer: Viewer, children: Collection[UUID]) -> list[NoticeContact]:
    mine = viewer.rows(NoticeContact).filter(notice=notice, student__in=list(children))
    found = list(mine.select_related("by").order_by("-at", "pk"))
    crypto.warm(found)
    return found
