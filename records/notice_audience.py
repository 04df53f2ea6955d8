"""Who gets a notice: every guardian who may read about a child in its scope, once per child.

Left out are guardians without access to the child's data and those whom a standing order bars.
What a crisis forbids is not asked here: a guardian who suddenly missed the routine would learn
from it that there is something (policies.face).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties.access import Viewer
from parties.models import GuardianLink, Restriction, Student
from parties.relations import in_force
from parties.roles import Role
from records.models import Notice, NoticeReceipt

#: Preview lines that one answer holds; the counts are always whole.
MOST_LINES: Final = 200
_WHOLE_SCHOOL: Final = frozenset({Role.ME, Role.VP, Role.PR})


@dataclass(frozen=True, slots=True)
class Line:
    """One message to be: whom it is for, about which child, and how it can arrive."""

    student: Student
    guardian_id: UUID
    guardian_name: str
    relation: str
    by_phone: bool
    by_email: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`receipts` messages about `children`; `on_paper` of them reach no phone and no mailbox.

    `unreached` children have nobody who may be told. `lines` are those whose families the reader
    works with anyway.
    """

    children: int
    receipts: int
    on_paper: int
    unreached: int
    lines: Sequence[Line]


def students(notice: Notice) -> QuerySet[Student]:
    """Everybody whom the notice is about."""
    found = Student.objects.filter(school_id=notice.school_id)
    if notice.scope == Notice.Scope.CLASS:
        return found.filter(school_class=notice.school_class_id)
    if notice.scope == Notice.Scope.GRADE:
        return found.filter(school_class__grade=notice.grade)
    return found


def audience(notice: Notice) -> QuerySet[Student]:
    """Of what went out: also who has left its scope since, whether or not anybody was told."""
    made = NoticeReceipt.objects.filter(notice=notice).values("student")
    return Student.objects.filter(
        Q(pk__in=students(notice).values("pk")) | Q(pk__in=made) | Q(pk__in=notice.untold)
    )


def links(notice: Notice, *, at: datetime) -> QuerySet[GuardianLink]:
    """Guardians who may be told, per child of its scope."""
    return tellable(at=at).filter(student__in=students(notice)).select_related("guardian")


def tellable(*, at: datetime) -> QuerySet[GuardianLink]:
    """Guardians who may be told of their child now, wherever it learns."""
    barred = in_force(Restriction.objects.filter(case_id=None), at).filter(
        kind__in=[Restriction.Kind.NO_CONTACT, Restriction.Kind.DO_NOT_TELL],
        student=OuterRef("student"),
        person=OuterRef("guardian"),
    )
    return GuardianLink.objects.filter(
        ~Exists(barred), state=GuardianLink.State.LIVE, child_data_access=True
    )


def unsent(notice: Notice, *, at: datetime, limit: int) -> Sequence[GuardianLink]:
    """The next guardians without a receipt, in a stable order; also of a child who changed class
    after it went out. Once it is over, of those alone about whom it was when it went out.
    """
    made = NoticeReceipt.objects.filter(notice=notice)
    own = made.filter(guardian=OuterRef("guardian"), student=OuterRef("student"))
    about = Q(student__in=made.values("student")) | Q(student__in=notice.untold)
    if notice.ended_at is None:
        about |= Q(student__in=students(notice))
    missing = tellable(at=at).filter(~Exists(own), about).select_related("guardian")
    return list(missing.order_by("student_id", "guardian_id")[:limit])


def nobody_told(notice: Notice) -> list[UUID]:
    """Children of its scope about whom nobody has got it."""
    got = NoticeReceipt.objects.filter(notice=notice, student=OuterRef("pk"))
    return list(students(notice).filter(~Exists(got)).order_by("pk").values_list("pk", flat=True))


def preview(notice: Notice, *, viewer: Viewer) -> Preview:
    """Before anything is sent: how many, and for the reader's own classes who. Inside a scope."""
    told = links(notice, at=viewer.at)
    everybody = students(notice)
    reached = told.values("student").distinct().count()
    no_way = Q(guardian__phone_index=None, guardian__email_index=None)
    return Preview(
        children=everybody.count(),
        receipts=told.count(),
        on_paper=told.filter(no_way).count(),
        unreached=everybody.count() - reached,
        lines=_lines(told.filter(_own(viewer))),
    )


def _own(viewer: Viewer) -> Q:
    """Families that this person works with by their post; one's own family is no work."""
    seen = Q(pk__in=[])
    for post in viewer.posts:
        if post.role in _WHOLE_SCHOOL:
            seen |= ~Q(pk=None)
        if post.role == Role.HT and post.school_class_id is not None:
            seen |= Q(student__school_class=post.school_class_id)
        if post.role == Role.GL:
            seen |= Q(student__school_class__grade=post.grade) if post.grade else ~Q(pk=None)
    return seen & ~Q(student__in=viewer.kin)


def _lines(told: QuerySet[GuardianLink]) -> Sequence[Line]:
    rows = told.select_related("guardian", "student__person", "student__school_class")
    ordered = rows.order_by("student__student_no", "contact_priority", "pk")[:MOST_LINES]
    return [
        Line(
            student=row.student,
            guardian_id=row.guardian_id,
            guardian_name=row.guardian.name,
            relation=row.relation,
            by_phone=row.guardian.phone_index is not None,
            by_email=row.guardian.email_index is not None,
        )
        for row in ordered
    ]
