"""Which families nobody has tried to reach as it should be: with time, place and record (三有).

A family is called by its child: who has reached one guardian need not call the other as well.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from parties import crypto
from parties.access import Viewer
from parties.legible import said
from records import notice_owing
from records.models import Notice, NoticeContact, NoticeReceipt


def untried(
    notice: Notice,
    *,
    classes: Collection[UUID],
    since: datetime,
    viewer: Viewer,
    earlier: QuerySet[Any],
) -> frozenset[UUID]:
    """Children of these classes whose family was told before `since`, owed something then, and has
    neither answered nor been tried from then on; not those of the viewer's own family, nor those
    who were only asked for by `earlier` calls. Inside a scope.
    """
    answered = NoticeReceipt.objects.filter(
        notice=notice, student=OuterRef("student"), replied_at__gte=since
    )
    owed = notice_owing.receipts(notice).filter(
        ~Exists(answered),
        ~Exists(earlier.filter(pk=OuterRef("asked_task"))),
        student__school_class__in=classes,
        created_at__lt=since,
    )
    children = frozenset(owed.exclude(student__in=viewer.kin).values_list("student_id", flat=True))
    return children - _tried(notice, children, since=since)


def _tried(notice: Notice, children: frozenset[UUID], *, since: datetime) -> frozenset[UUID]:
    """Whoever writes down when it was gives the minute."""
    minute = since.replace(second=0, microsecond=0)
    found = list(NoticeContact.objects.filter(notice=notice, student__in=children, at__gte=minute))
    crypto.warm(found)
    return frozenset(one.student_id for one in found if said(one.place) and said(one.note))
