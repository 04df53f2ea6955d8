"""Who answered what to a notice: the words of families, for who calls them. Inside a scope.

The classes are those of the list of who still needs contact; no family ever sees another's words.
"""

from collections.abc import Sequence

from django.db.models import QuerySet

from parties import crypto, statements
from parties.access import Viewer
from records import notice_policies
from records.models import Notice, NoticeReceipt


def to_(notice: Notice, *, viewer: Viewer) -> Sequence[NoticeReceipt]:
    """Receipts with words, by child, among the families that `viewer` calls."""
    rows = _answered(viewer).filter(notice=notice)
    return _read(rows.order_by("student__student_no", "replied_at", "pk"))


def elsewhere(notice: Notice, *, viewer: Viewer) -> int:
    """How many more answered, for who wrote the notice; their words are for who calls them."""
    if notice.author_id != viewer.person.pk or not viewer.is_staff:
        return 0
    answered = NoticeReceipt.objects.filter(notice=notice, replied_at__isnull=False)
    others = answered.exclude(student__in=viewer.kin).exclude(guardian=viewer.person)
    return others.exclude(pk__in=_answered(viewer).values("pk")).count()


def newest(*, viewer: Viewer, limit: int) -> Sequence[NoticeReceipt]:
    """The latest words of all notices, without those that somebody should look at first."""
    found = statements.rows(_newest, viewer, limit=limit)
    crypto.warm(found)
    return found


def _newest(viewer: Viewer) -> QuerySet[NoticeReceipt]:
    return _answered(viewer).filter(hint="").order_by("-replied_at", "pk")


def _answered(viewer: Viewer) -> QuerySet[NoticeReceipt]:
    if not viewer.is_staff:
        return NoticeReceipt.objects.none()
    called = viewer.rows(NoticeReceipt).filter(
        student__school_class__in=notice_policies.classes(viewer), replied_at__isnull=False
    )
    return called.exclude(student__in=viewer.kin).exclude(guardian=viewer.person)


def _read(rows: QuerySet[NoticeReceipt]) -> Sequence[NoticeReceipt]:
    found = list(rows)
    crypto.warm(found)
    return found
