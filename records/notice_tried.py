"""Which families nobody has tried to reach as it should be: with time, place and record (三有).

A family is called by its child: who has reached one guardian need not call the other as well.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from parties import crypto
from parties.access import Viewer
from parties.legible import said
from records import notice_owing
from records.models import Notice, NoticeContact, NoticeReceipt


def untried(
    notice: Notice, *, classes: Collection[UUID], since: datetime, viewer: Viewer
) -> frozenset[UUID]:
    """Children of these classes whose family was told before `since`, owed something then, and has
    neither answered nor been tried from then on; not those of the viewer's own family. Inside a
    scope.
    """
    answered = NoticeReceipt.objects.filter(
        notice=notice, student=OuterRef("student"), replied_at__gte=since
    )
    owed = notice_owing.receipts(notice).filter(
        ~Exists(answered), student__school_class__in=classes, created_at__lt=since
    )
    children = frozenset(owed.exclude(student__in=viewer.kin).values_list("student_id", flat=True))
    return children - _tried(notice, children, since=since)


def _tried(notice: Notice, children: frozenset[UUID], *, since: datetime) -> frozenset[UUID]:
    """Whoever writes down when it was gives the minute."""
    minute = since.replace(second=0, microsecond=0)
    found = list(NoticeContact.objects.filter(notice=notice, student__in=children, at__gte=minute))
    crypto.warm(found)
    return frozenset(one.student_id for one in found if said(one.place) and said(one.note))
